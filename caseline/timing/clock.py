"""The clock of a calendar in one mode: the room's front for deadlines, durations, pauses and warnings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from caseline.timing import counting, instants
from caseline.timing.calendars import FIRST_YEAR, LAST_YEAR, Calendar
from caseline.timing.counting import Lines
from caseline.timing.faults import OutOfYears, TimeFault
from caseline.timing.instants import Pause
from caseline.timing.vocabulary import Boundary, Mode
from caseline.timing.zones import DAY, Seconds

_WHOLE: Final = 100
_LONGEST: Final = 3600 * instants.LONGEST_TARGET_H


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took, in whole seconds."""

    elapsed_s: int
    """By the clock on the wall, pauses included."""
    business_s: int
    """Business time of the mode, without pauses."""
    paused_s: int = 0
    """Business time during which the clock stood still."""


class Clock:
    """Counts time by a calendar in a mode.

    Instants in are aware, instants out are UTC; targets are whole seconds (`instants.target` makes them of hours);
    batches are int64 arrays of UTC seconds. Every answer comes from the same two functions of one line of working
    intervals, so that in the modes `working_days`, `schedule` and `elapsed` always

        business time from start to deadline, pauses left out = target.

    `roll` and `whole_days` place the deadline by their own rule and count business time in working days. In
    `whole_days` the target must be a multiple of 24 hours. A target of 0 is due at the start, even on a day off.
    A clock builds its lines for the years that are asked for and keeps them: keep the clock, one per calendar
    version and mode. Raises `TimeFault` and `OutOfYears`.
    """

    def __init__(
        self, calendar: Calendar, mode: Mode = Mode.WORKING_DAYS, boundary: Boundary = Boundary.EARLIEST
    ) -> None:
        self.calendar: Final = calendar
        self.mode: Final = mode
        self.boundary: Final = boundary
        self._lines: Lines | None = None

    @property
    def years(self) -> int:
        """Of how many years it keeps lines; a year takes some 10 kB at most."""
        return self._lines.last - self._lines.first + 1 if self._lines else 0

    def deadline(self, start: datetime, target_s: int, *, pauses: Iterable[Pause] = ()) -> datetime:
        """The instant by which the target is used up, without what falls into pauses."""
        self._check_target(target_s)
        since = instants.seconds(start, "start")
        if not target_s:
            return instants.moment(since)
        return instants.moment(self._deadline(since, target_s, instants.merged(pauses, since) if pauses else ()))

    def duration(self, start: datetime, end: datetime, *, pauses: Iterable[Pause] = ()) -> Duration:
        """Elapsed and business seconds from `start` to `end`; the end itself is not in."""
        since, until = instants.stretch(start, end)
        used = self._over(since, until).business.used
        paused = 0
        for begin, stop in instants.merged(pauses, since) if pauses else ():
            if begin < until:
                paused += used(min(stop, until)) - used(begin)
        return Duration(until - since, used(until) - used(since) - paused, paused)

    def warning(self, start: datetime, target_s: int, percent: int, *, pauses: Iterable[Pause] = ()) -> datetime:
        """The instant by which `percent` (0 to 100) of the business time up to the deadline is used."""
        if not 0 <= percent <= _WHOLE:
            raise TimeFault(f"percent {percent} is no share of a term: give 0 to {_WHOLE}")
        due = self.deadline(start, target_s, pauses=pauses)
        if percent == _WHOLE:
            return due
        since = instants.seconds(start, "start")
        share = -(-self.duration(start, due, pauses=pauses).business_s * percent // _WHOLE)
        if not share:
            return instants.moment(since)
        line = self._over(since, instants.seconds(due)).business
        gaps = instants.merged(pauses, since)
        found = line.reach(counting.extended(line.used(since) + share, gaps, line.used))
        return due if found is None else instants.moment(found)

    def deadlines(self, starts: Seconds, targets_s: Seconds | int) -> Seconds:
        """`deadline` of many starts; one target for all or one for each. No pauses."""
        starts, targets = np.broadcast_arrays(_integers(starts, "starts"), _integers(targets_s, "targets"))
        if not len(starts):
            return starts.copy()
        for extreme in (int(targets.min()), int(targets.max())):
            self._check_target(extreme)
        if self.mode is Mode.WHOLE_DAYS and bool((targets % DAY).any()):
            self._check_target(int(targets[targets % DAY != 0][0]))
        lines = self._over(int(starts.min()), int(starts.max()) + int(targets.max()))
        found = counting.deadlines(lines, starts, targets, self.boundary)
        while found is None:
            lines = self._longer(lines, int(targets.max()))
            found = counting.deadlines(lines, starts, targets, self.boundary)
        last = int(found.argmax())
        self._counted(int(found[last]), int(targets[last]))
        return found if targets.all() else np.where(targets == 0, starts, found)

    def warnings(self, starts: Seconds, dues: Seconds, percent: int) -> Seconds:
        """`warning` of many, for the deadlines that `deadlines` gave. No pauses."""
        shares = -(-self.business(starts, dues) * percent // _WHOLE)
        if not len(shares):
            return shares
        line = self._over(int(np.min(starts)), int(np.max(dues))).business
        found = line.reach_all(line.used_all(np.asarray(starts)) + shares)
        if found is None:  # cannot be: a share of what is used is used within the same line
            raise AssertionError
        return np.where(shares == 0, starts, np.minimum(found, dues))

    def business(self, starts: Seconds, ends: Seconds) -> Seconds:
        """Business seconds from each start to its end. No pauses."""
        starts, ends = np.broadcast_arrays(_integers(starts, "starts"), _integers(ends, "ends"))
        if not len(starts):
            return starts.copy()
        if bool((ends < starts).any()):
            row = int(np.argmax(ends < starts))
            raise TimeFault(f"end {ends[row]} of row {row} is before start {starts[row]}: correct one of them")
        line = self._over(int(starts.min()), int(ends.max())).business
        return line.used_all(ends) - line.used_all(starts)

    def runs_until(self, at: datetime) -> bool:
        """Whether the clock was running in the second before `at`."""
        second = instants.seconds(at)
        return self._over(second, second).business.runs_until(second)

    def _deadline(self, since: int, target_s: int, gaps: Sequence[tuple[int, int]]) -> int:
        lines = self._over(since, max(since + target_s, gaps[-1][1]) if gaps else since + target_s)
        found = counting.deadline(lines, since, target_s, gaps, self.boundary)
        while found is None:
            lines = self._longer(lines, target_s)
            found = counting.deadline(lines, since, target_s, gaps, self.boundary)
        return self._counted(found, target_s)

    def _counted(self, due: int, target_s: int) -> int:
        """The deadline, unless it lies beyond the years that a calendar tells of: nobody knows a day off there."""
        if due >= instants.END:
            raise self._too_little(target_s)
        return due

    def _too_little(self, target_s: int) -> OutOfYears:
        return OutOfYears(
            f"{target_s / 3600:g} hours are not used up by the end of {LAST_YEAR}: calendar {self.calendar.id} has too"
            " little working time; give it more, or a shorter target"
        )

    def _check_target(self, target_s: int) -> None:
        if not 0 <= target_s <= _LONGEST:
            instants.target(target_s / 3600)
        if self.mode is Mode.WHOLE_DAYS and target_s % DAY:
            hours = f"{target_s / 3600:g} hours"
            raise TimeFault(f"{hours} are no whole days: give a multiple of 24, or use the mode working_days")

    def _over(self, low: int, high: int) -> Lines:
        """Lines that reach a year beyond both instants."""
        lines = self._lines
        if lines and lines.since <= low and high < lines.until:
            return lines
        instants.within(low)
        instants.within(high, "the deadline or end")
        first, last = instants.moment(low).year - 1, instants.moment(high).year + 1
        if lines is None:
            return self._build(first, last)
        return self._build(min(first, lines.first), max(last, lines.last))

    def _longer(self, lines: Lines, target_s: int) -> Lines:
        """Lines of twice as many years."""
        if lines.last >= LAST_YEAR:
            raise self._too_little(target_s)
        return self._build(lines.first, 2 * lines.last - lines.first + 1)

    def _build(self, first: int, last: int) -> Lines:
        # One assignment at the end: other threads see the old lines or the new ones, and both are right.
        self._lines = lines = Lines(self.calendar, self.mode, max(first, FIRST_YEAR - 1), min(last, LAST_YEAR + 1))
        return lines


def _integers(values: Seconds | int, name: str) -> Seconds:
    found = np.asarray(values)
    if found.dtype.kind not in "iu":
        raise TimeFault(f"{name} are {found.dtype}: give int64 seconds of UTC")
    return found.astype(np.int64, copy=False)
