"""Properties that hold for every calendar, zone and instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import hypothesis.strategies as st
from hypothesis import given, settings

from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Boundary, Mode
from tests.factories.timing import DAY, calendar, days, russia

ZONES: Final = (
    "Europe/Moscow",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Vladivostok",
    "Pacific/Apia",
)
EXACT: Final = (Mode.WORKING_DAYS, Mode.SCHEDULE, Mode.ELAPSED)
"""Modes in which the business time up to the deadline is the target."""


@cache
def clock(zone: str, mode: Mode, boundary: Boundary, kind: str) -> Clock:
    """A clock by zone; `kind` is the Russian calendar or a week of seven days with some holidays."""
    if kind == "russian":
        return Clock(replace(russia(), zone=zone), mode, boundary)
    odd = calendar(zone=zone, weekend=frozenset(), holidays=days("2011-12-30", "2018-11-04", "2025-03-30"))
    return Clock(odd, mode, boundary)


CLOCKS = st.builds(
    clock,
    st.sampled_from(ZONES),
    st.sampled_from(EXACT),
    st.sampled_from(Boundary),
    st.sampled_from(["russian", "odd"]),
)
DAY_CLOCKS = st.builds(
    clock,
    st.sampled_from(ZONES),
    st.sampled_from([Mode.ROLL, Mode.WHOLE_DAYS]),
    st.sampled_from(Boundary),
    st.just("russian"),
)
INSTANTS = st.integers(1_262_304_000, 1_830_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
TARGETS = st.integers(0, 20 * DAY)


def second(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


@given(clock=CLOCKS, start=INSTANTS, target=TARGETS)
def test_business_time_up_to_the_deadline_is_the_target(clock: Clock, start: datetime, target: int) -> None:
    assert clock.duration(start, clock.deadline(start, target)).business_s == target


@given(clock=CLOCKS, start=INSTANTS, target=st.integers(1, 20 * DAY))
def test_no_earlier_instant_would_do(clock: Clock, start: datetime, target: int) -> None:
    due = clock.deadline(start, target)

    if clock.boundary is Boundary.EARLIEST:
        assert clock.duration(start, due - second(1)).business_s == target - 1
    else:
        assert clock.duration(start, due + second(1)).business_s == target + 1


@given(clock=CLOCKS, start=INSTANTS, later=st.integers(0, 30 * DAY), target=TARGETS, more=TARGETS)
def test_deadlines_grow_with_start_and_target(
    clock: Clock, start: datetime, later: int, target: int, more: int
) -> None:
    due = clock.deadline(start, target)

    assert due >= start
    assert clock.deadline(start, target + more) >= due
    if target:
        assert clock.deadline(start + second(later), target) >= due


@given(clock=st.one_of(CLOCKS, DAY_CLOCKS), start=INSTANTS, first=TARGETS, then=TARGETS)
def test_parts_of_a_duration_add_up(clock: Clock, start: datetime, first: int, then: int) -> None:
    middle, end = start + second(first), start + second(first + then)
    parts = [clock.duration(start, middle), clock.duration(middle, end)]
    whole = clock.duration(start, end)

    assert sum(part.business_s for part in parts) == whole.business_s
    assert sum(part.elapsed_s for part in parts) == whole.elapsed_s
    assert 0 <= whole.business_s <= whole.elapsed_s


@given(clock=CLOCKS, start=INSTANTS, first=st.integers(1, 9 * DAY), then=st.integers(1, 9 * DAY))
def test_a_target_in_two_parts_is_the_target(clock: Clock, start: datetime, first: int, then: int) -> None:
    assert clock.deadline(clock.deadline(start, first), then) == clock.deadline(start, first + then)


@given(clock=DAY_CLOCKS, start=INSTANTS, days=st.integers(1, 30))
def test_days_end_at_the_same_local_time_on_a_working_day(clock: Clock, start: datetime, days: int) -> None:
    due = clock.deadline(start, days * DAY)

    assert due > start
    assert clock.runs_until(due) or clock.runs_until(due + second(1))


PAUSES = st.lists(st.tuples(st.integers(0, 20 * DAY), st.integers(0, 5 * DAY)), max_size=5)


@given(clock=CLOCKS, start=INSTANTS, target=TARGETS, gaps=PAUSES)
def test_business_time_without_pauses_up_to_the_deadline_is_the_target(
    clock: Clock, start: datetime, target: int, gaps: list[tuple[int, int]]
) -> None:
    pauses = [(start + second(begin), start + second(begin + length)) for begin, length in gaps]
    due = clock.deadline(start, target, pauses=pauses)
    counted = clock.duration(start, due, pauses=pauses)

    assert counted.business_s == target
    assert counted.business_s + counted.paused_s == clock.duration(start, due).business_s


@settings(max_examples=50)
@given(clock=st.one_of(CLOCKS, DAY_CLOCKS), start=INSTANTS, days=st.integers(1, 9), percent=st.integers(1, 99))
def test_a_warning_comes_when_its_share_is_used(clock: Clock, start: datetime, days: int, percent: int) -> None:
    whole = clock.duration(start, clock.deadline(start, days * DAY)).business_s
    warned = clock.warning(start, days * DAY, percent)
    used = clock.duration(start, warned).business_s

    assert 0 <= 100 * used - percent * whole < 100
    assert warned <= clock.warning(start, days * DAY, 100) == clock.deadline(start, days * DAY)
