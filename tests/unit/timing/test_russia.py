"""The shipped Russian calendar against published totals, norms and dates known by name."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caseline.timing import calendar_file
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Kind, Mode, SpecialDays, Standing
from tests.factories.timing import HOUR, russia

FIXED = {
    *((1, number) for number in range(1, 9)),
    *((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)),
}


def dates(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(number) for number in range((date(year + 1, 1, 1) - first).days)]


def of_kind(kind: Kind, year: int, calendar: Calendar | None = None) -> list[str]:
    found = calendar or russia()
    return [f"{day:%m-%d}" for day in dates(year) if found.kind(day) is kind]


@pytest.mark.parametrize(
    ("year", "working", "off", "short", "saturdays", "extra"),
    [
        (2015, 247, 118, 5, 0, 4),
        (2016, 247, 119, 2, 1, 5),
        (2017, 247, 118, 3, 0, 3),
        (2018, 247, 118, 6, 3, 6),
        (2019, 247, 118, 6, 0, 3),
        (2020, 219, 147, 3, 0, 34),
        (2021, 240, 125, 3, 1, 13),
        (2022, 247, 118, 3, 1, 5),
        (2023, 247, 118, 3, 0, 3),
        (2024, 248, 118, 5, 3, 5),
        (2025, 247, 118, 4, 1, 5),
        (2026, 247, 118, 4, 0, 4),
        (2027, 247, 118, 4, 1, 6),
    ],
)
def test_totals_of_a_year(year: int, working: int, off: int, short: int, saturdays: int, extra: int) -> None:
    kinds = Counter(russia().kind(day) for day in dates(year))
    worked = [day for day in dates(year) if russia().works(day)]
    moved = [
        day
        for day in dates(year)
        if not russia().works(day) and day.isoweekday() < 6 and (day.month, day.day) not in FIXED
    ]

    assert len(worked) == working
    assert kinds[Kind.OFF] + kinds[Kind.SPECIAL] == off
    assert kinds[Kind.SHORT] == short
    assert sum(day.isoweekday() > 5 for day in worked) == saturdays
    assert len(moved) == extra


def test_forty_seven_short_days_in_twelve_years() -> None:
    assert sum(len(of_kind(Kind.SHORT, year)) for year in range(2015, 2027)) == 47


@pytest.mark.parametrize(("year", "hours"), [(2023, 1973), (2024, 1979), (2025, 1972), (2026, 1972)])
def test_the_norm_of_a_forty_hour_week(year: int, hours: int) -> None:
    zone = timedelta(hours=3)
    start, end = datetime(year, 1, 1, tzinfo=UTC) - zone, datetime(year + 1, 1, 1, tzinfo=UTC) - zone

    assert Clock(russia(), Mode.SCHEDULE).duration(start, end).business_s == hours * HOUR


@pytest.mark.parametrize(
    ("year", "saturdays"),
    [
        (2016, ["02-20"]),
        (2018, ["04-28", "06-09", "12-29"]),
        (2021, ["02-20"]),
        (2022, ["03-05"]),
        (2024, ["04-27", "11-02", "12-28"]),
        (2025, ["11-01"]),
        (2027, ["02-20"]),
    ],
)
def test_working_saturdays(year: int, saturdays: list[str]) -> None:
    found = [f"{day:%m-%d}" for day in dates(year) if russia().works(day) and day.isoweekday() > 5]

    assert found == saturdays


@pytest.mark.parametrize(
    ("year", "short"),
    [
        (2015, ["04-30", "05-08", "06-11", "11-03", "12-31"]),
        (2016, ["02-20", "11-03"]),
        (2017, ["02-22", "03-07", "11-03"]),
        (2018, ["02-22", "03-07", "04-28", "05-08", "06-09", "12-29"]),
        (2019, ["02-22", "03-07", "04-30", "05-08", "06-11", "12-31"]),
        (2020, ["06-11", "11-03", "12-31"]),
        (2021, ["02-20", "04-30", "06-11"]),
        (2022, ["02-22", "03-05", "11-03"]),
        (2023, ["02-22", "03-07", "11-03"]),
        (2024, ["02-22", "03-07", "05-08", "06-11", "11-02"]),
        (2025, ["03-07", "04-30", "06-11", "11-01"]),
        (2026, ["04-30", "05-08", "06-11", "11-03"]),
        (2027, ["02-20", "04-30", "06-11", "11-03"]),
    ],
)
def test_short_days(year: int, short: list[str]) -> None:
    assert of_kind(Kind.SHORT, year) == short


def test_special_days_of_2020_and_2021() -> None:
    spring = [f"{day:%m-%d}" for day in dates(2020) if date(2020, 3, 30) <= day <= date(2020, 4, 30)]
    weekdays = [day for day in spring if date.fromisoformat(f"2020-{day}").isoweekday() < 6]

    assert of_kind(Kind.SPECIAL, 2020) == [*weekdays, "05-06", "05-07", "05-08", "06-24", "07-01"]
    assert of_kind(Kind.SPECIAL, 2021) == ["05-04", "05-05", "05-06", "05-07", "11-01", "11-02", "11-03"]
    assert all("Указ Президента" in russia().reason(day) for day in russia().special_days)


def test_a_short_day_that_became_a_special_day_is_short_again_when_special_days_work() -> None:
    working = replace(russia(), special=SpecialDays.WORKING)

    assert russia().kind(date(2021, 11, 3)) is Kind.SPECIAL
    assert of_kind(Kind.SHORT, 2021, working) == ["02-20", "04-30", "06-11", "11-03"]
    assert of_kind(Kind.SHORT, 2020, working) == ["04-30", "05-08", "06-11", "11-03", "12-31"]


def test_every_exact_year_names_its_decree() -> None:
    assert set(russia().years) == set(range(2015, 2028))
    assert all("Постановление Правительства РФ от" in decree for decree in russia().years.values())


def test_other_years_are_provisional_and_follow_the_labour_code() -> None:
    assert russia().standing(2027) is Standing.EXACT
    assert russia().standing(2028) is Standing.PROVISIONAL
    assert not russia().works(date(2028, 11, 6))  # the holiday of 4 November falls on a Saturday
    assert not russia().works(date(2029, 11, 5))
    assert russia().kind(date(2028, 11, 3)) is Kind.SHORT


def test_the_calendar_is_shipped() -> None:
    assert "ru" in calendar_file.shipped()
    assert (russia().id, russia().zone, russia().region) == ("ru", "Europe/Moscow", "RU")
