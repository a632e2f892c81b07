"""Reads a text as chunks between white space, fast for matching, and again with their offsets for showing matches."""

import re
from collections.abc import Iterator
from typing import Final

from keywords import markup, new_text

_BLANK_LINE: Final = re.compile(r"\n[^\S\n]*\n")
_CHUNK: Final = re.compile(r"\S+")


def paragraphs(text: str, *, new_only: bool) -> Iterator[list[str]]:
    """The chunks of each paragraph; no phrase goes from one paragraph into the next.

    With `new_only` quoted letters, signatures and disclaimers are left out (`new_text`).
    """
    plain = markup.plain(text)
    for start, end in new_text.ranges(plain) if new_only else ((0, len(plain)),):
        piece = plain if end - start == len(plain) else plain[start:end]
        for paragraph in _BLANK_LINE.split(piece) if "\n" in piece else (piece,):
            yield paragraph.split()


class Located:
    """The same chunks with their offsets in the original text."""

    __slots__ = ("_plain", "paragraphs")

    def __init__(self, text: str, *, new_only: bool) -> None:
        self._plain: Final = markup.mapped(text)
        plain = self._plain.text
        kept = new_text.ranges(plain) if new_only else ((0, len(plain)),)
        self.paragraphs: Final = [part for start, end in kept for part in _located(plain, start, end)]
        """(offset in the plain text, chunk) of each chunk of each paragraph."""

    def original(self, start: int, end: int) -> markup.Range:
        """Where a range of the plain text stands in the original."""
        return self._plain.original(start, end)


def _located(plain: str, start: int, end: int) -> Iterator[list[tuple[int, str]]]:
    begin = start
    for blank in _BLANK_LINE.finditer(plain, start, end):
        yield _chunks(plain, begin, blank.start())
        begin = blank.end()
    yield _chunks(plain, begin, end)


def _chunks(plain: str, start: int, end: int) -> list[tuple[int, str]]:
    return [(found.start(), found[0]) for found in _CHUNK.finditer(plain, start, end)]
