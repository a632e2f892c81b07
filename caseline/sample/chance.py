"""Seeded draws that come out the same on every machine, in every process, under every Python version."""

from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

_Item = TypeVar("_Item")
_MASK: Final = (1 << 64) - 1


class Stream(Random):
    """One sequence of draws, fixed by the text it is opened with.

    Everything rests on `Random.random()`, the one method whose output Python promises to keep.
    """

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.random() * limit)

    def pick(self, pool: Sequence[_Item]) -> _Item:
        """One item of a non-empty pool."""
        return pool[int(self.random() * len(pool))]

    def chance(self, share: float) -> bool:
        """True in this share of the calls."""
        return self.random() < share

    def shuffled(self, pool: Sequence[_Item]) -> list[_Item]:
        """All items in another order."""
        return sorted(pool, key=lambda _item: self.random())


def stream(seed: int, name: str) -> Stream:
    """The draws of one file or purpose: each has its own, so that none moves another's."""
    return Stream(f"{seed}/{name}")


def salt(seed: int, name: str) -> int:
    """A constant of 63 bits for `mixed`."""
    return Random(f"{seed}/salt/{name}").getrandbits(63)


def mixed(index: int, seasoning: int) -> int:
    """64 well-stirred bits of an index: a fact about row 5 without remembering row 5."""
    x = (index + seasoning) * 0x9E3779B97F4A7C15 & _MASK
    x = (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9 & _MASK
    return x ^ (x >> 32)
