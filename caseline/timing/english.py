"""Deadlines, warnings and changes of calendars in English."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from caseline.timing.explain import Explanation, Piece
from caseline.timing.hours import clock
from caseline.timing.vocabulary import Kind, Mode, Standing

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_KINDS: Final = {
    Kind.WORKING: "working",
    Kind.SHORT: "short",
    Kind.OWN_HOURS: "own hours",
    Kind.OFF: "off",
    Kind.SPECIAL: "off by special decree",
}
_WEEK: Final = 7
_FEW: Final = 3


def weekday(day: date) -> str:
    """`Fri`."""
    return _DAYS[day.weekday()][:3]


def day_month(day: date) -> str:
    """`30 Oct`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def full_day(day: date, year: int | None = None) -> str:
    """`Fri 30 Oct 2026`, without the year if it is the given one."""
    return f"{weekday(day)} {day_month(day)}" + ("" if day.year == year else f" {day.year}")


def at(moment: datetime, year: int | None = None) -> str:
    """`Fri 30 Oct 2026 18:30`, with seconds when there are some."""
    return f"{full_day(moment.date(), year)} {moment:{'%H:%M:%S' if moment.second else '%H:%M'}}"


def amount(seconds: int) -> str:
    """`5 h 30 min`."""
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 h"


def head(told: Explanation) -> str:
    """What was to be counted, and from when."""
    start = at(told.start)
    if told.mode is Mode.WHOLE_DAYS:
        return f"{count(told.target_s // 86_400, 'working day')} from {start} to the same time"
    return f"{amount(told.target_s)} from {start}"


def pieces(told: Explanation) -> Sequence[str]:
    """The days that led there."""
    long = (told.due.date() - told.start.date()).days >= _WEEK
    return [_piece(piece, long=long) for piece in told.pieces]


def _piece(piece: Piece, *, long: bool) -> str:
    span = f"{day_month(piece.first)} to {day_month(piece.last)}"
    if piece.working and (piece.off or piece.working > 1):
        off = f" and {count(piece.off, 'day')} off" if piece.off else ""
        return f"{amount(piece.seconds)} on {count(piece.working, 'working day')}{off} ({span})"
    if piece.working:
        day = full_day(piece.first, piece.first.year) if long else _DAYS[piece.first.weekday()]
        return f"{amount(piece.seconds)} of {day}"
    if piece.off > _FEW:
        return f"{count(piece.off, 'day')} off ({span})"
    days = [date.fromordinal(piece.first.toordinal() + number) for number in range(piece.off)]
    names = [f"{weekday(day)} {day.day}" for day in days]
    return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:]) + " off"


def running(told: Explanation) -> str:
    """For modes in which the clock never stops."""
    if told.moved_from is None:
        return "by the clock, days off included"
    return f"by the clock, which ends on a day off, {at(told.moved_from, told.start.year)}; moved to a working day"


def paused(seconds: int) -> str:
    """How long the clock stood still."""
    return f"{amount(seconds)} paused"


def due(told: Explanation) -> str:
    """The deadline."""
    if told.end_of_day:
        before = date.fromordinal(told.due.toordinal() - 1)
        return f"due {full_day(before, told.start.year)} 24:00"
    return f"due {at(told.due, told.start.year)}"


def kind(found: Kind, minutes: int, spans: Sequence[tuple[int, int]]) -> str:
    """What a date is."""
    if found is Kind.SHORT:
        return f"short by {minutes} min"
    if found is Kind.OWN_HOURS:
        return "hours " + ", ".join(f"{clock(since)}-{clock(until)}" for since, until in spans)
    return _KINDS[found]


def doubt(calendar: str, year: int, standing: Standing) -> str:
    """A deadline lies in a year that is not known exactly."""
    if standing is Standing.MISSING:
        return f"Due in {year}, of which calendar {calendar} knows only the week-ends: add the year's days."
    return f"Due in {year}, which calendar {calendar} knows only provisionally: the deadline may move."


def renewal(calendar: str, year: int, standing: Standing) -> str:
    """Next year is not known exactly although its decree is due."""
    known = "only provisionally" if standing is Standing.PROVISIONAL else "not at all"
    return f"Calendar {calendar} knows {year} {known}: read the year's decree into it before January."


def count(number: int, word: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {word}" + ("" if number == 1 else "s")
