"""A store that is away, slow, full of errors or closed to us: tried so often, then told with the remedy."""

import io
import socket
import ssl
import time
import traceback
from hashlib import sha256
from pathlib import Path

import pytest

from caseline.files import bucket as rules
from caseline.files.bucket import Bucket
from caseline.files.faults import Gone, StoreTrouble, TooLarge
from caseline.files.spool import Content
from tests.factories import certificates, s3
from tests.factories.s3 import FINE, SECRET, Answer, Store, fault, scripted

ONE = b"one"
DIGEST = sha256(ONE).digest()
AWAY = (503, fault("SlowDown"))


def put(bucket: Bucket, content: bytes = ONE) -> None:
    bucket.put(Content(sha256(content).digest(), len(content), io.BytesIO(content)))


def fetched(bucket: Bucket) -> bytes:
    into = io.BytesIO(b"left from before")
    bucket.fetch(DIGEST, into)
    return into.getvalue()


@pytest.mark.parametrize("broken", [AWAY, (500, b"<html>"), (503, b""), (429, fault("TooManyRequests")), None])
def test_a_store_that_fails_twice_is_asked_a_third_time(broken: Answer) -> None:
    with scripted(broken, broken, FINE) as server:
        put(server.bucket())
        assert server.asked == ["PUT"] * 3
    with scripted(broken, broken, (200, ONE)) as server:
        assert fetched(server.bucket()) == ONE
        assert server.asked == ["GET"] * 3


@pytest.mark.parametrize("broken", [AWAY, None])
def test_three_times_are_enough(broken: Answer) -> None:
    with scripted(broken) as server:
        with pytest.raises(StoreTrouble, match="support-files at "):
            put(server.bucket())
        with pytest.raises(StoreTrouble, match="support-files at "):
            fetched(server.bucket())
        assert server.asked == ["PUT"] * 3 + ["GET"] * 3


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        ((403, fault("InvalidAccessKeyId", SECRET)), "the key is not known there"),
        ((403, fault("SignatureDoesNotMatch", SECRET)), "the secret does not belong to the key"),
        ((403, fault("AccessDenied", SECRET)), "let it read and write objects"),
        ((404, fault("NoSuchBucket", SECRET)), "make it"),
        ((400, fault("AuthorizationHeaderMalformed", SECRET)), "region="),
        ((301, fault("PermanentRedirect", SECRET)), "in another region"),
        ((403, fault("RequestTimeTooSkewed", SECRET)), "clock"),
        ((418, fault("Odd", SECRET)), "answer 418 Odd"),
        ((400, b"no XML " + SECRET.encode()), "does not do its work|is away"),
        ((400, b"\xff"), "does not do its work|is away"),
    ],
)
def test_what_trying_again_cannot_mend_is_told_at_once_with_the_remedy(answer: Answer, remedy: str) -> None:
    with scripted(answer) as server:
        bucket = server.bucket()
        with pytest.raises(StoreTrouble, match=remedy) as told:
            put(bucket)
        assert SECRET not in "".join(traceback.format_exception(told.value)) + repr(bucket)


def test_an_object_that_the_store_finds_too_large_is_told_apart() -> None:
    with scripted((413, fault("EntityTooLarge"))) as server, pytest.raises(TooLarge):
        put(server.bucket())


def test_an_object_that_is_not_there_is_gone_and_no_trouble() -> None:
    with scripted((404, fault("NoSuchKey"))) as server, pytest.raises(Gone, match="restore the bucket"):
        fetched(server.bucket())


def test_nobody_at_that_address_is_trouble() -> None:
    with scripted(FINE) as server:
        bucket = server.bucket()
    with pytest.raises(StoreTrouble, match="is away"):
        put(bucket)


def test_a_store_that_says_nothing_or_trickles_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_SILENT", 0.3)
    monkeypatch.setattr(rules, "PIECE", 1)

    def silent(line: socket.socket) -> None:
        line.recv(1)

    def trickle(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            line.sendall(b"x")
            time.sleep(0.05)

    for slow in (silent, trickle):
        with scripted(FINE) as server:
            server.trickle = slow
            with pytest.raises(StoreTrouble, match="is away"):
                fetched(server.bucket())
            assert len(server.asked) == 3


def test_only_a_certificate_that_somebody_vouches_for_is_accepted(tmp_path: Path) -> None:
    certificate, key = certificates.self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with scripted((200, ONE), tls=tls) as server:
        with pytest.raises(StoreTrouble, match="CASELINE_FILES_CA"):
            fetched(server.bucket())
        assert server.asked == []
        assert fetched(server.bucket(ca=certificate)) == ONE


def test_a_real_store_refuses_a_wrong_key_a_wrong_secret_and_a_bucket_that_is_not_there(store: Store) -> None:
    with pytest.raises(StoreTrouble, match="key is not known"):
        put(store.bucket(key="AKIAIOSFODNN7EXAMPLE"))
    with pytest.raises(StoreTrouble, match="secret does not belong"):
        put(store.bucket(secret="wrong"))  # noqa: S106 - nobody's
    with pytest.raises(StoreTrouble, match="no such bucket"):
        put(store.bucket(path="no-such-bucket"))


def test_a_real_store_takes_parts_of_a_large_object_and_prefixes_of_many_signs(store: Store) -> None:
    content = bytes(range(256)) * 50_000
    bucket = store.bucket(path=f"{s3.BUCKET}/a(1)/b'!*")
    put(bucket, content)
    into = io.BytesIO()
    bucket.fetch(sha256(content).digest(), into)
    assert into.getvalue() == content
    assert [name[:10] for name in store.objects()] == ["a(1)/b'!*/"]
