"""Instants, targets and pauses as whole seconds, and the refusal of what is none."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from caseline.timing.calendars import FIRST_YEAR, LAST_YEAR
from caseline.timing.faults import OutOfYears, TimeFault
from caseline.timing.zones import DAY, midnight

Pause = tuple[datetime, datetime]
"""(from, until) during which the clock stands still. A pause that still lasts ends at the caller's `now`."""

LONGEST_TARGET_H: Final = 87_600
"""Ten years; what is longer is a typing error, seconds taken for hours as a rule."""

FIRST: Final = midnight(FIRST_YEAR)
END: Final = midnight(LAST_YEAR + 1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = 3600
LAST_START: Final = END - 2 * _HOUR * LONGEST_TARGET_H
"""From here on a deadline may lie outside the years that can be counted."""


def seconds(at: datetime, name: str = "time") -> int:
    """Whole seconds of an aware instant since 1970 UTC, rounded down; `TimeFault` for a naive one."""
    try:
        found = whole(at)
    except TypeError as error:
        remedy = "give an aware time, such as 2026-06-05T15:30:00Z"
        raise TimeFault(f"{name} {at.isoformat()} has no zone: {remedy}") from error
    return within(found, name)


def within(at: int, name: str = "time") -> int:
    """The same seconds; `OutOfYears` when they cannot be counted."""
    if not FIRST <= at < END:
        raise OutOfYears(f"{name} lies outside the years {FIRST_YEAR} to {LAST_YEAR}: correct it")
    return at


def countable(at: datetime) -> datetime:
    """The instant itself, or the nearest that can be counted: outside those years there is no working time."""
    found = whole(at)
    return at if FIRST <= found < END else moment(min(max(found, FIRST), END - 1))


def whole(at: datetime) -> int:
    """Whole seconds of an aware instant since 1970 UTC, rounded down, of whatever year."""
    since = at - _EPOCH
    return since.days * DAY + since.seconds


def moment(at: int) -> datetime:
    """The aware UTC instant of seconds."""
    return _EPOCH + timedelta(seconds=at)


def target(hours: float) -> int:
    """Seconds of a target in hours; `TimeFault` for a negative or absurd one, or a part of a second."""
    if not 0 <= hours <= LONGEST_TARGET_H:
        raise TimeFault(f"hours {hours:g} are no target: give 0 to {LONGEST_TARGET_H} hours")
    found = round(hours * _HOUR)
    if abs(found - hours * _HOUR) > 1 / _HOUR:
        raise TimeFault(f"hours {hours:g} are no whole seconds: round them")
    return found


def stretch(start: datetime, end: datetime) -> tuple[int, int]:
    """Both ends as seconds; `TimeFault` when the end comes first."""
    since, until = seconds(start, "start"), seconds(end, "end")
    if until < since:  # not the datetimes: two of one zone compare by what the clock shows
        raise TimeFault(f"end {end.isoformat()} is before start {start.isoformat()}: correct one of them")
    return since, until


def merged(pauses: Iterable[Pause], since: int) -> Sequence[tuple[int, int]]:
    """Pauses in order, overlapping ones joined, without what lies before `since`."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(stretch(*pause) for pause in pauses):
        begin = max(begin, since)  # noqa: PLW2901 - the part that counts
        if end <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
