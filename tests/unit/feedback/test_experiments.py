"""Comparisons of variants against scipy and statsmodels, and a verdict that does not come early."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import multitest, power, proportion

from caseline.feedback import experiments
from caseline.feedback.experiments import Outcome, Verdict
from caseline.feedback.intervals import Share

SHARES = st.integers(1, 300).flatmap(lambda n: st.builds(Share, st.integers(0, n), st.just(n)))


@given(SHARES, SHARES)
def test_the_interval_of_a_difference_is_newcombes(one: Share, other: Share) -> None:
    found = experiments.difference(one, other)
    wanted = proportion.confint_proportions_2indep(one.hits, one.number, other.hits, other.number, method="newcomb")

    assert (found.low, found.high) == pytest.approx(wanted, abs=1e-9)


@given(SHARES, SHARES)
def test_the_likelihood_is_of_the_z_test_or_of_fishers(one: Share, other: Share) -> None:
    table = [[one.hits, one.number - one.hits], [other.hits, other.number - other.hits]]
    assume(0 < one.hits + other.hits < one.number + other.number)
    expected = stats.contingency.expected_freq(np.array(table))
    assume(abs(expected.min() - 5) > 1e-9)
    if expected.min() < 5:
        wanted = float(stats.fisher_exact(table).pvalue)
    else:
        wanted = float(proportion.proportions_ztest([one.hits, other.hits], [one.number, other.number])[1])

    assert experiments.likelihood(one, other) == pytest.approx(wanted, abs=1e-6)


def test_known_figures_come_out() -> None:
    one, other = Share(45, 150), Share(62, 148)

    assert experiments.likelihood(one, other) == pytest.approx(0.03239, abs=1e-5)
    assert experiments.difference(one, other).low == pytest.approx(-0.2241, abs=1e-4)
    assert experiments.difference(one, other).high == pytest.approx(-0.0100, abs=1e-4)


@pytest.mark.parametrize(("now", "expected", "number"), [(0.1, 0.15, 681), (0.2, 0.25, 1_092), (0.3, 0.4, 356)])
def test_so_many_are_needed(now: float, expected: float, number: int) -> None:
    effect = proportion.proportion_effectsize(expected, now)
    wanted = power.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)

    assert experiments.needed(now, expected) == number == math.ceil(wanted)


@pytest.mark.parametrize(("now", "expected"), [(0.2, 0.2), (0, 0.5), (0.5, 1)])
def test_no_number_finds_no_difference(now: float, expected: float) -> None:
    with pytest.raises(ValueError, match="two different shares"):
        experiments.needed(now, expected)


def test_a_person_gets_the_same_variant_each_time_and_people_are_spread() -> None:
    people = [f"contact:{number}" for number in range(20_000)]
    found = [experiments.arm("autumn", person, [50, 30, 20]) for person in people]

    assert found == [experiments.arm("autumn", person, [50, 30, 20]) for person in people]
    counts = [Counter(found)[place] for place in range(3)]
    assert not experiments.askew(counts, [50, 30, 20])
    assert experiments.askew([counts[0] + 600, counts[1] - 300, counts[2] - 300], [50, 30, 20])
    # Another experiment does not put the same people together again.
    others = [experiments.arm("winter", person, [50, 50]) for person in people]
    firsts = [other for place, other in zip(found, others, strict=True) if place == 0]
    assert not experiments.askew([firsts.count(0), firsts.count(1)], [50, 50])


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6))
def test_a_skewed_spread_is_found_by_chi_square(counts: list[int]) -> None:
    assume(sum(counts))
    assert experiments.askew(counts, [1] * len(counts)) == bool(stats.chisquare(counts).pvalue < 0.001)


def test_whoever_got_a_variant_that_has_no_share_is_suspicious() -> None:
    assert experiments.askew([100, 1], [100, 0])
    assert not experiments.askew([100, 0], [100, 0])
    assert not experiments.askew([0, 0], [50, 50])


@pytest.mark.parametrize("shares", [[], [0, 0], [50, -1]])
def test_without_a_share_nobody_gets_anything(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="shares of variants"):
        experiments.arm("autumn", "contact:1", shares)


def test_before_the_planned_number_there_is_no_verdict() -> None:
    assert experiments.verdict([Share(10, 100), Share(90, 100)], 356) == Verdict(Outcome.RUNNING, missing=256)
    assert experiments.verdict([Share(40, 356), Share(320, 356)], 356) == Verdict(Outcome.BETTER, winner=1)
    assert experiments.verdict([Share(100, 356), Share(101, 356)], 356) == Verdict(Outcome.SAME)


@settings(max_examples=20)  # each question of statsmodels takes a fifth of a second
@given(st.lists(st.integers(0, 200).map(lambda hits: Share(hits, 200)), min_size=2, max_size=4))
def test_a_winner_beats_every_other_variant_by_holms_rule(arms: list[Share]) -> None:
    found = experiments.verdict(arms, 200)

    pairs = [(one, other) for one in range(len(arms)) for other in range(one)]
    chances = [experiments.likelihood(arms[one], arms[other]) for one, other in pairs]
    shown = multitest.multipletests(chances, alpha=0.05, method="holm")[0]
    best = max(range(len(arms)), key=lambda place: arms[place].hits)
    beaten = {frozenset(pair) for pair, different in zip(pairs, shown, strict=True) if different}
    alone = all(frozenset((best, other)) in beaten for other in range(len(arms)) if other != best)
    assert found == (Verdict(Outcome.BETTER, winner=best) if alone else Verdict(Outcome.SAME))


def test_equal_variants_are_called_different_in_five_of_a_hundred_cases_at_most() -> None:
    chance = np.random.default_rng(11)
    drawn = chance.binomial(400, 0.3, size=(3_000, 2))

    found = [experiments.verdict([Share(int(a), 400), Share(int(b), 400)], 400).outcome for a, b in drawn]

    assert found.count(Outcome.BETTER) / len(found) <= 0.06


def test_one_variant_has_nothing_to_be_compared_with() -> None:
    with pytest.raises(ValueError, match="two variants"):
        experiments.verdict([Share(1, 2)], 2)
