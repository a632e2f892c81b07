"""Zones: when the clocks of a place are how far ahead of UTC, and the way between both."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from caseline.timing.faults import CalendarFault

Seconds = NDArray[np.int64]
"""Whole seconds since 1970-01-01 00:00, of UTC or, where said so, of a local clock."""

DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; `CalendarFault` when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a folder, such as Europe
        remedy = "use an IANA name such as Europe/Moscow"
        raise CalendarFault(("zone",), f"{name!r} is unknown: {remedy}") from error


def midnight(year: int) -> int:
    """Seconds of 1 January 00:00 of a year."""
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Offsets:
    """How far the local clock is ahead of UTC, piece by piece."""

    since: Seconds
    """First second of each piece, UTC, and the end of the last: one more than pieces."""
    ahead: Seconds
    """Seconds by which the local clock is ahead in each piece."""
    _since: list[int]
    _ahead: list[int]
    _ends: list[int]

    @classmethod
    @lru_cache(maxsize=256)  # calendars of one zone share them; nobody changes the arrays
    def between(cls, name: str, first: int, last: int) -> "Offsets":
        """Of a zone, for the years `first` to `last` and a day around them."""
        place = zone(name)
        samples = range(midnight(first) - DAY, midnight(last + 1) + 2 * DAY, DAY)
        since, ahead = [samples[0]], [_ahead(place, samples[0])]
        for before, after in pairwise(samples):
            if _ahead(place, after) != ahead[-1]:
                since.append(_change(place, before, after))
                ahead.append(_ahead(place, after))
        edges = [*since, samples[-1]]
        ends = [end + step for end, step in zip(edges[1:], ahead, strict=True)]
        return cls(np.array(edges), np.array(ahead), since, ahead, ends)

    def local(self, at: int) -> int:
        """What the local clock shows."""
        return at + self._ahead[bisect_right(self._since, at) - 1]

    def utc(self, shown: int) -> int:
        """When the local clock shows this; the first time if twice, and as much later as it jumps if never."""
        piece = bisect_right(self._ends, shown)
        never = shown < self._since[piece] + self._ahead[piece]
        return shown - self._ahead[piece - never]

    def local_all(self, at: Seconds) -> Seconds:
        """`local` of many."""
        return at + self.ahead[np.searchsorted(self.since[:-1], at, "right") - 1]

    def utc_all(self, shown: Seconds) -> Seconds:
        """`utc` of many."""
        piece = np.searchsorted(self.since[1:] + self.ahead, shown, "right")
        never = shown < self.since[piece] + self.ahead[piece]
        return shown - self.ahead[piece - never]


def _ahead(place: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, place).utcoffset()
    return offset // timedelta(seconds=1) if offset else 0


def _change(place: ZoneInfo, before: int, after: int) -> int:
    """The second between two at which the clocks are changed."""
    old = _ahead(place, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _ahead(place, middle) == old:
            before = middle
        else:
            after = middle
    return after
