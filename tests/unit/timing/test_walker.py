"""Deadlines and durations are what counting minute by minute gives."""

import ast
import random
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Mode
from tests.factories.timing import at, clock, russia
from tests.unit.timing import walker

MOSCOW: Final = "Europe/Moscow"
RUNS: Final = {Mode.WORKING_DAYS: walker.russian_day, Mode.SCHEDULE: walker.russian_hours}
WINTERS: Final = [
    at(f"{year}-{month}-{day} 10:07", MOSCOW)
    for year in (2018, 2021, 2024)
    for month, day in (("12", "28"), ("04", "28"))
]


def some_starts(count: int, seed: int) -> list[datetime]:
    chance = random.Random(seed)
    first = datetime(2018, 1, 1, tzinfo=UTC)
    return [first + timedelta(minutes=chance.randrange(9 * 365 * 1440)) for _ in range(count)]


def test_the_walker_shares_nothing_with_what_it_checks() -> None:
    nodes = list(ast.walk(ast.parse(Path(walker.__file__).read_text(encoding="utf-8"))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}

    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names == {"yaml"}


def test_every_date_of_the_exact_years_works_as_the_file_says() -> None:
    first, last = date(2015, 1, 1).toordinal(), date(2027, 12, 31).toordinal()

    for number in range(first, last + 1):
        day = date.fromordinal(number)
        assert russia().works(day) == walker.works_in_russia(day), day


@pytest.mark.parametrize("mode", RUNS)
@pytest.mark.parametrize("hours", [24, 48, 72])
def test_deadlines_in_russia(mode: Mode, hours: int) -> None:
    ticking = Clock(russia(), mode)

    for start in [*some_starts(12, hours), *WINTERS]:
        expected = walker.deadline(start, hours * 60, MOSCOW, RUNS[mode])
        assert ticking.deadline(start, hours * 3600) == expected, start


@pytest.mark.parametrize("mode", RUNS)
def test_durations_in_russia(mode: Mode) -> None:
    ticking = Clock(russia(), mode)

    for start in some_starts(25, 7):
        end = start + timedelta(minutes=random.Random(start.day).randrange(20 * 1440))
        assert ticking.duration(start, end).business_s == 60 * walker.used(start, end, MOSCOW, RUNS[mode]), start


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("America/New_York", "2025-03-09"),
        ("America/New_York", "2025-11-02"),
        ("Australia/Lord_Howe", "2025-04-06"),
        ("Australia/Lord_Howe", "2025-10-05"),
        ("America/Sao_Paulo", "2018-11-04"),
        ("America/Sao_Paulo", "2018-02-18"),
        ("Africa/Cairo", "2025-04-25"),
        ("Asia/Beirut", "2025-03-30"),
        ("America/St_Johns", "2010-11-07"),
        ("Pacific/Apia", "2011-12-30"),  # a date that never was
    ],
)
def test_around_changes_of_clocks(zone: str, around: str) -> None:
    ticking = clock(zone=zone)
    chance = random.Random(around)
    change = at(around).replace(tzinfo=UTC)

    for _ in range(6):
        start = change + timedelta(minutes=chance.randrange(-4 * 1440, 2 * 1440))
        expected = walker.deadline(start, 1440, zone, walker.five_days)
        assert ticking.deadline(start, 86_400) == expected, start
        assert ticking.duration(start, expected).business_s == 86_400
