"""Changes single days of a calendar into its next version."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from caseline.timing.calendars import FIRST_YEAR, LAST_YEAR, Calendar
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import WORKS, DayKind, Kind

HOUR: Final = 60
"""Minutes by which a short day is shorter, where nothing else is said (Labour Code, art. 95)."""


def edited(calendar: Calendar, day: date, kind: DayKind, *, reason: str, minutes: int = HOUR) -> Calendar:
    """The next version, in which `day` is off, works, or is shorter by `minutes`.

    Raises `CalendarFault` without a reason, and when the day is that already.
    """
    if not reason.strip():
        raise CalendarFault((str(day),), "has no reason: say why the day changes, such as the number of the decree")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CalendarFault((str(day),), f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}: correct it")
    bare = _bare(calendar, day)
    if kind is DayKind.OFF:
        changed = bare if bare.kind(day) is Kind.OFF else _marked(bare, "holidays", day, reason)
    else:
        changed = bare if bare.kind(day) in WORKS else _marked(bare, "working_days", day, reason)
        if kind is DayKind.SHORT:
            changed = _marked(changed, "short_days", day, minutes)
    if _state(changed, day) == _state(calendar, day):
        raise CalendarFault((str(day),), f"is {kind} in calendar {calendar.id} already: nothing to change")
    return replace(changed, version=calendar.version + 1)


def _bare(calendar: Calendar, day: date) -> Calendar:
    """The calendar without a word about the day."""
    names = ("holidays", "working_days", "short_days", "special_days", "own_hours")
    without: dict[str, Any] = {
        name: {at: what for at, what in getattr(calendar, name).items() if at != day} for name in names
    }
    try:
        return replace(calendar, **without)
    except CalendarFault as error:
        raise CalendarFault(
            (str(day),), f"is the only day that works in calendar {calendar.id}: add another"
        ) from error


def _marked(calendar: Calendar, name: str, day: date, what: object) -> Calendar:
    days = {**getattr(calendar, name), day: what}
    changed: dict[str, Any] = {name: dict(sorted(days.items()))}
    return replace(calendar, **changed)


def _state(calendar: Calendar, day: date) -> tuple[Kind, int]:
    return calendar.kind(day), calendar.minutes_short(day)
