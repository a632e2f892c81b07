"""Periods of days in a zone, and the buckets of days, weeks or months that they fall into."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2200, 12, 31)
MOST_BUCKETS: Final = 400
"""More of them nobody reads, and no chart shows."""
DEFAULT: Final = "30d"
_RELATIVE: Final = re.compile(r"([1-9][0-9]{0,4})d", re.ASCII)
_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12


class Step(StrEnum):
    """How long a bucket is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PeriodFault(ValueError):
    """What was given is no period; `field` names what to mend, `code` says why."""

    def __init__(self, field: str, code: str, given: str) -> None:
        super().__init__(f"{field}: {given!r}: {_SAID[code]}")
        self.field, self.code, self.given = field, code, given


_SAID: Final = {
    "date": "write a day as YYYY-MM-DD, from 1900 to 2200",
    "order": "the last day lies before the first one",
    "preset": "no such period: write 30d for the last 30 days, or this_month, last_month, this_year, …",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on the clock of a zone, the last one included."""

    first: date
    last: date
    zone: str

    @property
    def since(self) -> datetime:
        """The instant at which it begins."""
        return begins(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The instant at which it is over; no part of it."""
        return begins(self.last + _DAY, self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first) // _DAY + 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """A part of a period, cut at its edges."""

    first: date
    last: date
    zone: str

    @property
    def key(self) -> str:
        """How addresses name it."""
        return self.first.isoformat()

    @property
    def since(self) -> datetime:
        """The instant at which it begins."""
        return begins(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The instant at which it is over; no part of it."""
        return begins(self.last + _DAY, self.zone)


def begins(day: date, zone: str) -> datetime:
    """The first instant of a day, in UTC: where clocks jump over midnight, the jump; of two, the first."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def preset(name: str, today: date) -> tuple[date, date]:
    """First and last day of a period that moves with the calendar; `PeriodFault`."""
    relative = _RELATIVE.fullmatch(name)
    if relative:
        return max(FIRST, today - timedelta(days=int(relative[1]) - 1)), today
    make = PRESETS.get(name)
    if make is None:
        raise PeriodFault("period", "preset", name)
    return make(today)


def read(name: str, first: str, last: str, *, zone: str, now: datetime) -> Period:
    """The period that somebody asks for: two days, or one and an open end, or else a preset; `PeriodFault`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if not (first or last):
        return Period(*preset(name or DEFAULT, today), zone)
    end = _day("to", last) if last else today
    start = _day("from", first) if first else end.replace(day=1)
    if start > end:
        raise PeriodFault("to", "order", last or end.isoformat())
    return Period(start, end, zone)


def up_to_now(period: Period, *, now: datetime) -> Period:
    """A period without the days that have not begun yet; at least one stays."""
    today = now.astimezone(ZoneInfo(period.zone)).date()
    return replace(period, last=max(period.first, min(period.last, today)))


def buckets(period: Period, step: Step) -> list[Bucket]:
    """The parts of a period, the first and the last cut at its edges."""
    found, first = [], period.first
    while first <= period.last:
        last = min(_end(first, step), period.last)
        found.append(Bucket(first, last, period.zone))
        first = last + _DAY
    return found


def fitting(period: Period, step: Step | None) -> Step:
    """The step that was asked for, or a longer one where it would make too many buckets; none: one that reads well."""
    if step is None:
        days = period.days
        step = Step.DAY if days <= 62 else Step.WEEK if days <= 190 else Step.MONTH  # noqa: PLR2004 - about 2 and 6 months
    if step is Step.DAY and period.days > MOST_BUCKETS:
        step = Step.WEEK
    if step is Step.WEEK and period.days > MOST_BUCKETS * 7:
        step = Step.MONTH
    return step


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise PeriodFault(field, "date", text) from None
    if not FIRST <= found <= LAST:
        raise PeriodFault(field, "date", text)
    return found


def _end(first: date, step: Step) -> date:
    if step is Step.DAY:
        return first
    if step is Step.WEEK:
        return first + timedelta(days=6 - first.weekday())
    return first.replace(day=monthrange(first.year, first.month)[1])


def _week(today: date, back: int) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=6)


def _months(today: date, length: int, back: int) -> tuple[date, date]:
    """The span of so many months that holds a day, or the one so many spans before."""
    number = today.year * _MONTHS + today.month - 1
    start = number - number % length - back * length
    last = start + length - 1
    end = date(last // _MONTHS, last % _MONTHS + 1, 1)
    return date(start // _MONTHS, start % _MONTHS + 1, 1), _end(end, Step.MONTH)


PRESETS: Final[dict[str, Callable[[date], tuple[date, date]]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this_week": lambda today: _week(today, 0),
    "last_week": lambda today: _week(today, 1),
    "this_month": lambda today: _months(today, 1, 0),
    "last_month": lambda today: _months(today, 1, 1),
    "this_quarter": lambda today: _months(today, 3, 0),
    "last_quarter": lambda today: _months(today, 3, 1),
    "this_year": lambda today: _months(today, 12, 0),
    "last_year": lambda today: _months(today, 12, 1),
}
"""Beside these there is `30d` for the last 30 days, with any number."""
