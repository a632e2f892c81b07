"""Of every column that can hold words: whose they are. A test fails on a column that nobody has decided about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from caseline.privacy.columns import LINES


@dataclass(frozen=True, slots=True)
class Decided:
    """The columns of a table that hold texts, JSON, lists of texts, bytes, vectors or networks."""

    personal: frozenset[str] = field(default_factory=frozenset)
    """Data of a client; an erasure takes them."""
    house: frozenset[str] = field(default_factory=frozenset)
    """What the house has set up, the names of its own people, and what it says of itself."""
    none: frozenset[str] = field(default_factory=frozenset)
    """Codes, states, keys, digests that say nothing of anybody."""

    @property
    def all(self) -> frozenset[str]:
        """Every column that was decided about."""
        return self.personal | self.house | self.none


def read(lines: str) -> Mapping[str, Decided]:
    """Decisions by table from lines such as `crm.contact | personal: name email | none: source`."""
    found: dict[str, Decided] = {}
    for line in filter(str.strip, lines.splitlines()):
        table, *parts = (piece.strip() for piece in line.split("|"))
        named = {
            what.strip(): frozenset(columns.split()) for what, _, columns in (part.partition(":") for part in parts)
        }
        found[table] = Decided(**named)
    return MappingProxyType(found)


DECIDED: Final = read(LINES)
