"""Decisions are judged by the usual measures, worked out here by hand."""

import numpy as np
import pytest

from keywords.learning import judging

TRUTH = ["a", "a", "a", "b", "b", "c"]
GIVEN = ["a", "a", "b", "b", None, "d"]


def test_measures() -> None:
    found = judging.judge(TRUTH, GIVEN)

    assert (found.texts, found.accuracy) == (6, 0.5)
    assert found.coverage == pytest.approx(5 / 6)
    assert found.precision_when_answered == pytest.approx(3 / 5)
    assert found.macro_f1 == pytest.approx((0.8 + 0.5 + 0) / 3)
    a, b, c, d = found.categories
    assert (a.category, a.texts, a.answered, a.precision, a.f1) == ("a", 3, 2, 1, 0.8)
    assert a.recall == pytest.approx(2 / 3)
    assert (b.precision, b.recall, b.f1) == (0.5, 0.5, 0.5)
    assert (c.texts, c.answered, c.f1) == (1, 0, 0)
    assert (d.texts, d.answered, d.precision) == (0, 1, 0)


def test_confusion() -> None:
    found = judging.judge(TRUTH, GIVEN)

    assert found.names == ("a", "b", "c", "d", "")
    assert np.array_equal(found.confusion[:3], [[2, 1, 0, 0, 0], [0, 1, 0, 0, 1], [0, 0, 0, 1, 0]])
    assert judging.confused(found) == [("a", "b", 1), ("b", "", 1), ("c", "d", 1)]


def test_nothing_to_judge() -> None:
    found = judging.judge([], [])

    assert (found.accuracy, found.coverage, found.precision_when_answered, found.macro_f1) == (0, 0, 0, 0)
    assert judging.confused(found) == []


@pytest.mark.parametrize(
    ("at", "older", "newer"),
    [
        (["5", "1", "4", "2", "3"], [1, 3, 4, 2], [0]),
        (["1", "1", "1", "1", "1"], [0, 1, 2, 3, 4], []),  # one moment stays together
        (["1", "2", "2", "2", "3"], [0, 1, 2, 3], [4]),
        ([], [], []),
    ],
)
def test_the_newest_are_judged_by(at: list[str], older: list[int], newer: list[int]) -> None:
    assert judging.by_time(at) == (older, newer)
