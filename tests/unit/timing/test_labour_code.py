"""What the Labour Code alone says, against what became of it in years that are known."""

from datetime import date

import pytest

from caseline.timing import labour_code
from tests.factories.timing import russia


def shifted(year: int) -> list[str]:
    found = labour_code.year_days(year).holidays
    return [f"{day:%m-%d}" for day, name in found.items() if "перенос" in name]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2020, ["02-24", "03-09", "05-11"]),
        (2021, ["05-03", "05-10", "06-14"]),
        (2022, ["05-02", "06-13"]),
        (2024, []),
        (2026, ["03-09", "05-11"]),
        (2028, ["11-06"]),
        (2029, ["11-05"]),
    ],
)
def test_a_holiday_on_a_weekend_adds_the_next_working_day(year: int, days: list[str]) -> None:
    assert shifted(year) == days


@pytest.mark.parametrize("year", range(2015, 2028))
def test_decrees_keep_the_rule_except_where_they_move_the_day_elsewhere(year: int) -> None:
    elsewhere = {date(2019, 2, 25), date(2025, 2, 24), date(2025, 3, 10)}
    rule = set(labour_code.year_days(year).holidays) - elsewhere

    assert [day for day in sorted(rule) if russia().works(day)] == []


def test_january_weekends_are_left_to_the_government() -> None:
    january = [day.day for day in labour_code.year_days(2028).holidays if day.month == 1]

    assert january == [1, 2, 3, 4, 5, 6, 7, 8]


def test_working_days_before_holidays_are_an_hour_shorter() -> None:
    short = labour_code.year_days(2026).short_days

    assert [f"{day:%m-%d}" for day in short] == ["04-30", "05-08", "06-11", "11-03", "12-31"]
    assert set(short.values()) == {60}
