"""A mail of 100 MB has its files in the timeline like any other, and takes little memory."""

import base64
import binascii
import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from caseline.actions import wiring
from caseline.cli import timeline_shown
from caseline.crm.timeline import Message
from caseline.files import rows
from caseline.mail import raw_store
from tests.factories import conversations
from tests.factories.conversations import BEGIN, Centre
from tests.factories.s3 import Store
from tests.unit.mail.corpus.building import attached, mail, multipart, nested, part, plain

ROOT = Path(__file__).parents[3]
MEGABYTE = 1 << 20
TAKER = Path(__file__).with_name("large_taker.py")


def bytes_of(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def coded(name: bytes, content: bytes, encoding: bytes = b"base64") -> bytes:
    body = base64.encodebytes(content) if encoding == b"base64" else binascii.b2a_qp(content, istext=False)
    disposition = b"attachment; filename=" + name
    return part(b"application/zip", body, Content_Transfer_Encoding=encoding, Content_Disposition=disposition)


def receive(centre: Centre, raw: bytes) -> None:
    pieces = (raw[at : at + MEGABYTE] for at in range(0, len(raw), MEGABYTE))
    with centre.house.engine.begin() as connection:
        raw_store.keep(connection, hashlib.sha256(raw).digest(), len(raw), pieces, now=BEGIN)


def newest(centre: Centre) -> Message:
    (message,) = centre.timeline(centre.landed()[-1] or 0)
    return message


def kept(centre: Centre, message: Message) -> dict[str, bytes]:
    """The files of a message, as they are given out."""
    files = wiring.files(centre.house.settings)
    with centre.house.engine.connect() as connection:
        return {one.name: files.read(connection, one.sha256 or b"") for one in message.attachments}


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """Mails above 64 KiB are large here."""
    return conversations.centre(database_url, tmp_path, mail_largest="64KiB")


@pytest.mark.long
@pytest.mark.parametrize("place", ["database", "folder", "bucket"])
def test_the_files_of_a_mail_of_100_megabytes_are_kept_in_little_memory(
    place: str, database_url: str, tmp_path: Path, store: Store
) -> None:
    contents = {"big.zip": bytes_of(70 * MEGABYTE, 1), "words.zip": bytes_of(MEGABYTE, 2), "last.zip": bytes_of(99, 3)}
    big, words, last = contents.values()
    raw = multipart(
        b"multipart/mixed",
        [
            plain("See below."),
            coded(b"big.zip", big),
            coded(b"words.zip", words, b"quoted-printable"),
            coded(b"last.zip", last),
        ],
    )
    assert len(raw) > 100_000_000
    chosen = {"files_place": place, "files_folder": str(tmp_path / "files"), "files_s3": store.address()}
    centre = conversations.centre(database_url, tmp_path, **chosen)
    receive(centre, mail(b"A first one"))
    receive(centre, raw)
    del raw

    told = run(database_url, {f"CASELINE_{name.upper()}": value for name, value in chosen.items()})

    message = newest(centre)
    assert (told["done"], message.text.strip()) == (2, "See below.")
    assert [one.name for one in message.attachments] == list(contents)
    assert kept(centre, message) == contents
    # The mail of 100 MB lies in a temporary file, whose pages are counted in `all` while nobody else wants them.
    assert told["own"] < 40, told
    assert told["all"] < 150, told


def run(url: str, variables: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    command = [sys.executable, str(TAKER), url]
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=250
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_files_inside_of_parts_and_of_forwarded_mails_are_found(centre: Centre) -> None:
    one, two, three = (bytes_of(200_000, seed) for seed in (1, 2, 3))
    forwarded = mail(b"Inner\r\n", {"Subject": b"Forwarded", "Content-Type": b"text/plain"})
    deep = nested(
        b"multipart/mixed",
        [coded(b"two.zip", two), nested(b"multipart/related", [plain("Deep"), coded(b"three.zip", three)], b"b3")],
    )
    parts = [nested(b"multipart/alternative", [plain("Text"), part(b"text/html", b"<p>Text")], b"b4")]
    receive(
        centre,
        multipart(b"multipart/mixed", [*parts, coded(b"one.zip", one), deep, part(b"message/rfc822", forwarded)]),
    )
    centre.take_in()

    found = kept(centre, newest(centre))
    assert found == {"one.zip": one, "two.zip": two, "three.zip": three, "Forwarded.eml": forwarded}


def test_without_its_last_boundary_a_mail_has_its_files_all_the_same(centre: Centre) -> None:
    one, two = bytes_of(200_000, 1), bytes_of(200_000, 2)
    whole = multipart(b"multipart/mixed", [plain(), coded(b"one.zip", one), coded(b"two.zip", two)])
    receive(centre, whole[: whole.rindex(b"--b1--")])
    centre.take_in()

    assert kept(centre, newest(centre)) == {"one.zip": one, "two.zip": two}


def test_of_broken_base64_what_is_sound_is_kept_and_what_follows_is_whole(centre: Centre) -> None:
    one, two = bytes_of(300_000, 1), bytes_of(200_000, 2)
    lines = base64.encodebytes(one).splitlines(keepends=True)
    broken = b"".join([*lines[:1000], b"*** cut off by a gateway ***\r\n!\xff\x00\r\n", *lines[1000:]])[:-400]
    damaged = coded(b"one.zip", b"").replace(b"\r\n\r\n", b"\r\n\r\n" + broken)
    receive(centre, multipart(b"multipart/mixed", [plain(), damaged, coded(b"two.zip", two)]))
    centre.take_in()

    found = kept(centre, newest(centre))
    assert found["one.zip"][:57_000] == one[:57_000]
    assert found["two.zip"] == two


def test_a_file_too_large_for_the_database_is_marked_and_the_others_are_kept(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LARGEST", 200_000)
    receive(
        centre, multipart(b"multipart/mixed", [plain(), attached(b"a.bin", b"x" * 200_001), attached(b"b.bin", b"two")])
    )
    centre.take_in()

    message = newest(centre)
    assert [(one.name, one.size, one.sha256 is not None) for one in message.attachments] == [
        ("a.bin", 200_001, False),
        ("b.bin", 3, True),
    ]
    assert (
        "200,001 bytes): too large to be kept, it lies in the raw mail: `caseline mail raw 1`"
        in timeline_shown._body(message)
    )
