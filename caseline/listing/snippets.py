"""Passages of what was found, as pieces that are a hit or not, so that whoever shows them escapes each; pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from caseline.listing import codes
from caseline.listing.search_marks import BREAK, END, START

_MARKED: Final = re.compile(f"{START}([^{START}{END}]*){END}")
_LEFT: Final = re.compile(f"[{START}{END}]")
_AROUND: Final = 90
"""Signs shown before and after a code."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage."""

    text: str
    hit: bool = False


Passage = tuple[Piece, ...]


def passages(marked: str, wanted: Iterable[str], whole: str = "") -> tuple[Passage, ...]:
    """The passages of a marked text; codes that are wanted are hits, too.

    Where nothing was marked, they are looked for in the `whole` text.
    """
    codes_wanted = frozenset(wanted)
    found = [tuple(_pieces(part, codes_wanted)) for part in marked.split(BREAK) if part.strip()]
    if codes_wanted and not any(piece.hit for passage in found for piece in passage):
        around = _around(whole, codes_wanted)
        return (around,) if around else tuple(found)
    return tuple(found)


def _pieces(part: str, wanted: frozenset[str]) -> Iterator[Piece]:
    at = 0
    for hit in _MARKED.finditer(part):
        yield from _with_codes(_LEFT.sub("", part[at : hit.start()]), wanted)
        yield Piece(hit[1], hit=True)
        at = hit.end()
    yield from _with_codes(_LEFT.sub("", part[at:]), wanted)


def _with_codes(text: str, wanted: frozenset[str]) -> Iterator[Piece]:
    at = 0
    for start, end in _places(text, wanted):
        if text[at:start]:
            yield Piece(text[at:start])
        yield Piece(text[start:end], hit=True)
        at = end
    if text[at:]:
        yield Piece(text[at:])


def _places(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for code in codes.found(text) if wanted else ():
        if wanted.intersection(code.tokens) and code.start >= end:
            yield code.start, code.end
            end = code.end


def _around(whole: str, wanted: frozenset[str]) -> Passage:
    place = next(_places(whole, wanted), None)
    if place is None:
        return ()
    start, end = max(0, place[0] - _AROUND), min(len(whole), place[1] + _AROUND)
    shown = whole[start:end]
    before, after = "… " if start else "", " …" if end < len(whole) else ""
    return tuple(_with_codes(before + shown + after, wanted))
