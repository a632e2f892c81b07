"""Figures of feedback against scipy and statsmodels, which share no code with them."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from caseline.feedback import intervals
from caseline.feedback.intervals import Mean, Nps, Share

HITS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(HITS)
def test_the_interval_of_a_share_is_wilsons(hits: tuple[int, int]) -> None:
    found = Share(*hits).interval
    wanted = stats.binomtest(*hits).proportion_ci(method="wilson")

    assert found is not None
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert 0 <= found.low <= hits[0] / hits[1] <= found.high <= 1


def test_a_share_of_nothing_has_neither_value_nor_interval() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert (Nps(0, 0, 0).value, Nps(0, 0, 0).interval) == (None, None)
    assert Mean.of({}) is None


@given(st.dictionaries(st.integers(0, 10), st.integers(0, 50)))
def test_a_score_counts_promoters_and_detractors(counts: Mapping[int, int]) -> None:
    answers = [value for value, number in counts.items() for _ in range(number)]
    score = Nps.of(counts)

    assert score.number == len(answers)
    if answers:
        assert score.value == pytest.approx(np.mean([intervals.coefficient(answer) for answer in answers]))
        assert score.interval is not None
        assert -100 <= score.interval.low < score.interval.high <= 100


@pytest.mark.parametrize(("answer", "counts"), [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)])
def test_one_answer_is_a_promoter_a_passive_or_a_detractor(answer: int, counts: int) -> None:
    assert intervals.coefficient(answer) == counts


@pytest.mark.parametrize("answer", [-1, 11])
def test_an_answer_off_the_scale_is_refused(answer: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 10"):
        intervals.coefficient(answer)


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.08, 0.02), (0.2, 0.3, 0.5)])
@pytest.mark.parametrize("number", [10, 30, 100])
def test_the_interval_of_a_score_holds_the_true_one_in_92_of_100_cases_at_least(
    shares: tuple[float, float, float], number: int
) -> None:
    drawn = np.random.default_rng(7).multinomial(number, shares, size=4_000)
    true = 100 * (shares[0] - shares[2])

    held = [Nps(*map(int, each)).interval for each in drawn]

    assert np.mean([each is not None and each.low <= true <= each.high for each in held]) >= 0.92


@given(st.dictionaries(st.integers(1, 5), st.integers(0, 60)).filter(lambda counts: sum(counts.values()) > 9))
def test_the_interval_of_a_mean_is_students(counts: Mapping[int, int]) -> None:
    ratings = [value for value, number in counts.items() for _ in range(number)]
    mean = Mean.of(counts)

    assert mean is not None
    assert mean.interval is not None
    assert mean.value == pytest.approx(np.mean(ratings))
    error = float(stats.sem(ratings))
    low, high = stats.t.interval(0.95, len(ratings) - 1, np.mean(ratings), error) if error else (mean.value,) * 2
    assert (mean.interval.low, mean.interval.high) == pytest.approx((low, high), rel=2e-3)


@pytest.mark.parametrize(("number", "off"), [(2, 1e-9), (3, 1e-9), (4, 0.04), (6, 0.01), (10, 0.001), (200, 1e-5)])
def test_few_ratings_have_wide_intervals(number: int, off: float) -> None:
    mean = Mean(3.0, number, 1.0)
    assert mean.interval is not None

    half = mean.interval.high - 3.0

    assert half == pytest.approx(stats.t.ppf(0.975, number - 1) / math.sqrt(number), rel=off)


def test_a_single_rating_has_no_interval() -> None:
    assert Mean.of({4: 1}) == Mean(4.0, 1, 0.0)
    assert Mean(4.0, 1, 0.0).interval is None
