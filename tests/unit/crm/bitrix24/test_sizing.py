"""Batches are measured in seconds of the portal."""

from hypothesis import given
from hypothesis import strategies as st

from caseline.crm.bitrix24.sizing import MOST, Sizing


def fitted(sizing: Sizing, *, method: str = "m", waiting: int = 100, letters: int = 100, limit: int = MOST) -> int:
    keys = sizing.fit([(f"k{n}", method, letters) for n in range(waiting)], limit)
    assert keys == [f"k{n}" for n in range(len(keys))]
    return len(keys)


def test_a_first_batch_is_careful_unless_it_only_reads() -> None:
    assert fitted(Sizing(60)) == 10
    assert fitted(Sizing(7)) == 10
    assert fitted(Sizing(60, cautious=False)) == MOST


def test_no_batch_is_longer_than_the_portal_takes() -> None:
    sizing = Sizing(60)
    sizing.took(["m"] * 10, 0.1)
    assert fitted(sizing) == MOST
    assert fitted(sizing, limit=7) == 7
    assert fitted(Sizing(60, 20, cautious=False)) == 20
    assert fitted(sizing, waiting=3) == 3
    assert fitted(sizing, letters=1_000_000) == 4


def test_one_command_leaves_whatever_it_costs() -> None:
    sizing = Sizing(60)
    sizing.took(["m"], 500)
    assert fitted(sizing) == 1
    assert fitted(sizing, letters=9_000_000) == 1


def test_a_batch_takes_half_of_the_portals_time() -> None:
    sizing = Sizing(60)
    sizing.took(["m"] * 10, 20)
    assert fitted(sizing) == 15


def test_costs_rise_at_once_and_fall_by_halves() -> None:
    sizing = Sizing(60)
    sizing.took(["m"] * 10, 10)
    sizing.took(["m"] * 10, 40)
    assert fitted(sizing) == 7
    sizing.took(["m"] * 10, 20)
    assert fitted(sizing) == 10
    sizing.took([], 100)
    assert fitted(sizing) == 10


def test_methods_are_measured_each_for_itself() -> None:
    sizing = Sizing(60)
    sizing.took(["slow"] * 2, 20)
    assert (fitted(sizing, method="slow"), fitted(sizing, method="other")) == (3, 10)


@given(st.integers(1, 50), st.floats(1, 3600))
def test_after_a_batch_that_used_up_the_time_there_are_half_as_many(count: int, ceiling: float) -> None:
    sizing = Sizing(ceiling, cautious=False)
    sizing.lost(["m"] * count, ceiling)
    assert fitted(sizing) == max(1, count // 2)


def test_an_answer_that_was_lost_quickly_says_nothing_of_size() -> None:
    sizing = Sizing(60, cautious=False)
    sizing.lost(["m"] * 50, 3)
    assert fitted(sizing) == MOST
