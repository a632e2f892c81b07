"""Reads bytes as text in any usual encoding."""

import codecs
import re
from typing import Final

from caseline.text_files.faults import FileFault

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTERS: Final = re.compile(r"[А-Яа-яЁё]")
_ODD: Final = re.compile(r"[\x00-\x08\x0e-\x1fЂЃѓ‚‡€‰ЉЊЌЏђ‹љњќўџ¤¦§¨Є¬Їµ¶·]")
"""Signs of windows-1251 that betray another encoding when there is one to so many letters."""
_ODD_SHARE: Final = 10
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands where a byte means nothing."""


def decoded(content: bytes, name: str) -> str:
    """The text of a file: by its byte-order mark, else UTF-8, UTF-16 without a mark, or windows-1251.

    `FileFault` names the line where it ceases to be readable.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding, name)
    sample = content[:1000]
    if b"\x00" in sample:
        return _strictly(content, "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le", name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content.decode("cp1251", errors="replace")
        if _LOST in text or _ODD_SHARE * len(_ODD.findall(text)) > len(_LETTERS.findall(text)):
            line = content.count(b"\n", 0, error.start) + 1
            raise FileFault(name, line, "neither UTF-8 nor windows-1251: save the file as UTF-8") from error
        return text


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FileFault(name, 1, f"begins like {encoding} and is damaged: save the file as UTF-8") from error
