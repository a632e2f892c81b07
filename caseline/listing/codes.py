"""Cuts codes out of a text, so that ВА47-29, ва 47-29 and BA47-29 typed in Latin are one token of the search.

A code is letters and digits with at most one separator between its pieces, and at least one digit. The parser of the
database would take it apart in ways that depend on how it is written; here it is folded to one spelling. The same
function serves texts and queries, else nothing would be found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MARK: Final = "="
"""Stands before every code in a vector. The parser of the database makes no word that begins so, hence none is mixed up
with a word of a text."""
SHORTEST: Final = 3
LONGEST: Final = 40
MOST: Final = 500
"""Codes kept of one text; what lists thousands of them is found by its first ones."""

_SEPARATORS: Final = r"\-\u2010-\u2013\u2212./\\_"
_RUN: Final = re.compile(rf"[^\W_]+(?:[{_SEPARATORS}][^\W_]+)*")
_PIECE: Final = re.compile(r"[^\W_]+")
_ALIKE: Final = str.maketrans("abcehkmoptxyё", "авсенкмортхуе")
"""Latin letters as the Cyrillic ones that look like their capitals; ё as е."""
_JOINED: Final = 4
"""Letters of a word before a space that may belong to the code after it: «ва 47-29»."""
_NO_PART: Final = frozenset(
    (
        *(
            "а",
            "без",
            "в",
            "во",
            "для",
            "до",
            "за",
            "и",
            "из",
            "к",
            "как",
            "ко",
            "на",
            "над",
            "не",
            "но",
            "о",
            "об",
            "от",
        ),
        *("по", "под", "при", "про", "с", "со", "у", "что", "это", "кг", "км", "мм", "см", "шт"),
        *("a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "no", "of", "on", "or", "per", "the", "to"),
    )
)
_SPACES: Final = frozenset({" ", "\u00a0"})
_PARTS: Final = 4
"""Pieces from the first on that are found by themselves: ВА47-29 in ВА47-29-3P."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code where it stands in a text."""

    start: int
    end: int
    whole: str
    """As it is searched for: folded, without separators."""
    joined: str | None = None
    """The same with the short word before it, if one may belong to it; it starts with that word then."""
    others: tuple[str, ...] = ()
    """What of it is found besides: its pieces from the first on, and each piece that is a code by itself."""

    @property
    def tokens(self) -> Iterator[str]:
        """All that stands for it in a vector."""
        for token in (self.whole, self.joined, *self.others):
            if token is not None and SHORTEST <= len(token) <= LONGEST:
                yield token


def fold(text: str) -> str:
    """One spelling: small letters, look-alikes as Cyrillic ones, nothing between the pieces."""
    return "".join(_PIECE.findall(text.lower())).translate(_ALIKE)


def found(text: str) -> Iterator[Code]:
    """The codes of a text in their order; a number without letters and separators is one if it may be joined."""
    before: re.Match[str] | None = None
    for run in _RUN.finditer(text):
        if any(map(str.isdigit, run[0])):
            code = _code(run, before, text)
            if code is not None:
                yield code
        before = run


def tokens(text: str) -> list[str]:
    """What a text puts into its vector, marked; each once, in the order of the text."""
    made: dict[str, None] = {}
    for code in found(text):
        made.update(dict.fromkeys(MARK + token for token in code.tokens))
        if len(made) >= MOST:
            break
    return list(made)[:MOST]


def of_number(number: str) -> list[str]:
    """What the number or the old key of a request puts there: as a whole, and its digits without leading zeros."""
    made = dict.fromkeys([fold(number), *(piece.lstrip("0") for piece in re.findall(r"\d+", number))])
    return [MARK + token for token in made if SHORTEST <= len(token) <= LONGEST]


def runs(text: str) -> list[str]:
    """Letters and digits with single separators between them, as they stand in a text."""
    return _RUN.findall(text)


def spelled(run: str) -> str | None:
    """The code that a run is, folded; None for a word, for a bare number and for what is too short or too long."""
    bare = run.isdigit() or not any(map(str.isdigit, run))
    whole = fold(run)
    return whole if not bare and SHORTEST <= len(whole) <= LONGEST else None


def joined(word: str, run: str) -> str | None:
    """The code that a short word and what comes after its space may be, folded."""
    belongs = len(word) <= _JOINED and word.isalpha() and word.lower() not in _NO_PART and run[:1].isdigit()
    whole = fold(word) + fold(run)
    return whole if belongs and SHORTEST <= len(whole) <= LONGEST else None


def _code(run: re.Match[str], before: re.Match[str] | None, text: str) -> Code | None:
    near = before is not None and text[before.end() : run.start()] in _SPACES
    both = joined(before[0], run[0]) if before is not None and near else None
    if run[0].isdigit() and both is None:
        return None
    start = before.start() if before is not None and both is not None else run.start()
    return Code(start, run.end(), fold(run[0]), both, tuple(_others(run[0])))


def _others(run: str) -> Iterator[str]:
    pieces = _PIECE.findall(run)
    for count in range(2, min(len(pieces), _PARTS + 1)):
        yield fold("".join(pieces[:count]))
    for piece in pieces:
        if not piece.isdigit() and any(map(str.isdigit, piece)):
            yield fold(piece)
