"""Decides beforehand which rows of a file are bad and how, so that all other rows can keep off them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caseline.sample.chance import Stream
from caseline.sample.faults import Fault, Recipe
from caseline.sample.ids import IdSpace

Faults = Mapping[int, Fault]
"""Fault by row index."""
_CYCLE: Final = 1_000  # ids that exist nowhere: this many per object


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of an object that references may point at."""

    ids: IdSpace
    failed: Sequence[int] = ()
    filtered: Sequence[int] = ()


def positions(rows: int, share: float, stream: Stream) -> list[int]:
    """Indexes of the bad rows, ascending: one at a random place in every 1/share rows, at least one in a file."""
    if not share or not rows:
        return []
    found, start, block = [], 0, 1
    while start < rows:
        end = int(block / share)
        found.append(start + stream.below(end - start))
        start, block = end, block + 1
    return [index for index in found if index < rows] or [stream.below(rows)]


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the faults of one object.

    `known` holds what the object may point at, itself included; `good` says which rows may be spoiled or seen twice.
    """

    name: str
    deck: Sequence[Recipe]
    stream: Stream
    known: Mapping[str, Target]
    good: Callable[[int], bool] = lambda _index: True

    def plan(self, rows: int, share: float) -> dict[int, Fault]:
        """Faults for about `share` of the rows, all recipes equally often.

        A recipe that cannot be had (no earlier row, nothing failed to point at) gives way to the next of the deck.
        """
        places = self._places(rows, share)
        chosen = self._chosen(places)
        roots = [index for index, recipe in chosen.items() if recipe.keeps_id and not self._leans_on_own_file(recipe)]
        previous = dict(zip(places, [-1, *places], strict=False))
        found = {}
        for index, recipe in chosen.items():
            alternatives = (recipe, *self.deck)
            values = ((r, self._value(r, index, previous[index], roots)) for r in alternatives)
            found[index] = next(Fault(r, value) for r, value in values if value is not None)
        return found

    def _places(self, rows: int, share: float) -> list[int]:
        drawn = positions(rows, share, self.stream)
        fit = (next((i for i in range(index, rows) if self.good(i)), None) for index in drawn)
        return list(dict.fromkeys(index for index in fit if index is not None))

    def _chosen(self, places: Sequence[int]) -> dict[int, Recipe]:
        chosen = {}
        hand: list[Recipe] = []
        for index in places:
            hand = hand or self.stream.shuffled(self.deck)
            chosen[index] = hand.pop()
        return chosen

    def _leans_on_own_file(self, recipe: Recipe) -> bool:
        """Such rows are never pointed at from their own file: two that named each other would both be good."""
        return recipe.source == "failed" and recipe.points_to == self.name

    def _value(self, recipe: Recipe, index: int, previous: int, roots: Sequence[int]) -> str | None:
        match recipe.source:
            case "values":
                return self.stream.pick(recipe.values) if recipe.values else ""
            case "malformed":
                return f"lost-{index}"
            case "earlier":
                return self._earlier(index, previous)
            case "nowhere":
                return self.known[recipe.points_to].ids.nowhere(self.stream.below(_CYCLE))
            case "failed":
                own = recipe.points_to == self.name
                return self._one_of(recipe.points_to, roots if own else self.known[recipe.points_to].failed)
            case "filtered":
                return self._one_of(recipe.points_to, self.known[recipe.points_to].filtered)

    def _earlier(self, index: int, previous: int) -> str | None:
        """Id of a good row between the bad row before this one and this one."""
        candidates = range(previous + 1, index)
        if not candidates:
            return None
        start = self.stream.below(len(candidates))
        fit = next((i for i in (*candidates[start:], *candidates[:start]) if self.good(i)), None)
        return None if fit is None else self.known[self.name].ids.at(fit)

    def _one_of(self, name: str, indexes: Sequence[int]) -> str | None:
        return self.known[name].ids.at(self.stream.pick(indexes)) if indexes else None
