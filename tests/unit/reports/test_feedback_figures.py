"""Figures of feedback: a small set counted on paper, and the same intervals as scipy and statsmodels have."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from caseline.feedback.experiments import Outcome
from caseline.feedback.intervals import Mean, Nps
from caseline.reports import feedback_differences, feedback_figures
from caseline.reports.feedback_differences import Change
from caseline.reports.feedback_figures import Arm, Tally, Trial

# Ten answers: 10, 9, 9, 8, 7, 7, 6, 3, 0, 10 of 0 to 10; and five smileys of 1 to 5: 5, 4, 4, 2, 1.
TEN = {10: 2, 9: 2, 8: 1, 7: 2, 6: 1, 3: 1, 0: 1}
FIVE = {5: 1, 4: 2, 2: 1, 1: 1}
values = st.dictionaries(st.integers(1, 5), st.integers(1, 40), min_size=1)


def test_a_small_set_counted_on_paper() -> None:
    tally = Tally({(0, 10): TEN, (1, 5): FIVE})

    assert (tally.number, tally.scales, tally.mixed) == (15, ((0, 10), (1, 5)), True)
    assert (tally.nps.promoters, tally.nps.passives, tally.nps.detractors, tally.nps.value) == (4, 3, 3, 10.0)
    assert (tally.best.hits, tally.best.number) == (4 + 3, 15)
    with pytest.raises(ValueError, match="different scales have no mean"):
        tally.mean(normal=False)
    mean = tally.mean(normal=True)
    # 0 to 10 in tens: 100 + 100 + 90 + 90 + 80 + 70 + 70 + 60 + 30 + 0 = 690; 1 to 5 in 25s: 100 + 75 + 75 + 25 + 0 = 275.
    assert mean is not None
    assert mean.value == pytest.approx((690 + 275) / 15)
    alone = Tally({(1, 5): FIVE}).mean(normal=False)
    assert alone is not None
    assert (alone.value, alone.number) == (16 / 5, 5)
    assert Tally({}).mean(normal=False) is None
    assert feedback_figures.added([Tally({(1, 5): FIVE}), Tally({(1, 5): {5: 4}, (0, 10): TEN})]).counts == {
        (1, 5): {5: 5, 4: 2, 2: 1, 1: 1},
        (0, 10): TEN,
    }


@pytest.mark.parametrize(("scale", "best"), [((1, 5), 4), ((1, 2), 2), ((1, 3), 2), ((0, 10), 9), ((0, 1), 1)])
def test_the_two_best_values_are_never_the_whole_scale(scale: tuple[int, int], best: int) -> None:
    assert feedback_figures.best_from(*scale) == best


@given(values)
def test_the_share_of_the_best_has_the_interval_of_statsmodels(counts: dict[int, int]) -> None:
    best = Tally({(1, 5): counts}).best
    low, high = proportion_confint(best.hits, best.number, method="wilson")

    assert best.interval is not None
    assert (best.interval.low, best.interval.high) == pytest.approx((low, high), abs=1e-9)


@given(values)
def test_a_mean_on_a_hundred_has_the_interval_of_scipy(counts: dict[int, int]) -> None:
    plain = [(value - 1) * 25 for value, number in counts.items() for _ in range(number)]
    assume(len(plain) >= 10)
    mean = Tally({(1, 5): counts}).mean(normal=True)

    assert mean is not None
    assert mean.value == pytest.approx(sum(plain) / len(plain))
    if len(set(plain)) > 1:
        low, high = stats.t.interval(0.95, len(plain) - 1, loc=stats.tmean(plain), scale=stats.sem(plain))
        assert mean.interval is not None
        assert (mean.interval.low, mean.interval.high) == pytest.approx((low, high), rel=1e-3, abs=1e-2)


def test_a_difference_is_shown_only_where_zero_lies_outside() -> None:
    before, now = Nps(50, 30, 20), Nps(20, 30, 50)
    found = feedback_differences.nps_difference(now, before)
    # Adjusted: shares (50.75, 20.75) of 103, error of each 7.67; both in quadrature 10.85, times 1.96 = 21.3.
    error = 1.959964 * math.sqrt(2) * 100 * math.sqrt((71.5 / 103 - (30 / 103) ** 2) / 103)
    assert (found.change, found.value) == (Change.DOWN, -60.0)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((-60 - error, -60 + error), abs=1e-3)
    assert feedback_differences.nps_difference(Nps(52, 30, 18), before).change is Change.NONE
    assert feedback_differences.nps_difference(Nps(20, 5, 4), before).change is Change.TOO_FEW
    assert feedback_differences.nps_difference(Nps(0, 0, 0), before).change is Change.TOO_FEW
    assert feedback_differences.mean_difference(Mean(4.5, 100, 0.5), Mean(4.0, 100, 0.5)).change is Change.UP
    assert feedback_differences.mean_difference(Mean(4.01, 100, 0.5), Mean(4.0, 100, 0.5)).change is Change.NONE
    assert feedback_differences.mean_difference(None, Mean(4.0, 100, 0.5)).change is Change.TOO_FEW


def test_no_verdict_before_the_planned_number_nor_without_a_plan() -> None:
    arms = (Arm("1", "a", 50, 148, 90, 62), Arm("2", "b", 50, 355, 200, 45))
    early = Trial("1", "x", arms, 356).verdict
    assert early is not None
    assert (early.outcome, early.missing) == (Outcome.RUNNING, 208)
    assert Trial("1", "x", arms, None).verdict is None
    assert Trial("1", "x", arms, 100, whole=False).verdict is None
    late = Trial("1", "x", arms, 148).verdict
    assert late is not None
    assert (late.outcome, late.winner) == (Outcome.BETTER, 0)
    assert Trial("1", "x", arms, 148).askew
    assert not Trial("1", "x", (Arm("1", "a", 0, 0, 0, 0), arms[1]), 148).askew


@pytest.mark.parametrize(
    ("document", "number"),
    [
        ({"planned": {"base": 0.3, "hoped": 0.4}}, 356),
        ({"planned": {"base": 0.3, "hoped": 0.3}}, None),
        ({"planned": {"base": "x", "hoped": 0.4}}, None),
        ({"planned": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_the_planned_number_follows_from_what_a_campaign_hopes_for(document: object, number: int | None) -> None:
    assert feedback_figures.planned(document) == number
