"""Where each mode puts a deadline, for one start or for many, on lines of working time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from caseline.timing import working_time
from caseline.timing.calendars import Calendar
from caseline.timing.line import Line
from caseline.timing.vocabulary import Boundary, Mode
from caseline.timing.zones import DAY, Offsets, Seconds, midnight

Gaps = Sequence[tuple[int, int]]
"""Pauses in order and apart, as seconds, none before the start."""

_ALWAYS: Final = Line(np.array([-(2**50)]), np.array([2**50]))


@dataclass(frozen=True)
class Lines:
    """The lines of a calendar for some years; each is built when it is first asked for."""

    calendar: Calendar
    mode: Mode
    first: int
    last: int
    """Years, both included."""

    @cached_property
    def since(self) -> int:
        """From here on, in UTC seconds, the lines know everything with a year to spare."""
        return midnight(self.first + 1)

    @cached_property
    def until(self) -> int:
        """Up to here."""
        return midnight(self.last)

    @cached_property
    def offsets(self) -> Offsets:
        """Between UTC and the local clock."""
        return Offsets.between(self.calendar.zone, self.first, self.last)

    @cached_property
    def business(self) -> Line:
        """UTC line of what the mode calls business time; `roll` and `whole_days` count it in working days."""
        if self.mode is Mode.ELAPSED:
            return _ALWAYS
        build = working_time.hours_line if self.mode is Mode.SCHEDULE else working_time.days_line
        return build(self.calendar, self.first, self.last, self.offsets)

    @cached_property
    def local(self) -> Line:
        """Local line of working days."""
        return working_time.local_days_line(self.calendar, self.first, self.last)


def extended(spent: int, gaps: Gaps, used: Callable[[int], int]) -> int:
    """`spent` and the business time of all pauses that begin before it is reached."""
    for since, until in gaps:
        if used(since) >= spent:
            break
        spent += used(until) - used(since)
    return spent


def deadline(lines: Lines, start: int, target: int, gaps: Gaps, boundary: Boundary) -> int | None:
    """When `target` seconds (> 0) are used; None when the lines are too short."""
    if lines.mode is Mode.ROLL:
        return _rolled(lines, extended(start + target, gaps, lambda at: at), boundary)
    if lines.mode is Mode.WHOLE_DAYS:
        return _same_time(lines, start, target, gaps, boundary)
    line = lines.business
    return line.reach(extended(line.used(start) + target, gaps, line.used), boundary)


def _same_time(lines: Lines, start: int, target: int, gaps: Gaps, boundary: Boundary) -> int | None:
    def used(at: int) -> int:
        return lines.local.used(lines.offsets.local(at))

    found = lines.local.reach(extended(used(start) + target, gaps, used), boundary)
    return None if found is None else lines.offsets.utc(found)


def _rolled(lines: Lines, end: int, boundary: Boundary) -> int | None:
    local = lines.local
    shown = lines.offsets.local(end)
    if local.runs_from(shown) or (boundary is Boundary.EARLIEST and local.runs_until(shown)):
        return end
    begin = local.next_begin(shown)
    return None if begin is None else lines.offsets.utc(begin + shown % DAY)


def deadlines(lines: Lines, starts: Seconds, targets: Seconds, boundary: Boundary) -> Seconds | None:
    """`deadline` of many, without pauses; a target of 0 is for the caller to look after."""
    if lines.mode is Mode.ELAPSED:
        return starts + targets
    if lines.mode is Mode.ROLL:
        return _rolled_all(lines, starts + targets, boundary)
    if lines.mode is Mode.WHOLE_DAYS:
        local = lines.local
        found = local.reach_all(local.used_all(lines.offsets.local_all(starts)) + targets, boundary)
        return None if found is None else lines.offsets.utc_all(found)
    line = lines.business
    return line.reach_all(line.used_all(starts) + targets, boundary)


def _rolled_all(lines: Lines, ends: Seconds, boundary: Boundary) -> Seconds | None:
    local = lines.local
    shown = lines.offsets.local_all(ends)
    used = local.used_all(shown)
    stays = local.used_all(shown + 1) != used
    if boundary is Boundary.EARLIEST:
        stays |= local.used_all(shown - 1) != used
    found = np.searchsorted(local.begins, shown, "right")
    if bool(((found == len(local.begins)) & ~stays).any()):
        return None
    begin = local.begins[np.minimum(found, len(local.begins) - 1)]
    moved = lines.offsets.utc_all(np.where(stays, 0, begin + shown % DAY))
    return np.where(stays, ends, moved)
