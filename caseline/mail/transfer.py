"""Decodes the body of a part by its Content-Transfer-Encoding, piece by piece."""

import binascii
import re
from collections.abc import Iterator
from mmap import mmap
from typing import Final, TypeAlias

from caseline.mail.headers import Headers

Raw: TypeAlias = bytes | mmap
"""A mail as it came: in memory, or in a file of which the system holds in memory what is being read."""
_CHUNK: Final = 1024 * 1024
_SAMPLE: Final = 4_000
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_FOREIGN: Final = bytes(set(range(256)) - set(_ALPHABET))
_BLANK_OR_OURS: Final = _ALPHABET + b" \t\r\n"
_PADDING: Final = re.compile(rb"=+")
_MOST_ENDS: Final = 1_000
"""Ends of base64 in a piece: some mailers encode in portions, each with its own padding."""
_ESCAPE: Final = 3
_PADDED_END: Final = re.compile(rb"=[ \t]{1,100}(?=\r?\n)")
"""A soft line end with blanks that were added on the way."""
_UU_BEGIN: Final = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ", re.MULTILINE)
_LONGEST_LINE: Final = 1_000
"""Of uuencoded lines, which have 62 signs at most and what was added on the way."""
_KINDS: Final = {
    "base64": "base64",
    "quoted-printable": "quoted-printable",
    "quoted": "quoted-printable",
    "x-uuencode": "uuencode",
    "uuencode": "uuencode",
    "x-uue": "uuencode",
    "uue": "uuencode",
}


def is_encoded(headers: Headers) -> bool:
    """Whether the body is not written as it is."""
    return headers.word("content-transfer-encoding") in _KINDS


def pieces(headers: Headers, raw: Raw, start: int, end: int) -> Iterator[bytes]:
    """The decoded body in pieces of about a megabyte; damage is passed over, not raised."""
    kind = _KINDS.get(headers.word("content-transfer-encoding"))
    if kind == "base64" and not _is_plain(raw[start : min(end, start + _SAMPLE)]):
        return _base64(raw, start, end)
    if kind == "quoted-printable":
        return _quoted_printable(raw, start, end)
    if kind == "uuencode":
        return _uuencoded(raw, start, end)
    return (raw[at : min(end, at + _CHUNK)] for at in range(start, end, _CHUNK))


def _is_plain(sample: bytes) -> bool:
    """Whether a body that is said to be base64 is not."""
    return len(sample.translate(None, _BLANK_OR_OURS)) * 10 > len(sample)


def _base64(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    rest = b""
    for at in range(start, end, _CHUNK):
        rest += raw[at : min(end, at + _CHUNK)].translate(None, _FOREIGN)
        ends = rest.count(b"=")
        if ends > _MOST_ENDS:
            rest = rest.replace(b"=", b"")
        elif ends:
            bare = rest.rstrip(b"=")
            ended, rest = (_PADDING.split(bare), b"") if b"=" in bare else ([bare], b"")
            yield from map(_quads, ended)
        whole = len(rest) // 4 * 4
        yield binascii.a2b_base64(rest[:whole])
        rest = rest[whole:]
    yield _quads(rest)


def _quads(signs: bytes) -> bytes:
    if len(signs) % 4 == 1:  # a single sign more holds no byte
        signs = signs[:-1]
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def _quoted_printable(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        stop = min(end, start + _CHUNK)
        if stop < end:
            line = raw.rfind(b"\n", start, stop) + 1
            escape = raw.rfind(b"=", stop - _ESCAPE + 1, stop)
            stop = line or (escape if escape > start else stop)
        yield binascii.a2b_qp(_PADDED_END.sub(b"=", raw[start:stop]))
        start = stop


def _lines(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    """The lines of a body without their ends; of a very long one the beginning."""
    while start < end:
        found = raw.find(b"\n", start, end)
        stop = found if found >= 0 else end
        yield raw[start : min(stop, start + _LONGEST_LINE)]
        start = stop + 1


def _uuencoded(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    found = _UU_BEGIN.search(raw, start, end)
    lines = _lines(raw, found.start() if found else start, end)
    if found:
        next(lines)
    for line in lines:
        if line.strip() in (b"end", b"`"):
            return
        try:
            yield binascii.a2b_uu(line.rstrip(b"\r"))
        except binascii.Error:  # trailing garbage, as encoders of old leave it
            count = (((line[:1] or b" ")[0] - 32 & 63) * 4 + 5) // 3
            try:
                yield binascii.a2b_uu(line[:count])
            except binascii.Error:
                continue
