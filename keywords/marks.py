"""Cuts an original text at the spans of its matches, for showing them marked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from keywords.explanation import Match
from keywords.vocabulary import Part


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the original text with the matches that lie over it; none: plain text."""

    text: str
    matches: tuple[int, ...]
    """Positions in the answer's matches."""


def pieces(text: str, matches: Iterable[Match], part: Part) -> list[Piece]:
    """The whole text in pieces, in order; put together they are the text."""
    edges: dict[int, list[tuple[int, int]]] = {0: [], len(text): []}
    for number, match in enumerate(matches):
        for span in match.spans:
            if span.part is part:
                edges.setdefault(span.start, []).append((number, 1))
                edges.setdefault(span.end, []).append((number, -1))
    over: Counter[int] = Counter()
    cut: list[Piece] = []
    for start, end in pairwise(sorted(edges)):
        for number, step in edges[start]:
            over[number] += step
        found = tuple(sorted(number for number, times in over.items() if times))
        over = Counter({number: over[number] for number in found})
        if cut and cut[-1].matches == found:
            cut[-1] = Piece(cut[-1].text + text[start:end], found)
        else:
            cut.append(Piece(text[start:end], found))
    return cut
