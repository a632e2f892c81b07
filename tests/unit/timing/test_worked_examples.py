"""Every mode gives the answers that were worked out by hand."""

from dataclasses import replace

import pytest

from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Boundary, Mode, SpecialDays
from tests.factories.timing import HOUR, at, calendar, clock, russia, shown

MOSCOW = "Europe/Moscow"
NEW_YORK = "America/New_York"
SEVEN_DAYS: frozenset[int] = frozenset()


def russian(mode: Mode, start: str, hours: int) -> str:
    return shown(Clock(russia(), mode).deadline(at(start, MOSCOW), hours * HOUR), MOSCOW)


@pytest.mark.parametrize(
    ("mode", "hours", "due"),
    [
        (Mode.WORKING_DAYS, 24, "2026-06-08 18:30"),
        (Mode.WORKING_DAYS, 48, "2026-06-09 18:30"),
        (Mode.WORKING_DAYS, 72, "2026-06-10 18:30"),
        (Mode.SCHEDULE, 24, "2026-06-10 18:00"),
        (Mode.SCHEDULE, 48, "2026-06-17 10:00"),
        (Mode.SCHEDULE, 72, "2026-06-22 10:00"),
        (Mode.ELAPSED, 24, "2026-06-06 18:30"),
        (Mode.ELAPSED, 48, "2026-06-07 18:30"),
        (Mode.ELAPSED, 72, "2026-06-08 18:30"),
        (Mode.ROLL, 24, "2026-06-08 18:30"),
        (Mode.ROLL, 48, "2026-06-08 18:30"),
        (Mode.ROLL, 72, "2026-06-08 18:30"),
        (Mode.WHOLE_DAYS, 24, "2026-06-08 18:30"),
        (Mode.WHOLE_DAYS, 48, "2026-06-09 18:30"),
        (Mode.WHOLE_DAYS, 72, "2026-06-10 18:30"),
    ],
)
def test_a_friday_evening_in_every_mode(mode: Mode, hours: int, due: str) -> None:
    assert russian(mode, "2026-06-05 18:30", hours) == due


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-06-06 12:00", 24, "2026-06-09 00:00"),  # from inside a day off: Monday 24:00
        ("2026-01-03 11:11", 24, "2026-01-13 00:00"),  # from inside the long holidays
        ("2026-06-11 17:59:59", 24, "2026-06-15 17:59:59"),  # short days change nothing here
        ("2025-12-30 15:00", 24, "2026-01-12 15:00"),  # over New Year
        ("2025-12-30 15:00", 48, "2026-01-13 15:00"),
        ("2025-12-30 15:00", 72, "2026-01-14 15:00"),
        ("2024-11-01 10:00", 24, "2024-11-02 10:00"),  # into a working Saturday
        ("2024-11-01 10:00", 48, "2024-11-05 10:00"),  # and over it
        ("2025-11-01 12:00", 24, "2025-11-05 12:00"),  # from inside one
        ("2026-06-08 00:00", 24, "2026-06-09 00:00"),  # exactly at midnight
        ("2026-06-05 00:00", 24, "2026-06-06 00:00"),
        ("2026-06-06 00:00", 24, "2026-06-09 00:00"),
        ("2020-03-27 12:00", 72, "2020-05-14 12:00"),  # special days off
    ],
)
def test_the_default_mode_in_russia(start: str, hours: int, due: str) -> None:
    assert russian(Mode.WORKING_DAYS, start, hours) == due


def test_special_days_can_be_counted_as_working() -> None:
    working = Clock(replace(russia(), special=SpecialDays.WORKING))

    assert shown(working.deadline(at("2020-03-27 12:00", MOSCOW), 72 * HOUR), MOSCOW) == "2020-04-01 12:00"


@pytest.mark.parametrize(
    ("weekend", "mode", "start", "due"),
    [
        ({6, 7}, Mode.WORKING_DAYS, "2025-03-07 18:30", "2025-03-10 18:30"),
        (SEVEN_DAYS, Mode.WORKING_DAYS, "2025-03-08 18:30", "2025-03-09 19:30"),  # a day of 23 hours
        (SEVEN_DAYS, Mode.WORKING_DAYS, "2025-11-01 18:30", "2025-11-02 17:30"),  # a day of 25 hours
        (SEVEN_DAYS, Mode.WHOLE_DAYS, "2025-03-08 18:30", "2025-03-09 18:30"),
        (SEVEN_DAYS, Mode.WHOLE_DAYS, "2025-11-01 18:30", "2025-11-02 18:30"),
    ],
)
def test_days_on_which_clocks_change_have_their_real_length(
    weekend: set[int], mode: Mode, start: str, due: str
) -> None:
    ticking = clock(mode, zone=NEW_YORK, weekend=frozenset(weekend))

    assert shown(ticking.deadline(at(start, NEW_YORK), 24 * HOUR), NEW_YORK) == due


def test_a_weekend_with_a_change_of_clocks_takes_seventy_one_hours() -> None:
    start = at("2025-03-07 18:30", NEW_YORK)
    due = clock(zone=NEW_YORK).deadline(start, 24 * HOUR)

    assert clock(zone=NEW_YORK).duration(start, due).elapsed_s == 71 * HOUR


def test_the_date_of_the_calendars_own_zone_decides() -> None:
    vladivostok = "Asia/Vladivostok"
    ticking = Clock(replace(russia(), zone=vladivostok))

    assert shown(ticking.deadline(at("2026-06-06 02:00", vladivostok), 24 * HOUR), vladivostok) == "2026-06-09 00:00"
    assert at("2026-06-06 02:00", vladivostok).astimezone(at("2026-06-05", MOSCOW).tzinfo).weekday() == 4


@pytest.mark.parametrize(
    ("mode", "start", "hours", "earliest", "next_start"),
    [
        (Mode.WORKING_DAYS, "2026-06-05 00:00", 24, "2026-06-06 00:00", "2026-06-08 00:00"),
        (Mode.WORKING_DAYS, "2026-06-06 12:00", 24, "2026-06-09 00:00", "2026-06-09 00:00"),
        (Mode.SCHEDULE, "2026-06-05 09:00", 4, "2026-06-05 13:00", "2026-06-05 14:00"),
        (Mode.SCHEDULE, "2026-06-05 09:00", 8, "2026-06-05 18:00", "2026-06-08 09:00"),
        (Mode.WHOLE_DAYS, "2026-06-05 00:00", 24, "2026-06-06 00:00", "2026-06-08 00:00"),
        (Mode.ROLL, "2026-06-05 00:00", 24, "2026-06-06 00:00", "2026-06-08 00:00"),
        (Mode.ROLL, "2026-06-06 00:00", 24, "2026-06-08 00:00", "2026-06-08 00:00"),
        (Mode.ROLL, "2026-06-07 00:00", 24, "2026-06-08 00:00", "2026-06-08 00:00"),
        (Mode.ELAPSED, "2026-06-05 00:00", 24, "2026-06-06 00:00", "2026-06-06 00:00"),
    ],
)
def test_the_boundary_decides_between_the_end_of_work_and_its_next_begin(
    mode: Mode, start: str, hours: int, earliest: str, next_start: str
) -> None:
    due = {boundary: shown(clock(mode, boundary).deadline(at(start), hours * HOUR)) for boundary in Boundary}

    assert due == {Boundary.EARLIEST: earliest, Boundary.NEXT_START: next_start}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("boundary", Boundary)
def test_nothing_to_count_is_due_at_the_start_even_on_a_day_off(mode: Mode, boundary: Boundary) -> None:
    saturday = at("2026-06-06 12:00")

    assert clock(mode, boundary).deadline(saturday, 0) == saturday


@pytest.mark.parametrize(
    ("hours", "due"),
    [(1, "2026-06-10 10:00"), (7, "2026-06-10 17:00"), (8, "2026-06-11 10:00"), (15, "2026-06-11 18:00")],
)
def test_a_short_day_ends_an_hour_earlier_in_the_schedule(hours: int, due: str) -> None:
    short = {day.date(): 60 for day in (at("2026-06-10"),)}
    ticking = clock(Mode.SCHEDULE, short_days=short)

    assert shown(ticking.deadline(at("2026-06-10 09:00"), hours * HOUR)) == due


def test_hours_up_to_midnight_lose_no_minute() -> None:
    late = dict.fromkeys(range(1, 8), ((0, 1440),))
    ticking = clock(Mode.SCHEDULE, hours=late, weekend=SEVEN_DAYS)

    assert ticking.duration(at("2026-06-01 00:00"), at("2026-07-01 00:00")).business_s == 30 * 24 * HOUR


def test_a_date_may_have_hours_of_its_own_even_on_a_weekend() -> None:
    saturday = at("2026-06-06").date()
    ticking = clock(Mode.SCHEDULE, own_hours={saturday: ((600, 720),)})

    assert shown(ticking.deadline(at("2026-06-05 17:00"), 2 * HOUR)) == "2026-06-06 11:00"


def test_a_working_saturday_without_hours_takes_those_of_monday() -> None:
    saturday = at("2026-06-06").date()
    week = calendar().hours
    only_weekdays = {weekday: week[weekday] for weekday in range(1, 6)}
    ticking = clock(Mode.SCHEDULE, hours=only_weekdays, working_days={saturday: ""})

    assert shown(ticking.deadline(at("2026-06-05 17:00"), 2 * HOUR)) == "2026-06-06 10:00"


@pytest.mark.parametrize("boundary", Boundary)
@pytest.mark.parametrize("start", ["2026-06-05 18:30", "2026-06-06 12:00", "2026-06-05 00:00", "2026-06-11 23:59:59"])
@pytest.mark.parametrize("hours", [24, 48, 72, 240])
def test_whole_days_are_working_days_where_clocks_never_change(boundary: Boundary, start: str, hours: int) -> None:
    both = {
        Clock(russia(), mode, boundary).deadline(at(start, MOSCOW), hours * HOUR)
        for mode in (Mode.WORKING_DAYS, Mode.WHOLE_DAYS)
    }

    assert len(both) == 1
