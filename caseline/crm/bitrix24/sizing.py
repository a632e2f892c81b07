"""How many commands go into a batch, in seconds: it must end well before the portal cuts it."""

from collections.abc import Collection, Iterable
from typing import Final

MOST: Final = 50
"""Commands that the portal takes in one batch."""
_MOST_LETTERS: Final = 4_000_000
_ROOM: Final = 0.5
"""The part of the portal's time for a request that a batch is planned to take."""
_HAIR: Final = 1e-9
"""Sums of parts of the room are not exact."""
_NEAR: Final = 0.8
_CAUTIOUS: Final = 10
"""Commands of a first batch whose method nobody has measured."""


class Sizing:
    """What a command of each method takes, as the last batches told; not shared between processes."""

    def __init__(self, ceiling: float, most: int = MOST, *, cautious: bool = True) -> None:
        self._ceiling = ceiling
        self._most = most
        self._room = ceiling * _ROOM
        self._first = self._room / _CAUTIOUS if cautious else 0.0
        self._cost: dict[str, float] = {}

    def fit(self, waiting: Iterable[tuple[str, str, int]], limit: int) -> list[str]:
        """Keys of the (key, method, letters) that go into the next batch: the first ones, at least one."""
        keys: list[str] = []
        seconds, letters = 0.0, 0
        for key, method, length in waiting:
            seconds += self._cost.get(method, self._first)
            letters += length
            full = len(keys) >= min(limit, self._most) or seconds > self._room * (1 + _HAIR) or letters > _MOST_LETTERS
            if keys and full:
                break
            keys.append(key)
        return keys

    def took(self, methods: Collection[str], seconds: float) -> None:
        """Commands of these methods, one for each, took so long together; costs rise at once and fall by halves."""
        if not methods:
            return
        each = seconds / len(methods)
        for method in set(methods):
            known = self._cost.get(method, each)
            self._cost[method] = each if each > known else (known + each) / 2

    def lost(self, methods: Collection[str], seconds: float) -> None:
        """No answer came: if the time of the portal was used up, the next batch has half as many commands."""
        if seconds < self._ceiling * _NEAR:
            return
        each = self._room / max(1, len(methods) // 2)
        for method in set(methods):
            self._cost[method] = max(each, self._cost.get(method, 0.0))
