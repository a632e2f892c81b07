"""The engine on a line small enough to count by hand: an interval holds its start and not its end."""

import numpy as np
import pytest

from caseline.timing.line import Line
from caseline.timing.vocabulary import Boundary

#   10........20      30..35 (two that touch)..45      60.61
LINE = Line(np.array([10, 30, 35, 60]), np.array([20, 35, 45, 61]))

USED = [(9, 0), (10, 0), (11, 1), (19, 9), (20, 10), (29, 10), (30, 10), (31, 11), (35, 15), (45, 25), (59, 25)]
USED += [(60, 25), (61, 26), (1000, 26), (-1000, 0), (-(2**60), 0)]  # the last is where the empty first interval stands
EARLIEST = [(1, 11), (9, 19), (10, 20), (11, 31), (15, 35), (16, 36), (24, 44), (25, 45), (26, 61), (27, None)]
NEXT_START = [(1, 11), (9, 19), (10, 30), (11, 31), (15, 35), (16, 36), (24, 44), (25, 60), (26, None), (27, None)]


@pytest.mark.parametrize(("at", "used"), USED)
def test_used_time_of_an_instant(at: int, used: int) -> None:
    assert LINE.used(at) == used


@pytest.mark.parametrize(("spent", "at"), EARLIEST)
def test_the_earliest_instant_by_which_time_is_used(spent: int, at: int | None) -> None:
    assert LINE.reach(spent) == at


@pytest.mark.parametrize(("spent", "at"), NEXT_START)
def test_the_next_start_after_time_is_used(spent: int, at: int | None) -> None:
    assert LINE.reach(spent, Boundary.NEXT_START) == at


def test_many_are_used_as_one_is() -> None:
    at, used = np.array(USED).T

    assert LINE.used_all(at).tolist() == used.tolist()


@pytest.mark.parametrize(("boundary", "table"), [(Boundary.EARLIEST, EARLIEST), (Boundary.NEXT_START, NEXT_START)])
def test_many_are_reached_as_one_is(boundary: Boundary, table: list[tuple[int, int | None]]) -> None:
    reachable = [(spent, at) for spent, at in table if at is not None]
    found = LINE.reach_all(np.array([spent for spent, _ in reachable]), boundary)

    assert found is not None
    assert found.tolist() == [at for _, at in reachable]


@pytest.mark.parametrize(("boundary", "table"), [(Boundary.EARLIEST, EARLIEST), (Boundary.NEXT_START, NEXT_START)])
def test_many_are_not_reached_when_one_is_not(boundary: Boundary, table: list[tuple[int, int | None]]) -> None:
    for spent, at in table:
        assert (LINE.reach_all(np.array([1, spent]), boundary) is None) == (at is None)


@pytest.mark.parametrize(
    ("at", "begin"), [(9, 10), (10, 30), (29, 30), (30, 60), (35, 60), (59, 60), (60, None), (61, None)]
)
def test_where_the_next_interval_begins(at: int, begin: int | None) -> None:
    assert LINE.next_begin(at) == begin


@pytest.mark.parametrize(
    ("at", "before", "after"), [(9, 0, 0), (10, 0, 1), (19, 1, 1), (20, 1, 0), (21, 0, 0), (35, 1, 1), (45, 1, 0)]
)
def test_whether_the_clock_runs_before_and_after_an_instant(at: int, before: int, after: int) -> None:
    assert (LINE.runs_until(at), LINE.runs_from(at)) == (bool(before), bool(after))


def test_intervals_that_touch_are_one() -> None:
    assert LINE.begins.tolist()[1:] == [10, 30, 60]
    assert LINE.total == 26


def test_a_line_without_intervals_is_never_used() -> None:
    empty = Line(np.array([], dtype=np.int64), np.array([], dtype=np.int64))

    assert (empty.used(5), empty.reach(1), empty.next_begin(5), empty.total) == (0, None, None, 0)
