"""A year of a calendar as twelve months of cells, for people to look at."""

import calendar as weeks
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names, get_month_names

from caseline.timing.calendars import Calendar
from caseline.timing.vocabulary import WORKS, Kind, Language
from caseline.timing.wording import WORDS
from caseline.web.language import Texts


@dataclass(frozen=True, slots=True)
class Day:
    """A cell; without a date it is before the first or after the last of its month."""

    day: date | None
    kind: str = ""
    """`working`, `short`, `own_hours`, `off` or `special`; a class of the page."""
    label: str = ""
    """The date, what it is and why."""
    odd: bool = False
    """Whether it is something else than its day of the week says."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month with its weeks, from Monday."""

    name: str
    weeks: list[list[Day]]
    working: int
    """Days that work."""


def weekdays(texts: Texts) -> list[tuple[str, str]]:
    """(short name, full name) of the days of the week."""
    short = get_day_names("short", locale=texts.language)
    full = get_day_names("wide", locale=texts.language)
    return [(short[number], full[number]) for number in range(7)]


def months(calendar: Calendar, year: int, texts: Texts) -> list[Month]:
    """The twelve months."""
    names = get_month_names("wide", context="stand-alone", locale=texts.language)
    return [_month(calendar, year, number, names[number], texts) for number in range(1, 13)]


def _month(calendar: Calendar, year: int, number: int, name: str, texts: Texts) -> Month:
    rows = weeks.Calendar().monthdatescalendar(year, number)
    found = [[_day(calendar, day, texts) if day.month == number else Day(None) for day in row] for row in rows]
    working = sum(each.kind in WORKS for row in found for each in row if each.day)
    return Month(name[:1].upper() + name[1:], found, working)


def _day(calendar: Calendar, day: date, texts: Texts) -> Day:
    kind = calendar.kind(day)
    words = WORDS[Language.RUSSIAN if texts.language == "ru" else Language.ENGLISH]
    hours = calendar.own_hours.get(day, ())
    said = words.kind(kind, calendar.minutes_short(day) if kind is Kind.SHORT else 0, hours)
    reason = calendar.reason(day)
    label = f"{words.full_day(day)}: {said}" + (f" ({reason})" if reason else "")
    weekend = day.isoweekday() in calendar.weekend
    return Day(day, kind.value, label, odd=(kind in WORKS) == weekend or kind in {Kind.SHORT, Kind.OWN_HOURS})
