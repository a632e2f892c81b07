"""Pauses, durations and warnings by hand, and the refusal of what cannot be counted."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from caseline.timing import instants
from caseline.timing.clock import Duration
from caseline.timing.faults import CalendarFault, OutOfYears, TimeFault
from caseline.timing.vocabulary import Boundary, Mode
from tests.factories.timing import HOUR, at, clock, days, shown

FRIDAY = at("2026-06-05 18:00")
PAUSE = (at("2026-06-05 20:00"), at("2026-06-08 02:00"))
"""Four hours of Friday, the week-end, two hours of Monday."""


@pytest.mark.parametrize(
    ("mode", "elapsed", "business"),
    [
        (Mode.WORKING_DAYS, 66 * HOUR, 18 * HOUR),
        (Mode.SCHEDULE, 66 * HOUR, 3 * HOUR),
        (Mode.ELAPSED, 66 * HOUR, 66 * HOUR),
        (Mode.ROLL, 66 * HOUR, 18 * HOUR),
        (Mode.WHOLE_DAYS, 66 * HOUR, 18 * HOUR),
    ],
)
def test_a_weekend_in_every_mode(mode: Mode, elapsed: int, business: int) -> None:
    assert clock(mode).duration(FRIDAY, FRIDAY + timedelta(seconds=elapsed)) == Duration(elapsed, business)


def test_a_pause_counts_its_business_time_only() -> None:
    counted = clock().duration(FRIDAY, at("2026-06-08 12:00"), pauses=[PAUSE])

    assert counted == Duration(66 * HOUR, 12 * HOUR, 6 * HOUR)


@pytest.mark.parametrize(
    ("mode", "due"),
    [
        (Mode.WORKING_DAYS, "2026-06-09 00:00"),
        (Mode.SCHEDULE, "2026-06-10 18:00"),
        (Mode.ELAPSED, "2026-06-09 00:00"),
        (Mode.ROLL, "2026-06-09 00:00"),
        (Mode.WHOLE_DAYS, "2026-06-09 00:00"),
    ],
)
def test_a_pause_moves_the_deadline_by_its_business_time(mode: Mode, due: str) -> None:
    assert shown(clock(mode).deadline(FRIDAY, 24 * HOUR, pauses=[PAUSE])) == due


def test_pauses_may_overlap_begin_early_and_come_in_any_order() -> None:
    plain = [PAUSE]
    odd = [
        (at("2026-06-06 00:00"), PAUSE[1]),
        (at("2026-06-01 00:00"), at("2026-06-02 00:00")),
        (PAUSE[0], at("2026-06-07 00:00")),
        (at("2026-06-05 21:00"), at("2026-06-05 21:00")),
    ]

    assert clock().deadline(FRIDAY, 24 * HOUR, pauses=odd) == clock().deadline(FRIDAY, 24 * HOUR, pauses=plain)
    assert clock().duration(FRIDAY, PAUSE[1], pauses=odd) == clock().duration(FRIDAY, PAUSE[1], pauses=plain)


def test_pauses_that_touch_are_one_and_those_without_length_are_none() -> None:
    since = instants.seconds(FRIDAY)
    hours = [FRIDAY + timedelta(hours=number) for number in range(-1, 3)]

    assert instants.merged([(hours[1], hours[2]), (hours[2], hours[3])], since) == [(since, since + 2 * HOUR)]
    assert instants.merged([(hours[0], hours[1]), (hours[2], hours[2])], since) == []  # the first ends as time begins


def test_a_pause_after_the_deadline_changes_nothing() -> None:
    due = clock().deadline(FRIDAY, 24 * HOUR)

    assert clock().deadline(FRIDAY, 24 * HOUR, pauses=[(due, due + timedelta(days=9))]) == due
    assert clock().deadline(FRIDAY, 24 * HOUR, pauses=[(due - timedelta(seconds=1), due)]) > due


def test_closed_straight_from_a_pause_keeps_the_hold_time() -> None:
    counted = clock().duration(FRIDAY, at("2026-06-07 00:00"), pauses=[PAUSE])

    assert counted == Duration(30 * HOUR, 2 * HOUR, 4 * HOUR)


@pytest.mark.parametrize(
    ("percent", "warned"),
    [(0, "2026-06-05 18:00"), (25, "2026-06-06 00:00"), (75, "2026-06-08 12:00"), (100, "2026-06-08 18:00")],
)
def test_warnings_come_in_business_time(percent: int, warned: str) -> None:
    assert shown(clock().warning(FRIDAY, 24 * HOUR, percent)) == warned


def test_warnings_know_pauses() -> None:
    assert shown(clock().warning(FRIDAY, 24 * HOUR, 75, pauses=[PAUSE])) == "2026-06-08 18:00"


def test_a_full_warning_is_the_deadline_at_either_boundary() -> None:
    friday = at("2026-06-05 00:00")

    assert shown(clock(boundary=Boundary.NEXT_START).warning(friday, 24 * HOUR, 100)) == "2026-06-08 00:00"


def test_parts_of_a_second_are_left_out() -> None:
    assert clock().deadline(FRIDAY.replace(microsecond=999_999), 24 * HOUR) == clock().deadline(FRIDAY, 24 * HOUR)


def test_a_legacy_start_long_ago_is_counted_too() -> None:
    assert shown(clock().deadline(at("1999-12-31 18:00"), 24 * HOUR)) == "2000-01-03 18:00"


@pytest.mark.parametrize("end", ["2026-06-05 17:59:59", "2026-06-04 18:00"])
def test_an_end_before_its_start_is_refused(end: str) -> None:
    with pytest.raises(TimeFault, match=r"is before start .* correct one of them"):
        clock().duration(FRIDAY, at(end))


def test_an_end_in_the_second_pass_of_an_hour_is_later_than_a_start_in_the_first() -> None:
    zone = "America/New_York"
    start, end = at("2025-11-02 01:30", zone), at("2025-11-02 01:10", zone, fold=1)

    assert clock(Mode.ELAPSED).duration(start, end).elapsed_s == 40 * 60
    with pytest.raises(TimeFault, match="is before start"):
        clock().duration(end, start)


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 6, 5, 18, 30)  # noqa: DTZ001 - what is tested

    with pytest.raises(TimeFault, match="start 2026-06-05T18:30:00 has no zone: give an aware time"):
        clock().deadline(naive, 24 * HOUR)
    with pytest.raises(TimeFault, match="has no zone"):
        clock().duration(FRIDAY, naive)
    with pytest.raises(TimeFault, match="has no zone"):
        clock().deadline(FRIDAY, 24 * HOUR, pauses=[(naive, naive)])


@pytest.mark.parametrize("hours", [-1, -0.001, 87_601, 2_000_000_000, float("nan"), float("inf")])
def test_absurd_hours_are_refused(hours: float) -> None:
    with pytest.raises(TimeFault, match="are no target: give 0 to 87600 hours"):
        instants.target(hours)


def test_hours_become_whole_seconds() -> None:
    assert [instants.target(hours) for hours in (0, 24, 1.5, 0.25, 1 / 3)] == [0, 86_400, 5_400, 900, 1_200]
    assert instants.target(87_600) == 315_360_000
    assert instants.target(1 / 3600**2) == 0  # a 3600th of a second is lost in rounding
    for hours in (0.0001, 1.001 / 3600**2):
        with pytest.raises(TimeFault, match="no whole seconds"):
            instants.target(hours)


def test_whole_days_refuse_parts_of_days() -> None:
    with pytest.raises(
        TimeFault, match="36 hours are no whole days: give a multiple of 24, or use the mode working_days"
    ):
        clock(Mode.WHOLE_DAYS).deadline(FRIDAY, 36 * HOUR)


@pytest.mark.parametrize("percent", [-1, 101])
def test_more_than_all_of_a_term_is_refused(percent: int) -> None:
    with pytest.raises(TimeFault, match="give 0 to 100"):
        clock().warning(FRIDAY, HOUR, percent)


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
def test_years_that_cannot_be_counted_are_refused(year: int) -> None:
    with pytest.raises(OutOfYears, match="outside the years 1900 to 2199: correct it"):
        clock().deadline(datetime(year, 6, 1, tzinfo=UTC), HOUR)


@pytest.mark.parametrize("start", ["1900-01-01 00:00", "2199-12-01 00:00"])
def test_the_first_and_the_last_year_can_be_counted(start: str) -> None:
    assert clock().deadline(at(start), HOUR) > at(start)


def test_the_first_second_after_the_last_year_is_refused() -> None:
    last, after = at("2199-12-31 23:59:59"), at("2200-01-01 00:00:00")

    assert clock().duration(at("2199-12-31 00:00"), last).elapsed_s == 24 * HOUR - 1
    with pytest.raises(OutOfYears):
        clock().duration(last, after)


def test_a_deadline_after_the_last_year_is_refused() -> None:
    with pytest.raises(OutOfYears, match="deadline"):
        clock().deadline(at("2199-12-31 12:00"), 24 * HOUR)


def test_the_end_of_the_last_year_is_refused_whatever_was_counted_before() -> None:
    ticking, start = clock(Mode.ELAPSED), at("2199-12-31 00:00")

    assert shown(ticking.deadline(start, 24 * HOUR - 1)) == "2199-12-31 23:59:59"
    with pytest.raises(OutOfYears, match="the deadline or end lies outside the years 1900 to 2199"):
        ticking.deadline(start, 24 * HOUR)


def test_the_end_of_the_last_working_day_is_refused_too() -> None:
    """The last day of 2199 is a Tuesday."""
    saturday = at("2199-12-28 12:00")

    assert shown(clock().deadline(saturday, 48 * HOUR - 1)) == "2199-12-31 23:59:59"
    with pytest.raises(OutOfYears, match="not used up by the end of 2199"):
        clock().deadline(saturday, 48 * HOUR)


def test_work_begins_again_after_the_last_year_and_does_not_count() -> None:
    first, end = date(2198, 6, 2).toordinal(), date(2200, 1, 1).toordinal()
    idle = clock(holidays={date.fromordinal(number): "" for number in range(first, end)})

    for start in (at("2198-06-01 12:00"), at("2199-06-03 12:00"), at("2198-06-01 12:00")):
        with pytest.raises(OutOfYears, match="not used up by the end of 2199"):
            idle.deadline(start, 24 * HOUR)
        with pytest.raises(OutOfYears, match="not used up by the end of 2199"):
            idle.deadlines(np.array([instants.seconds(start)]), 24 * HOUR)


def test_lines_are_built_anew_only_for_what_lies_outside_their_years() -> None:
    ticking = clock()
    ticking.deadline(FRIDAY, 24 * HOUR)
    kept = ticking._lines

    ticking.duration(at("2026-01-01 00:00"), at("2026-12-31 23:59:59"))
    assert ticking._lines is kept
    ticking.duration(FRIDAY, at("2027-01-01 00:00"))
    assert ticking._lines is not kept


@pytest.mark.parametrize("mode", [Mode.WORKING_DAYS, Mode.ROLL, Mode.WHOLE_DAYS, Mode.SCHEDULE])
def test_a_calendar_that_runs_out_of_working_time_says_so(mode: Mode) -> None:
    last = clock(mode, weekend=frozenset(range(1, 8)), working_days=days("2026-06-01"))

    with pytest.raises(OutOfYears, match="calendar test has too little working time"):
        last.deadline(FRIDAY, 24 * HOUR)


def test_the_schedule_needs_hours() -> None:
    with pytest.raises(CalendarFault, match="mode schedule needs working hours: add hours"):
        clock(Mode.SCHEDULE, hours={}).deadline(FRIDAY, HOUR)


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("1812-06-24 12:00", "1900-01-01 00:00"),
        ("1900-01-01 00:00", "1900-01-01 00:00"),
        ("1900-01-01 00:00:00.5", "1900-01-01 00:00:00.5"),
        ("2026-06-05 18:30:00.5", "2026-06-05 18:30:00.5"),
        ("2199-12-31 23:59:59", "2199-12-31 23:59:59"),
        ("2200-01-01 00:00", "2199-12-31 23:59:59"),
        ("2262-04-11 00:00", "2199-12-31 23:59:59"),
    ],
)
def test_a_time_of_another_age_becomes_the_nearest_that_can_be_counted(given: str, nearest: str) -> None:
    assert instants.countable(at(given, "UTC")) == at(nearest, "UTC")
