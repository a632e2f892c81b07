"""Which rows are bad, who is whose parent, when things happened."""

import pytest

from caseline.sample.chance import stream
from caseline.sample.faults import Recipe
from caseline.sample.ids import IdSpace
from caseline.sample.kinship import Family
from caseline.sample.moments import END, Timeline, day, stamp
from caseline.sample.plan import Planner, Target, positions

IDS = IdSpace("500", 77_020_590)
BLANK = Recipe("blank", "MISSING", "Subject", values=("",))


@pytest.mark.parametrize("share", [0.001, 0.005, 0.03, 0.2])
def test_bad_rows_are_spread_evenly(share: float) -> None:
    found = positions(10_000, share, stream(1, "test"))

    assert len(found) == pytest.approx(10_000 * share, abs=1)
    assert found == sorted(set(found))


def test_small_file_still_has_one_bad_row_unless_none_are_wanted() -> None:
    assert len(positions(12, 0.005, stream(1, "test"))) == 1
    assert positions(12, 0, stream(1, "test")) == []


def test_second_row_of_an_id_comes_after_a_good_first() -> None:
    twice = Recipe("twice", "DUPLICATE", "Id", source="earlier")
    planner = Planner("Case", (twice,), stream(3, "test"), {"Case": Target(IDS)})

    plan = planner.plan(2_000, 0.01)

    indexes = {IDS.at(index): index for index in range(2_000)}
    firsts = {index: indexes[fault.value] for index, fault in plan.items()}
    assert all(first < index and first not in plan for index, first in firsts.items())


def test_recipe_that_cannot_be_had_gives_way_to_the_next() -> None:
    follower = Recipe("follows", "UNKNOWN_REFERENCE", "ContactId", source="failed", points_to="Contact")
    planner = Planner("Case", (follower, BLANK), stream(3, "test"), {"Contact": Target(IDS)})

    assert {fault.recipe for fault in planner.plan(2_000, 0.01).values()} == {BLANK}


def test_bad_rows_never_name_each_other_in_a_circle() -> None:
    follower = Recipe("follows", "UNKNOWN_REFERENCE", "ParentId", source="failed", points_to="Case")
    planner = Planner("Case", (follower, BLANK), stream(3, "test"), {"Case": Target(IDS)})

    plan = planner.plan(2_000, 0.05)

    roots = {IDS.at(index) for index, fault in plan.items() if fault.recipe is BLANK}
    assert {fault.value for fault in plan.values() if fault.recipe is follower} <= roots


def test_rows_that_are_no_good_are_not_spoiled() -> None:
    planner = Planner("Case", (BLANK,), stream(3, "test"), {}, good=lambda index: index % 2 == 0)

    assert all(index % 2 == 0 for index in planner.plan(2_000, 0.05))


def test_half_of_the_parents_come_later_and_no_line_ends_in_itself() -> None:
    family = Family(7, "Case", rows=20_000, one_in=50, usable=lambda index: index % 100 != 0)

    parents = {index: parent for index in range(20_000) if (parent := family.parent(index)) is not None}

    later = sum(parent > index for index, parent in parents.items())
    assert len(parents) / 20_000 == pytest.approx(0.04, abs=0.005)
    assert later / len(parents) == pytest.approx(0.5, abs=0.06)
    assert all(parent % 100 for parent in parents.values())
    for start, parent in parents.items():
        seen, here = {start}, parent
        while here in parents:
            assert here not in seen
            seen.add(here)
            here = parents[here]


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_families_of_a_few_rows_find_parents_among_them_or_none(rows: int) -> None:
    for seed in range(200):
        family = Family(seed, "Case", rows=rows, one_in=3, usable=lambda _index: True)
        parents = {index: family.parent(index) for index in range(rows)}
        assert all(p is None or (0 <= p < rows and p != index) for index, p in parents.items())


def test_moments_are_written_in_order_within_the_years() -> None:
    times = Timeline(290_000)
    moments = [times.at(index) for index in range(0, 290_000, 500)]

    assert moments == sorted(moments)
    assert stamp(moments[0]) == "2019-01-01 04:00:00"
    assert "2026-10-31 10" < stamp(times.at(289_999)) < stamp(END) == "2026-10-31 23:59:59"
    assert day(59 * 86_400) == "2019-03-01"
