"""Reads the bytes of calendar files as text: UTF-8, with or without its mark, or windows-1251."""

from typing import Final

from caseline.timing.faults import FileFault

_ODD: Final = frozenset("\x00ЂЃѓ‚‡€‰ЉЊЌЏђ‹љњќўџ¤¦§¨©Є¬®Їµ¶·")
"""Signs of windows-1251 that no calendar holds: they betray another encoding (cp866, UTF-16)."""


def text(content: bytes, name: str) -> str:
    """The text of a file; `FileFault` names the line where it ceases to be readable."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        try:
            found = content.decode("cp1251")
        except UnicodeDecodeError:
            found = "\x00"
        if _ODD & set(found):
            remedy = "neither UTF-8 nor windows-1251: save the file as UTF-8"
            raise FileFault(name, line, remedy) from error
        return found
