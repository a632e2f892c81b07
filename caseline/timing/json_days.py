"""Reads days from JSON files that list every day off of whole years, week-ends included."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from caseline.text_files.faults import FileFault
from caseline.timing.day_list import EVERY_KIND, DayList, known
from caseline.timing.document import day
from caseline.timing.vocabulary import Kind

_OFF: Final = "holidays"
_SHORT: Final = "preholidays"
_SPECIAL: Final = "nowork"
_SHAPE: Final = f"give an object with the lists {_OFF}, {_SHORT} and {_SPECIAL}"
_LONG: Final = re.compile(r"[0-9]{1000}")
_HOUR: Final = 60
_FEWEST: Final = 52
"""Days off a year below which a list cannot hold its week-ends."""


def read(text: str, name: str, weekend: frozenset[int] = frozenset({6, 7})) -> DayList:
    """Days of `{"holidays": [...], "preholidays": [...], "nowork": [...]}`; raises `FileFault`.

    `holidays` holds every day off, so a day of the `weekend` that is not in it works; `preholidays` are short days and
    `nowork`, which may be missing, days off by special decree.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileFault(name, error.lineno, f"{error.msg}: mend the JSON") from error
    except ValueError as error:  # a number of thousands of digits
        raise FileFault(name, _long_number(text), "a number of this length is no date: write YYYY-MM-DD") from error
    except RecursionError as error:
        raise FileFault(name, 1, f"lists within lists without end: {_SHAPE}") from error
    if not isinstance(data, dict) or not isinstance(data.get(_OFF), list):
        raise FileFault(name, 1, f'no list "{_OFF}": {_SHAPE}')
    off, short, special = (_dates(data, key, text, name) for key in (_OFF, _SHORT, _SPECIAL))
    years = frozenset(at.year for at in off)
    for year in sorted(years):
        if sum(at.year == year for at in off) < _FEWEST:
            remedy = "list every day off, Saturdays and Sundays included"
            raise FileFault(name, _line(text, str(year)), f"{year} has no week-ends in {_OFF}: {remedy}")
    return DayList(
        source=name,
        years=years,
        says=EVERY_KIND if _SPECIAL in data else EVERY_KIND - {Kind.SPECIAL},
        off=dict.fromkeys(sorted(at for at in off - special if at.isoweekday() not in weekend), ""),
        working=dict.fromkeys(_working_weekend(years, off | special, weekend), ""),
        short=dict.fromkeys(sorted(short), _HOUR),
        special=dict.fromkeys(sorted(special), ""),
    )


def _dates(data: Mapping[str, object], key: str, text: str, name: str) -> set[date]:
    values = data.get(key, [])
    if not isinstance(values, list):
        raise FileFault(name, _line(text, key), f'"{key}" is no list: put its dates into brackets')
    found: set[date] = set()
    for value in values:
        try:
            found.add(known(day(value)))
        except ValueError as error:
            raise FileFault(name, _line(text, str(value)), f"{key}: {error}") from error
    return found


def _long_number(text: str) -> int:
    found = _LONG.search(text)
    return text.count("\n", 0, found.start() if found else 0) + 1


def _line(text: str, word: str) -> int:
    """The line where a word first stands; JSON itself keeps no lines."""
    return text.count("\n", 0, max(text.find(f'"{word}'), 0)) + 1


def _working_weekend(years: frozenset[int], off: set[date], weekend: frozenset[int]) -> list[date]:
    every = (
        date(year, 1, 1) + timedelta(number)
        for year in sorted(years)
        for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    )
    return [at for at in every if at.isoweekday() in weekend and at not in off]
