"""Sums up a year of a calendar: months, and the days that are not as the week says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from caseline.timing.calendars import Calendar
from caseline.timing.hours import Spans
from caseline.timing.vocabulary import WORKS, Kind, Standing


@dataclass(frozen=True, slots=True)
class Month:
    """Working days, days off and minutes of work of a month."""

    month: int
    """1 to 12; 0 stands for the whole year."""
    working: int
    off: int
    minutes: int
    """0 where the calendar has no hours."""


@dataclass(frozen=True, slots=True)
class OddDay:
    """A day that is not what its weekday would be, or that is short."""

    day: date
    kind: Kind
    minutes_short: int
    hours: Spans
    reason: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a version of a calendar."""

    calendar: str
    version: int
    year: int
    standing: Standing
    months: tuple[Month, ...]
    whole: Month
    days: tuple[OddDay, ...]


def summary(calendar: Calendar, year: int) -> Year:
    """A year summed up."""
    every = list(_days(year))
    months = tuple(_month(calendar, number, [day for day in every if day.month == number]) for number in range(1, 13))
    odd = tuple(_odd(calendar, day) for day in every if _is_odd(calendar, day))
    standing = calendar.standing(year)
    return Year(calendar.id, calendar.version, year, standing, months, _month(calendar, 0, every), odd)


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(number) for number in range((date(year + 1, 1, 1) - first).days))


def _month(calendar: Calendar, number: int, days: Sequence[date]) -> Month:
    working = sum(calendar.works(day) for day in days)
    minutes = sum(until - since for day in days for since, until in calendar.spans(day))
    return Month(number, working, len(days) - working, minutes)


def _is_odd(calendar: Calendar, day: date) -> bool:
    kind = calendar.kind(day)
    usual = day.isoweekday() not in calendar.weekend
    return kind in {Kind.SHORT, Kind.OWN_HOURS} or (kind in WORKS) != usual


def _odd(calendar: Calendar, day: date) -> OddDay:
    kind = calendar.kind(day)
    minutes = calendar.minutes_short(day) if kind is Kind.SHORT else 0
    spans = calendar.own_hours[day] if kind is Kind.OWN_HOURS else ()
    return OddDay(day, kind, minutes, spans, calendar.reason(day))
