"""Deadlines, warnings and changes of calendars in Russian."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from caseline.timing.explain import Explanation, Piece
from caseline.timing.hours import clock
from caseline.timing.vocabulary import Kind, Mode, Standing

_DAYS: Final = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_ON: Final = ("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье")
_MONTHS: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_KINDS: Final = {
    Kind.WORKING: "рабочий",
    Kind.SHORT: "сокращённый",
    Kind.OWN_HOURS: "свои часы",
    Kind.OFF: "выходной",
    Kind.SPECIAL: "нерабочий по указу",
}
_WORKING_DAYS: Final = ("рабочий день", "рабочих дня", "рабочих дней")
_OFF_DAYS: Final = ("выходной день", "выходных дня", "выходных дней")
_WEEK: Final = 7
_FEW: Final = 3


def weekday(day: date) -> str:
    """`пт`."""
    return _DAYS[day.weekday()]


def day_month(day: date) -> str:
    """`30 октября`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def full_day(day: date, year: int | None = None) -> str:
    """`пт 30 октября 2026`, without the year if it is the given one."""
    return f"{weekday(day)} {day_month(day)}" + ("" if day.year == year else f" {day.year}")


def at(moment: datetime, year: int | None = None) -> str:
    """`пт 30 октября 2026, 18:30`, with seconds when there are some."""
    return f"{full_day(moment.date(), year)}, {moment:{'%H:%M:%S' if moment.second else '%H:%M'}}"


def amount(seconds: int) -> str:
    """`5 ч 30 мин`."""
    parts = ((seconds // 3600, "ч"), (seconds % 3600 // 60, "мин"), (seconds % 60, "с"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 ч"


def head(told: Explanation) -> str:
    """What was to be counted, and from when."""
    start = at(told.start)
    if told.mode is Mode.WHOLE_DAYS:
        return f"{count(told.target_s // 86_400, _WORKING_DAYS)} от {start} до того же времени"
    return f"{amount(told.target_s)} от {start}"


def pieces(told: Explanation) -> Sequence[str]:
    """The days that led there."""
    long = (told.due.date() - told.start.date()).days >= _WEEK
    return [_piece(piece, long=long) for piece in told.pieces]


def _piece(piece: Piece, *, long: bool) -> str:
    span = f"{day_month(piece.first)} — {day_month(piece.last)}"
    if piece.working and (piece.off or piece.working > 1):
        off = f" и {count(piece.off, _OFF_DAYS)}" if piece.off else ""
        return f"{amount(piece.seconds)} за {count(piece.working, _WORKING_DAYS)}{off} ({span})"
    if piece.working:
        exact = f" {day_month(piece.first)}" if long else ""
        return f"{amount(piece.seconds)} {_ON[piece.first.weekday()]}{exact}"
    if piece.off > _FEW:
        return f"{count(piece.off, _OFF_DAYS)} ({span})"
    days = [date.fromordinal(piece.first.toordinal() + number) for number in range(piece.off)]
    names = [f"{weekday(day)} {day.day}" for day in days]
    listed = " и ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])
    return f"{listed} — {'выходные' if len(names) > 1 else 'выходной'}"


def running(told: Explanation) -> str:
    """For modes in which the clock never stops."""
    if told.moved_from is None:
        return "подряд, вместе с выходными"
    return f"подряд, конец — в выходной ({at(told.moved_from, told.start.year)}), перенос на рабочий день"


def paused(seconds: int) -> str:
    """How long the clock stood still."""
    return f"пауза {amount(seconds)}"


def due(told: Explanation) -> str:
    """The deadline."""
    if told.end_of_day:
        before = date.fromordinal(told.due.toordinal() - 1)
        return f"срок — {full_day(before, told.start.year)}, 24:00"
    return f"срок — {at(told.due, told.start.year)}"


def kind(found: Kind, minutes: int, spans: Sequence[tuple[int, int]]) -> str:
    """What a date is."""
    if found is Kind.SHORT:
        return f"сокращённый на {minutes} мин"
    if found is Kind.OWN_HOURS:
        return "часы " + ", ".join(f"{clock(since)}–{clock(until)}" for since, until in spans)
    return _KINDS[found]


def doubt(calendar: str, year: int, standing: Standing) -> str:
    """A deadline lies in a year that is not known exactly."""
    if standing is Standing.MISSING:
        known = "учтены только обычные выходные, добавьте дни этого года"
        return f"Срок приходится на {year} год, которого нет в календаре {calendar}: {known}."
    return f"Срок приходится на {year} год, который в календаре {calendar} пока предварительный: срок может сдвинуться."


def renewal(calendar: str, year: int, standing: Standing) -> str:
    """Next year is not known exactly although its decree is due."""
    known = "только предварительный" if standing is Standing.PROVISIONAL else "не заполнен"
    return f"Календарь {calendar}: {year} год {known}. Внесите постановление о переносе выходных до января."


def count(number: int, forms: tuple[str, str, str]) -> str:
    """`1 день`, `2 дня`, `5 дней`."""
    tens, ones = number // 10 % 10, number % 10
    few = 2 if tens == 1 or ones in {0, 5, 6, 7, 8, 9} else int(ones != 1)
    return f"{number} {forms[few]}"
