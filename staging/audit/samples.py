"""Draws records at random to be shown side by side; the same seed draws the same ones."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from staging.audit.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Pair:
    """A field on both sides."""

    field: str
    expected: Any
    found: Any
    personal: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A record on both sides."""

    part: str
    key: str
    place: str
    pairs: tuple[Pair, ...]


@dataclass
class Drawer:
    """Keeps `size` of all records of a part that pass by, each with the same chance."""

    size: int
    chance: random.Random
    kept: list[Sample] = field(default_factory=list)
    _seen: int = 0

    def offer(self, part: str, keys: Sequence[str], places: Sequence[str], comparison: Comparison) -> None:
        """Let the records of a comparison pass by."""
        for row, key in enumerate(keys):
            self._seen += 1
            turn = len(self.kept) if len(self.kept) < self.size else self.chance.randrange(self._seen)
            if turn < self.size:
                self.kept[turn : turn + 1] = [Sample(part, key, places[row], _pairs(comparison, row))]


def choose(drawers: Sequence[Drawer], size: int) -> list[Sample]:
    """One of each part in turn until there are `size`."""
    left = [list(drawer.kept) for drawer in drawers]
    found: list[Sample] = []
    while len(found) < size and any(left):
        for kept in left:
            if kept and len(found) < size:
                found.append(kept.pop(0))
    order = [drawer.kept[0].part for drawer in drawers if drawer.kept]
    return sorted(found, key=lambda sample: order.index(sample.part))


def _pairs(comparison: Comparison, row: int) -> tuple[Pair, ...]:
    pairs = (
        Pair(name, expected[row], comparison.found[name][row], comparison.personal[name])
        for name, expected in comparison.expected.items()
    )
    return tuple(pair for pair in pairs if pair.expected is not None or pair.found is not None)
