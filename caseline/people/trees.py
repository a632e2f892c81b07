"""Rules of the tree of divisions: the order in which it is read, what lies below what, and whose head is whose."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Branch(Protocol):
    """A division, as far as the tree goes."""

    @property
    def id(self) -> int:
        """Its key."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def parent_id(self) -> int | None:
        """The division that it is a part of."""


def ordered(branches: Sequence[Branch]) -> list[tuple[int, int]]:
    """(id, depth) of every division, each followed by its parts, by name."""
    below: dict[int | None, list[Branch]] = {}
    known = {one.id for one in branches}
    for one in branches:
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    found: list[tuple[int, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for one in sorted(below.get(parent, ()), key=lambda each: each.name.casefold()):
            found.append((one.id, depth))
            walk(one.id, depth + 1)

    walk(None, 0)
    return found


def above(parents: Mapping[int, int | None], start: int) -> list[int]:
    """A division and those that it is a part of, nearest first; a circle is gone round once."""
    found: list[int] = []
    at: int | None = start
    while at is not None and at in parents and at not in found:
        found.append(at)
        at = parents[at]
    return found


def circular(parents: Mapping[int, int | None], number: int, parent: int | None) -> bool:
    """Whether a division would lie below itself if it became a part of `parent`."""
    return parent is not None and number in above(parents, parent)
