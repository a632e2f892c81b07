"""Large mails cost memory for themselves and little more; their attachments stay where they are."""

import tracemalloc
from collections.abc import Callable

import pytest

from caseline.mail import message, structure
from tests.unit.mail.corpus.building import attached, b64, mail, multipart, part, plain

MEGABYTE = 1024 * 1024


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
