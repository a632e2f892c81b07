"""Large mails cost memory for themselves and little more; their attachments stay where they are."""

import base64
import binascii
import gzip
import io
import mmap
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter

import pytest

from caseline.mail import headers, message, shown, structure, transfer
from tests.unit.mail.corpus import table
from tests.unit.mail.corpus.building import Case, attached, b64, mail, multipart, part, plain

MEGABYTE = 1024 * 1024
LINE = bytes(range(57, 102))
UNCODED = {
    b"base64": base64.b64encode(LINE) + b"\r\n",
    b"quoted-printable": b"a=20=D0=B0 word and a soft end of its line=\r\n",
    b"x-uuencode": binascii.b2a_uu(LINE).rstrip(b"\n") + b"\r\n",
    b"8bit": b"plain as it is\r\n",
}


def zipped(content: bytes) -> bytes:
    """An archive of one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", content)
    return made.getvalue()


def peak_of(read: Callable[[], object]) -> float:
    """Megabytes that were used on top of what was there."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1] / MEGABYTE
    finally:
        tracemalloc.stop()


def test_100_megabytes_of_attachments_are_read_in_little_memory() -> None:
    content = b64(bytes(range(256)) * 256) * 400
    encoded = part(
        b"application/zip",
        content * 3,
        Content_Transfer_Encoding=b"base64",
        Content_Disposition=b"attachment; filename=a.zip",
    )
    raw = multipart(b"multipart/mixed", [plain("See below."), encoded])
    assert len(raw) > 100_000_000

    read: list[message.Mail] = []
    peak = peak_of(lambda: read.append(message.read(raw)))

    assert read[0].text == "See below."
    assert [(each.filename, each.size) for each in read[0].attachments] == [("a.zip", 256 * 256 * 400 * 3)]
    assert peak < 16


@pytest.mark.parametrize("pack", [zipped, gzip.compress])
def test_what_is_compressed_is_kept_as_it_came_and_never_unpacked(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(64 * MEGABYTE))
    raw = multipart(b"multipart/mixed", [plain("See below."), attached(b"bomb.zip", bomb)])

    read: list[message.Mail] = []
    peak = peak_of(lambda: read.append(message.read(raw)))

    (found,) = read[0].attachments
    assert (found.filename, found.content) == ("bomb.zip", bomb)
    assert peak < 4


def test_a_content_comes_in_pieces() -> None:
    found = message.read(multipart(b"multipart/mixed", [plain(), attached(b"a.bin", b"x" * 5 * MEGABYTE)])).attachments[
        0
    ]

    pieces = [len(each) for each in found.pieces()]

    assert sum(pieces) == found.size == 5 * MEGABYTE
    assert max(pieces) <= MEGABYTE


def test_a_text_of_100_megabytes_is_cut_and_attached() -> None:
    raw = mail(b"words \r\n" * 12_500_000)

    read: list[message.Mail] = []
    peak = peak_of(lambda: read.append(message.read(raw)))

    assert len(read[0].text) < MEGABYTE
    assert read[0].attachments[0].size == 100_000_000
    assert "a text longer than 1,048,576 bytes is attached as a whole" in read[0].defects
    assert peak < 40


def test_above_the_limit_headers_and_first_parts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "LARGEST", 2_000)
    raw = multipart(b"multipart/mixed", [plain("First."), attached(b"a.bin", b"x" * 3_000), attached(b"b.bin")])

    mail = message.read(raw)

    assert mail.text == "First."
    assert [each.filename for each in mail.attachments] == ["a.bin"]
    assert "too large: only the first 2,000 bytes were read" in mail.defects


def in_file(raw: bytes) -> mmap.mmap:
    with tempfile.TemporaryFile() as file:
        file.write(raw)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def told(raw: transfer.Raw) -> dict[str, object]:
    mail = message.read(raw)
    made = {one.name: getattr(mail, one.name) for one in fields(mail) if one.name not in {"attachments", "html"}}
    return made | {
        "html": mail.html.safe() if mail.html else None,
        "attachments": [(shown.as_object(mail)["attachments"], [one.content for one in mail.attachments])],
    }


@pytest.mark.parametrize("case", [*filter(attrgetter("raw"), table.ALL)], ids=lambda case: f"{case.kind}: {case.name}")
def test_a_mail_in_a_file_says_what_it_says_in_memory(case: Case) -> None:
    expected = told(case.raw)
    if "lines end with CR alone" in str(expected["defects"]):
        expected["defects"] = (structure._BEGINNING, *message.read(case.raw).defects)

    assert told(in_file(case.raw)) == expected


@pytest.mark.parametrize(("encoding", "line"), UNCODED.items(), ids=map(bytes.decode, UNCODED))
def test_attachments_of_a_mail_in_a_file_are_decoded_in_pieces(encoding: bytes, line: bytes) -> None:
    content = line * (12 * MEGABYTE // len(line))
    attachment = part(
        b"application/zip", content, Content_Transfer_Encoding=encoding, Content_Disposition=b"attachment; filename=a"
    )
    raw = in_file(multipart(b"multipart/mixed", [plain(), attachment]))
    del content, attachment
    sizes: list[int] = []

    def read() -> None:
        (found,) = message.read(raw).attachments
        sizes.extend(map(len, found.pieces()))

    assert peak_of(read) < 6
    assert sum(sizes) > 8 * MEGABYTE
    assert max(sizes) <= MEGABYTE


def test_headers_of_all_parts_together_have_a_limit() -> None:
    strange = b"X: " + b"x" * (headers.LONGEST - 100) + b"\r\n"
    parts = [strange + attached(b"%d.bin" % number) for number in range(40)]
    raw = in_file(multipart(b"multipart/mixed", [plain("Here."), *parts]))
    del parts

    read: list[message.Mail] = []
    peak = peak_of(lambda: read.append(message.read(raw)))

    assert read[0].text.startswith("Here.")
    assert "headers longer than 8,192 bytes" in read[0].defects
    assert peak < 100


def test_texts_of_all_parts_together_have_a_limit() -> None:
    texts = [plain(f"{number:02} " + "words " * 170_000) for number in range(40)]
    raw = in_file(multipart(b"multipart/mixed", texts))
    del texts

    read: list[message.Mail] = []
    peak = peak_of(lambda: read.append(message.read(raw)))

    assert [line[:2] for line in read[0].text.splitlines()] == [f"{number:02}" for number in range(9)]
    assert (
        "a text after so many others that they are longer than 8,388,608 bytes is attached as a whole"
        in read[0].defects
    )
    assert [one.size > 1_000_000 for one in read[0].attachments] == [True] * 32
    assert peak < 150


def test_mails_inside_are_decoded_up_to_a_limit_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = part(b"message/rfc822", b64(mail(b"Inner")), Content_Transfer_Encoding=b"base64")
    monkeypatch.setattr(structure, "_LARGEST_WITHIN", 2 * len(b64(mail(b"Inner"))))

    root = structure.opened(multipart(b"multipart/mixed", [plain(), inner, inner, inner])).root

    assert [len(one.parts) for one in root.parts] == [0, 1, 1, 0]


def test_of_a_mail_in_a_file_whose_lines_end_with_cr_alone_the_beginning_is_read() -> None:
    raw = multipart(b"multipart/mixed", [plain("First."), attached(b"a.bin", b"x" * 3 * MEGABYTE)])

    found = message.read(in_file(raw.replace(b"\r\n", b"\r")))

    assert (found.text, found.subject) == ("First.", "A question")
    assert structure._BEGINNING in found.defects
    assert found.attachments[0].size < MEGABYTE
