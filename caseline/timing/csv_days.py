"""Reads days from CSV files: a date, what it is, and a name in each line."""

import re
from datetime import date
from typing import Final

from caseline.text_files import csv_table
from caseline.text_files.faults import FileFault
from caseline.timing.day_list import EVERY_KIND, DayList, known
from caseline.timing.vocabulary import Kind

_COLUMNS: Final = {
    "date": "date",
    "дата": "date",
    "kind": "kind",
    "вид": "kind",
    "minutes": "minutes",
    "минуты": "minutes",
    "name": "name",
    "название": "name",
}
_KINDS: Final = {
    "off": Kind.OFF,
    "выходной": Kind.OFF,
    "working": Kind.WORKING,
    "рабочий": Kind.WORKING,
    "short": Kind.SHORT,
    "сокращенный": Kind.SHORT,
    "special": Kind.SPECIAL,
    "нерабочий": Kind.SPECIAL,
}
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_RUSSIAN: Final = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_MINUTES: Final = re.compile(r"[0-9]{1,4}")
_HOUR: Final = 60
_LONGEST: Final = 24 * 60


def read(text: str, name: str, weekend: frozenset[int] = frozenset({6, 7})) -> DayList:
    """Days of a CSV file with the columns date, kind and, if wanted, minutes and name; raises `FileFault`.

    Column names and kinds are English or Russian, dates 2026-05-01 or 01.05.2026, the separator `,`, `;` or a tab. A
    short day of the `weekend` is a working one.
    """
    tables: dict[Kind, dict[date, str]] = {kind: {} for kind in EVERY_KIND}
    short: dict[date, int] = {}
    seen: dict[date, int] = {}
    for line, cells in csv_table.rows(text, name, _COLUMNS, ("date", "kind")):
        row = {column: cell.strip() for column, cell in cells.items()}
        day, kind = _day(row["date"], name, line), _kind(row["kind"], name, line)
        if day in seen:
            raise FileFault(name, line, f"{day} stands in line {seen[day]} too: remove one of the two")
        seen[day] = line
        if kind is Kind.SHORT:
            short[day] = _minutes(row["minutes"], name, line)
        if kind is not Kind.SHORT or day.isoweekday() in weekend:
            tables[Kind.WORKING if kind is Kind.SHORT else kind][day] = row["name"]
    if not seen:
        raise FileFault(name, 1, "no days found: write a line for each day under the header")
    years = frozenset(day.year for day in seen)
    working = {day: label for day, label in tables[Kind.WORKING].items() if day.isoweekday() in weekend}
    return DayList(
        source=name,
        years=years,
        says=EVERY_KIND,
        off=tables[Kind.OFF],
        working=working,
        short=short,
        special=tables[Kind.SPECIAL],
    )


def _day(text: str, name: str, line: int) -> date:
    iso, russian = _ISO.fullmatch(text), _RUSSIAN.fullmatch(text)
    parts = [*map(int, iso.groups())] if iso else [*map(int, russian.groups()[::-1])] if russian else []
    try:
        found = date(*parts)
    except (TypeError, ValueError) as error:
        raise FileFault(name, line, f"{text!r} is no date: write 2026-05-01 or 01.05.2026") from error
    try:
        return known(found)
    except ValueError as error:
        raise FileFault(name, line, str(error)) from error


def _kind(text: str, name: str, line: int) -> Kind:
    found = _KINDS.get(text.lower().replace("ё", "е"))
    if found is None:
        raise FileFault(name, line, f"kind {text!r} is unknown: use off, working, short or special")
    return found


def _minutes(text: str, name: str, line: int) -> int:
    minutes = int(text) if _MINUTES.fullmatch(text) else 0 if text else _HOUR
    if not 0 < minutes < _LONGEST:
        raise FileFault(name, line, f"{text!r} minutes are no part of a day: write 1 to {_LONGEST - 1}")
    return minutes
