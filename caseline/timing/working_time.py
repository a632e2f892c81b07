"""Working time of a calendar as lines: from dates and hours to intervals of seconds."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np

from caseline.timing.calendars import Calendar
from caseline.timing.faults import CalendarFault
from caseline.timing.line import Line
from caseline.timing.zones import DAY, Offsets, Seconds

_MINUTE: Final = 60
_EPOCH: Final = date(1970, 1, 1).toordinal()


def days_line(calendar: Calendar, first: int, last: int, offsets: Offsets) -> Line:
    """UTC line of whole working days: local 00:00 to 24:00 in real seconds, 23 or 25 hours when clocks change."""
    return Line(*_in_utc(*_arrays(_whole_days(calendar, first, last)), offsets))


def hours_line(calendar: Calendar, first: int, last: int, offsets: Offsets) -> Line:
    """UTC line of working hours; `CalendarFault` when the calendar has none."""
    if not (any(calendar.hours.values()) or calendar.own_hours):
        raise CalendarFault(("hours",), 'mode schedule needs working hours: add hours: [["09:00", "18:00"]]')
    return Line(*_in_utc(*_arrays(_working_hours(calendar, first, last)), offsets))


def local_days_line(calendar: Calendar, first: int, last: int) -> Line:
    """Line of whole working days on the local clock, where each has 24 hours."""
    return Line(*_arrays(_whole_days(calendar, first, last)))


def _dates(first: int, last: int) -> Iterator[date]:
    return map(date.fromordinal, range(date(first, 1, 1).toordinal(), date(last + 1, 1, 1).toordinal()))


def _whole_days(calendar: Calendar, first: int, last: int) -> Iterator[tuple[int, int]]:
    for day in _dates(first, last):
        if calendar.works(day):
            start = (day.toordinal() - _EPOCH) * DAY
            yield start, start + DAY


def _working_hours(calendar: Calendar, first: int, last: int) -> Iterator[tuple[int, int]]:
    for day in _dates(first, last):
        start = (day.toordinal() - _EPOCH) * DAY
        for since, until in calendar.spans(day):
            yield start + since * _MINUTE, start + until * _MINUTE


def _arrays(pairs: Iterator[tuple[int, int]]) -> tuple[Seconds, Seconds]:
    table = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _in_utc(begins: Seconds, ends: Seconds, offsets: Offsets) -> tuple[Seconds, Seconds]:
    """Local intervals as UTC: an instant works if and only if the local clock then shows working time.

    Piece by piece between changes of the clock, so an hour that comes twice counts twice, one that is left out counts
    nothing, and midnights that do not exist need no care.
    """
    pieces = []
    for since, until, ahead in zip(offsets.since, offsets.since[1:], offsets.ahead, strict=False):
        shown, hidden = since + ahead, until + ahead
        some = slice(np.searchsorted(ends, shown, "right"), np.searchsorted(begins, hidden, "left"))
        pieces.append((np.maximum(begins[some], shown) - ahead, np.minimum(ends[some], hidden) - ahead))
    return np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])
