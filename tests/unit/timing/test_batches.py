"""Many at once are what each is alone, in every mode."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pytest

from caseline.timing.clock import Clock
from caseline.timing.faults import OutOfYears, TimeFault
from caseline.timing.vocabulary import Boundary, Mode
from tests.factories.timing import DAY, HOUR, calendar, clock, russia

CASES: Final = 10_000
"""For each of five modes and two boundaries: 100,000."""
FIRST: Final = int(datetime(2018, 1, 1, tzinfo=UTC).timestamp())
LAST: Final = int(datetime(2028, 1, 1, tzinfo=UTC).timestamp())


def second(moment: datetime) -> int:
    return int(moment.timestamp())


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("boundary", Boundary)
@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/New_York"])
def test_deadlines_of_many_are_those_of_each(mode: Mode, boundary: Boundary, zone: str) -> None:
    ticking = Clock(replace(russia(), zone=zone), mode, boundary)
    chance = np.random.default_rng(20261122)
    starts = chance.integers(FIRST, LAST, CASES // 2)
    starts[::7] -= starts[::7] % DAY - 3 * HOUR * (zone == "Europe/Moscow")  # some at midnight
    targets = chance.choice([0, 24 * HOUR, 48 * HOUR, 72 * HOUR], CASES // 2)

    found = ticking.deadlines(starts, targets)

    each = [
        second(ticking.deadline(moment(start), target))
        for start, target in zip(starts.tolist(), targets.tolist(), strict=True)
    ]
    assert found.dtype == np.int64
    assert found.tolist() == each


@pytest.mark.parametrize("mode", Mode)
def test_durations_of_many_are_those_of_each(mode: Mode) -> None:
    ticking = Clock(russia(), mode)
    chance = np.random.default_rng(20261123)
    starts = chance.integers(FIRST, LAST, CASES)
    ends = starts + chance.integers(0, 20 * DAY, CASES)

    found = ticking.business(starts, ends)

    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    assert found.tolist() == [ticking.duration(moment(start), moment(end)).business_s for start, end in pairs]


def test_one_target_serves_all_starts() -> None:
    starts = np.array([FIRST, FIRST + DAY])

    assert (clock().deadlines(starts, DAY) == clock().deadlines(starts, np.array([DAY, DAY]))).all()


def test_what_ends_as_it_starts_took_no_time() -> None:
    assert clock().business(np.array([FIRST]), np.array([FIRST])).tolist() == [0]


def test_no_starts_have_no_deadlines() -> None:
    nothing = np.array([], dtype=np.int64)

    assert clock().deadlines(nothing, DAY).tolist() == []
    assert clock().business(nothing, nothing).tolist() == []


@pytest.mark.parametrize("mode", [Mode.WORKING_DAYS, Mode.ROLL, Mode.WHOLE_DAYS])
def test_lines_grow_until_the_last_deadline_is_found(mode: Mode) -> None:
    far = Clock(calendar(weekend=frozenset(range(1, 8)), working_days={moment(LAST).date(): ""}), mode)
    due = far.deadlines(np.array([FIRST]), DAY)

    assert due.tolist() == [second(far.deadline(moment(FIRST), DAY))]
    assert LAST <= due[0] <= LAST + DAY


def test_what_is_no_number_of_seconds_is_refused() -> None:
    starts = np.array([FIRST], dtype=np.int64)

    with pytest.raises(TimeFault, match="give int64 seconds of UTC"):
        clock().deadlines(starts.astype(np.float64), DAY)
    with pytest.raises(TimeFault, match="are no target"):
        clock().deadlines(starts, -1)
    with pytest.raises(TimeFault, match="give a multiple of 24"):
        clock(Mode.WHOLE_DAYS).deadlines(starts, np.array([HOUR]))
    with pytest.raises(TimeFault, match="36 hours are no whole days"):
        clock(Mode.WHOLE_DAYS).deadlines(np.array([FIRST] * 3), np.array([DAY, 36 * HOUR, 3 * DAY]))
    with pytest.raises(TimeFault, match=r"end .* of row 1 is before start"):
        clock().business(np.array([FIRST, FIRST]), np.array([FIRST, FIRST - 1]))
    with pytest.raises(OutOfYears, match="correct it"):
        clock().deadlines(starts * 1000, DAY)


@pytest.mark.parametrize("bad", [-1, 3600 * 87_601])
@pytest.mark.parametrize("mode", Mode)
def test_one_target_that_is_none_among_good_ones_is_refused(mode: Mode, bad: int) -> None:
    with pytest.raises(TimeFault, match="are no target"):
        clock(mode=mode).deadlines(np.array([FIRST, FIRST, FIRST]), np.array([DAY, bad, 2 * DAY]))


@pytest.mark.parametrize("mode", Mode)
def test_warnings_of_many_are_those_of_each_by_a_clock_that_has_counted_nothing_yet(mode: Mode) -> None:
    chance = np.random.default_rng(20261129)
    starts = chance.integers(FIRST, LAST, 500)
    dues = Clock(russia(), mode).deadlines(starts, 2 * DAY)
    starts, dues = np.append(starts, FIRST), np.append(dues, FIRST)

    found = Clock(russia(), mode).warnings(starts, dues, 75)

    alone = Clock(russia(), mode)
    each = [second(alone.warning(moment(start), 2 * DAY, 75)) for start in starts[:-1].tolist()]
    assert found.tolist() == [*each, FIRST]
