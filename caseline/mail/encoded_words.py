"""Reads header values with encoded words (RFC 2047), also as mailers break them."""

import binascii
import re
from typing import Final

from caseline.mail import charsets

LONGEST: Final = 64 * 1024
"""Characters of a header value that are read as text."""
_WORD: Final = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?((?:[^?=]|\?(?!=)|=(?!\?)|=(?=\?=))*)(?:\?=|\Z)", re.ASCII)
_BLANKS: Final = " \t\r\n"
"""Blanks among bytes; to Python some halves of letters, as latin-1, would be blanks too."""
_BLANK: Final = re.compile(r"\s+")
_NO_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")


def text(value: str, hint: str | None = None) -> str:
    """The text of an unfolded header value whose characters are its bytes; blanks in a row become one.

    `hint` is the charset of the mail's body, in which 8-bit headers stand as often as not.
    """
    value = value[:LONGEST]
    made = _joined(value, hint) if "=?" in value else plain(value, hint)
    return _BLANK.sub(" ", _CONTROL.sub(" ", made)).strip() if not made.isprintable() or "  " in made else made.strip()


def plain(value: str, hint: str | None = None) -> str:
    """The text of a value without encoded words: UTF-8 (RFC 6532), the hinted charset, or a guess."""
    if value.isascii():
        return value
    return charsets.undeclared(value.encode("latin-1", "replace"), hint)


def _joined(value: str, hint: str | None) -> str:
    """Neighbouring words of one charset are decoded together: some mailers part a letter between two of them."""
    pieces: list[str] = []
    charset, data, copied = "", b"", 0
    for found in _WORD.finditer(value):
        between = value[copied : found.start()]
        if between.strip(_BLANKS) or not copied:
            pieces += [_decoded(data, charset), plain(between, hint)]
            data = b""
        elif found[1].lower() != charset:
            pieces.append(_decoded(data, charset))
            data = b""
        charset, copied = found[1].lower(), found.end()
        data += _bytes(found[2], found[3])
    return "".join([*pieces, _decoded(data, charset), plain(value[copied:], hint)])


def _decoded(data: bytes, charset: str) -> str:
    return charsets.decoded(data, charset or None)[0] if data else ""


def _bytes(encoding: str, data: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(data.encode("latin-1", "replace"), header=True)
    kept = _NO_BASE64.sub("", data)
    if len(kept) % 4 == 1:  # a single sign more holds no byte
        kept = kept[:-1]
    return binascii.a2b_base64(kept + "=" * (-len(kept) % 4))
