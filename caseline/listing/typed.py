"""What somebody types into the search, as a tree of what must be found; pure.

Words are found in all their forms, `"in a row"` as they stand, `-word` not, `word*` by its beginning, one OR the other;
codes and numbers in any spelling (`caseline.listing.codes`). Nothing that is typed is an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from caseline.listing import codes

LONGEST: Final = 300
"""Signs of a query that are read."""
MOST: Final = 20
"""Terms of a query that are read."""
_MONTHS: Final = 12
_SHORTEST_BEGINNING: Final = 3

_TERM: Final = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_QUOTES: Final = str.maketrans("«»“”„‟″", '"' * 7)
_EITHER: Final = frozenset({"OR", "ИЛИ", "|"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BEGINNING: Final = re.compile(r"((?:[^\W_]|[-./])+)\*+")
_NUMBER: Final = re.compile(r"[^\W_][\w\-./]{1,38}[^\W_]")
_AROUND: Final = ".,;:!?()[]"
_ADDRESS: Final = re.compile(r"@|://")


@dataclass(frozen=True, slots=True)
class Words:
    """A word in any of its forms, or words in a row."""

    text: str
    row: bool = False


@dataclass(frozen=True, slots=True)
class Beginning:
    """Words that begin so."""

    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """An exact token of the vector, or all that begin so."""

    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """All of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these at least."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Not this."""

    node: "Node"


Node = Words | Beginning | Token | Every | Either | Without


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, as it is understood."""

    tree: Node | None
    """None: there is not even a word."""
    number: str | None = None
    """What might be the number or the old key of a request; looked for there first."""
    cut: bool = False
    """It was longer than what is read."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes that are looked for, without their mark, to be marked in what was found."""
        return tuple(_codes(self.tree)) if self.tree is not None else ()


def read(typed: str) -> Query:
    """Understand what was typed; every text is understood as something."""
    text = _CONTROL.sub(" ", typed[: LONGEST * 2]).translate(_QUOTES).strip()
    terms = list(_TERM.finditer(text[:LONGEST]))
    cut = len(typed) > LONGEST * 2 or len(text) > LONGEST or len(terms) > MOST
    sides: list[list[Node]] = [[]]
    before: str | None = None
    for term in terms[:MOST]:
        minus, row, word = term.groups()
        if word in _EITHER and not minus:
            sides.append([])
            before = None
            continue
        node = Words(row, row=True) if word is None else _word(word)
        if node is None:
            continue
        both = codes.joined(before, word) if before is not None and word is not None else None
        if both is not None:
            node = Either((Token(codes.MARK + both), Every((sides[-1].pop(), node))))
        sides[-1].append(Without(node) if minus else node)
        before = None if minus else word
    tree = _either([_every(side) for side in sides if side]) if any(sides) else None
    return Query(tree, number=_number(text), cut=cut)


def narrowed(tree: Node, tokens: tuple[tuple[str, ...], ...]) -> Node:
    """The same among requests that have one token at least of each group (see `company`, `month`, `year`)."""
    return _every([tree, *(_either([Token(token) for token in group]) for group in tokens)])


def company(company_id: int) -> str:
    """The token of a company's requests."""
    return f"_c{company_id}"


def year(number: int) -> str:
    """The token of requests created in a year (UTC)."""
    return f"_y{number}"


def month(year_number: int, number: int) -> str:
    """The token of requests created in a month (UTC)."""
    return f"_m{year_number}{number:02}"


def period(first: date, last: date) -> tuple[str, ...]:
    """Tokens of which each request created from a day to another (UTC) has one: months up to a year, years beyond."""
    months = [divmod(count, 12) for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]
    if len(months) <= _MONTHS:
        return tuple(month(number, one + 1) for number, one in months)
    return tuple(year(number) for number in range(first.year, last.year + 1))


def _word(word: str) -> Node | None:
    begins = _BEGINNING.fullmatch(word.strip(_AROUND))
    found = _beginning(begins[1]) if begins is not None else None
    if found is not None:
        return found
    if _ADDRESS.search(word) or not any(map(str.isdigit, word)):
        return Words(word) if any(map(str.isalnum, word)) else None
    return _every([_run(run) for run in codes.runs(word)])


def _beginning(word: str) -> Node | None:
    folded = codes.fold(word)
    if len(folded) < _SHORTEST_BEGINNING:
        return None
    if any(map(str.isdigit, word)):
        return Token(codes.MARK + folded[: codes.LONGEST], begins=True)
    return Beginning(word) if word.isalpha() else None


def _run(run: str) -> Node:
    code = codes.spelled(run)
    if code is not None:
        return Token(codes.MARK + code)
    if run.isdigit() and codes.SHORTEST <= len(run) <= codes.LONGEST:
        return Either((Words(run), Token(codes.MARK + run)))
    return Words(run)


def _number(text: str) -> str | None:
    return text if _NUMBER.fullmatch(text) and any(map(str.isdigit, text)) else None


def _every(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Every(tuple(nodes))


def _either(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))


def _codes(node: Node) -> Iterator[str]:
    if isinstance(node, Token):
        if node.text.startswith(codes.MARK):
            yield node.text.removeprefix(codes.MARK)
    elif isinstance(node, Every | Either):
        for inner in node.nodes:
            yield from _codes(inner)
