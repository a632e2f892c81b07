"""The engine: a line of working intervals in which used time is a function of the instant, and the way back."""

from bisect import bisect_left, bisect_right
from typing import Final, Literal

import numpy as np

from caseline.timing.vocabulary import Boundary
from caseline.timing.zones import Seconds

_LONG_AGO: Final = -(2**60)
"""Where an empty first interval stands, so that every instant has an interval before it."""


class Line:
    """Working intervals in the order of time.

    `used(at)` is the working time before an instant, counted from the beginning of the line; `reach(spent)` is its
    inverse. Everything else in this room is said in these two. All values are whole seconds; instants are UTC, or
    those of a local clock where the caller built the line so. An interval holds its start and not its end.
    """

    __slots__ = ("_before", "_befores", "_ends", "_full", "_shift", "_starts", "begins", "total")

    def __init__(self, begins: Seconds, ends: Seconds) -> None:
        begins, ends = _joined(begins, ends)
        self.begins: Final = np.concatenate(([_LONG_AGO], begins))
        """Where intervals begin; the first is the empty one."""
        lengths = np.concatenate(([0], ends - begins))
        self._befores: Final[Seconds] = np.cumsum(lengths) - lengths
        self._full: Final[Seconds] = self._befores + lengths
        self._shift: Final[Seconds] = self.begins - self._befores
        # Python's own numbers: bisect over an array is several times slower
        self._starts: Final[list[int]] = self.begins.tolist()
        self._ends: Final[list[int]] = [_LONG_AGO, *ends.tolist()]
        self._before: Final[list[int]] = self._befores.tolist()
        self.total: Final = int(self._full[-1])
        """Seconds of all intervals."""

    def used(self, at: int) -> int:
        """Working seconds before `at`."""
        found = bisect_right(self._starts, at) - 1
        return self._before[found] + min(at, self._ends[found]) - self._starts[found]

    def reach(self, spent: int, boundary: Boundary = Boundary.EARLIEST) -> int | None:
        """The instant by which `spent` (> 0) seconds are used; None when the line is too short.

        Used up at the end of an interval: that end, or with `NEXT_START` the begin of the next interval.
        """
        if boundary is Boundary.EARLIEST:
            if spent > self.total:
                return None
            found = bisect_left(self._before, spent) - 1
        else:
            if spent >= self.total:
                return None
            found = bisect_right(self._before, spent) - 1
        return self._starts[found] + spent - self._before[found]

    def next_begin(self, at: int) -> int | None:
        """Where the first interval begins that begins after `at`; None when there is none."""
        found = bisect_right(self._starts, at)
        return self._starts[found] if found < len(self._starts) else None

    def runs_until(self, at: int) -> bool:
        """Whether the clock was running in the second before `at`."""
        return self.used(at) != self.used(at - 1)

    def runs_from(self, at: int) -> bool:
        """Whether the clock runs in the second from `at` on."""
        return self.used(at + 1) != self.used(at)

    def used_all(self, at: Seconds) -> Seconds:
        """`used` of many."""
        found = np.searchsorted(self.begins, at, "right") - 1
        used: Seconds = np.minimum(at - self._shift[found], self._full[found])
        return used

    def reach_all(self, spent: Seconds, boundary: Boundary = Boundary.EARLIEST) -> Seconds | None:
        """`reach` of many; None when the line is too short for some."""
        longest = int(spent.max(initial=0))
        if longest > self.total or (longest == self.total and boundary is Boundary.NEXT_START):
            return None
        side: Literal["left", "right"] = "left" if boundary is Boundary.EARLIEST else "right"
        reached: Seconds = spent + self._shift[np.searchsorted(self._befores, spent, side) - 1]
        return reached


def _joined(begins: Seconds, ends: Seconds) -> tuple[Seconds, Seconds]:
    """Intervals that touch become one: a week of whole days is one interval."""
    if not len(begins):
        return begins, ends
    apart = begins[1:] != ends[:-1]
    return begins[np.concatenate(([True], apart))], ends[np.concatenate((apart, [True]))]
