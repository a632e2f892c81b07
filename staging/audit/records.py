"""What one reading step gives: records by column, with the lines where they begin, and what could not be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

AT_ONCE: Final = 5_000
Texts = list[str | None]
Pick = Callable[[Sequence[Any], str], Texts]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A stretch of the file that is no record."""

    line: int
    lines: int
    fields: dict[str, str]
    """What can be guessed of its values."""


@dataclass(frozen=True)
class Table:
    """Records, asked for by column; an empty text and the source's signs for nothing are None."""

    records: Sequence[Any]
    header: tuple[str, ...]
    """Columns that the records have; for JSON the paths that occur in them."""
    pick: Pick
    nothing: frozenset[str]
    pick_leaf: Pick | None = None
    """JSON only: what stands at a path as a value, and not as an object."""

    @property
    def size(self) -> int:
        """Number of records."""
        return len(self.records)

    def column(self, name: str) -> Texts:
        """The texts of a column; all None where the file does not have it."""
        return self._something(self.pick(self.records, name))

    def leaf(self, name: str) -> Texts:
        """The texts of a column that is kept as it is."""
        return self._something((self.pick_leaf or self.pick)(self.records, name))

    def _something(self, texts: Texts) -> Texts:
        nothing = self.nothing
        return [None if text in nothing else text for text in texts]

    def only(self, places: Sequence[int]) -> "Table":
        """The records at these places."""
        if len(places) == self.size:
            return self
        return Table([self.records[n] for n in places], self.header, self.pick, self.nothing, self.pick_leaf)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to `AT_ONCE` records in the order of the file."""

    table: Table
    lines: list[int]
    """Line where each record begins, from 1."""
    damaged: list[Damaged]
    last_line: int
    """The chunk reaches up to this line."""


Chunks = Iterator[Chunk]
