"""Counts working time minute by minute; reads the calendar file by itself and shares no code with what it checks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

FILE: Final = Path(__file__).parents[3] / "caseline" / "timing" / "shipped" / "ru.yaml"
MINUTE: Final = timedelta(minutes=1)

Runs = Callable[[datetime], bool]
"""Whether the clock runs in the minute that begins at a local time."""


@cache
def russian_file() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


def works_in_russia(day: date, *, special_off: bool = True) -> bool:
    """By the file's own words; for its exact years only."""
    data = russian_file()
    assert day.year in data["years"]
    if special_off and day in data["special_days"]:
        return False
    return day in data["working_days"] or (day not in data["holidays"] and day.strftime("%a") not in data["weekend"])


def russian_day(local: datetime) -> bool:
    return works_in_russia(local.date())


def russian_hours(local: datetime) -> bool:
    data = russian_file()
    day, minute = local.date(), local.hour * 60 + local.minute
    if not works_in_russia(day):
        return False
    cut = data["short_days"].get(day, 0)
    spans = [tuple(int(text[:2]) * 60 + int(text[3:]) for text in pair) for pair in data["hours"]]
    return any(
        since <= minute < (until - cut if pair == len(spans) - 1 else until)
        for pair, (since, until) in enumerate(spans)
    )


def five_days(local: datetime) -> bool:
    return local.weekday() < 5


def deadline(start: datetime, minutes: int, zone: str, runs: Runs) -> datetime:
    """The end of the minute in which the last of `minutes` is used; at least one."""
    place, moment = ZoneInfo(zone), start.astimezone(UTC)
    while minutes:
        minutes -= runs(moment.astimezone(place))
        moment += MINUTE
    return moment


def used(start: datetime, end: datetime, zone: str, runs: Runs) -> int:
    """Minutes between two instants in which the clock runs."""
    place, moment, found = ZoneInfo(zone), start.astimezone(UTC), 0
    while moment < end:
        found += runs(moment.astimezone(place))
        moment += MINUTE
    return found
