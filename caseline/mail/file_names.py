"""Makes file names of attachments safe to store and to offer for download."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 150
"""Characters of a name; in UTF-8 at most 255 bytes, what file systems take."""
_LONGEST_BYTES: Final = 255
_LONGEST_ENDING: Final = 20
_PATH: Final = re.compile(r"[/\\]")
_REFUSED: Final = re.compile(r"[<>:\"|?*]")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
"""Categories of Unicode: control, format (which turns the direction of reading), separators, no characters at all."""
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?=\.|\Z)", re.IGNORECASE)
_ENDINGS: Final = {
    "application/ms-tnef": "dat",
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/zip": "zip",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "message/delivery-status": "txt",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
}


def safe(written: str) -> str:
    """The last part of a path without what could mislead or escape; empty when nothing is left."""
    name = _PATH.split(written.strip())[-1] if not written.strip().endswith(("/", "\\")) else ""
    name = unicodedata.normalize("NFC", name)
    if not (name.isascii() and name.isprintable()):
        name = "".join(" " if sign in "\t\r\n" else sign for sign in name if _visible(sign))
    name = " ".join(_REFUSED.sub("_", name).split()).strip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name)


def invented(number: int, content_type: str) -> str:
    """A name for an attachment that has none: attachment-2.pdf."""
    return f"attachment-{number}.{_ENDINGS.get(content_type, 'bin')}"


def _visible(sign: str) -> bool:
    return sign in "\t\r\n" or unicodedata.category(sign) not in _INVISIBLE


def _shortened(name: str) -> str:
    if len(name) <= LONGEST and len(name.encode()) <= _LONGEST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = _LONGEST_BYTES - len((dot + ending).encode())
    return (
        stem[:LONGEST].encode()[:room].decode("utf-8", "ignore")[: LONGEST - len(dot + ending)].rstrip(". ")
        + dot
        + ending
    )
