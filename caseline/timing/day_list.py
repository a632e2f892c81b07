"""What a file says about days, and how it becomes a new version of a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from caseline.timing.calendars import FIRST_YEAR, LAST_YEAR, Calendar
from caseline.timing.vocabulary import Kind

_Value = TypeVar("_Value")
EVERY_KIND: Final = frozenset(Kind) - {Kind.OWN_HOURS}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayList:
    """Days of whole years, from a file of any format."""

    source: str
    """What the years are known from: the file's name."""
    years: frozenset[int]
    says: frozenset[Kind]
    """Kinds of days that the format can express; of the others the calendar keeps its own."""
    off: Mapping[date, str] = field(default_factory=dict)
    """Days off other than the week-end's, with names."""
    working: Mapping[date, str] = field(default_factory=dict)
    """Days of the week-end that work."""
    short: Mapping[date, int] = field(default_factory=dict)
    """Minutes by which days are shorter."""
    special: Mapping[date, str] = field(default_factory=dict)


def known(at: date) -> date:
    """The date itself; ValueError when it lies in a year that no calendar can tell of."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        message = f"{at} lies outside the years {FIRST_YEAR} to {LAST_YEAR}: correct it"
        raise ValueError(message)
    return at


def applied(calendar: Calendar, days: DayList) -> Calendar:
    """The next version of a calendar with the days of a file in place of its own for the file's years.

    Nothing is stored: show `difference.changes(calendar, applied(...))` first. What the calendar calls a special day
    stays one where the file knows days off only. Raises `CalendarFault` when both together contradict each other.
    """
    special = calendar.special_days
    if Kind.SPECIAL in days.says:
        special = _renewed(special, days.special, days.years)
    off = {day: name for day, name in days.off.items() if day not in special}
    changed: dict[str, Any] = {
        "version": calendar.version + 1,
        "years": {**calendar.years, **dict.fromkeys(sorted(days.years), days.source)},
        "special_days": special,
        "holidays": _renewed(calendar.holidays, off, days.years),
    }
    if Kind.WORKING in days.says:
        changed["working_days"] = _renewed(calendar.working_days, days.working, days.years)
    if Kind.SHORT in days.says:
        changed["short_days"] = _renewed(calendar.short_days, days.short, days.years)
    return replace(calendar, **changed)


def _renewed(old: Mapping[date, _Value], new: Mapping[date, _Value], years: frozenset[int]) -> dict[date, _Value]:
    kept = {day: value for day, value in old.items() if day.year not in years}
    return dict(sorted((kept | dict(new)).items()))
