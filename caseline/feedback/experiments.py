"""Compares variants of a campaign without being fooled by looking early: who gets which, and what came out.

The number of people for each variant is fixed before a campaign starts. Until it is reached there is no verdict: who
looks twenty times at two equal variants and stops at the first difference finds one in a quarter of all cases.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from statistics import NormalDist
from typing import Final

from caseline.feedback.intervals import Interval, Share

LEVEL: Final = 0.05
"""How often equal variants may be called different."""
POWER: Final = 0.8
"""How often a difference of the expected size is found."""
_PARTS: Final = 10_000
_FEW: Final = 5
_SUSPICIOUS: Final = 0.001
_NORMAL: Final = NormalDist()


def arm(experiment: str, person: str, shares: Sequence[int]) -> int:
    """The place of the variant that somebody gets: the same one each time, another one in another experiment.

    `shares` are whole numbers, such as 50 and 50; they need not add up to a hundred. What was chosen is kept with the
    ask, since shares may be changed later. Raises `ValueError` when nothing can be chosen.
    """
    if any(share < 0 for share in shares) or not sum(shares):
        raise ValueError("the shares of variants are whole numbers, and one of them at least is more than nothing")
    digest = hashlib.sha256(f"{experiment}:{person}".encode()).digest()
    place = int.from_bytes(digest[:8]) % _PARTS * sum(shares) // _PARTS
    return next(number for number, until in enumerate(accumulate(shares)) if place < until)


def needed(now: float, expected: float, *, level: float = LEVEL) -> int:
    """People for each of two variants, to find the difference of two shares (Cohen's effect size h).

    Raises `ValueError` for shares that are equal or none.
    """
    if not (0 < now < 1 and 0 < expected < 1) or now == expected:
        raise ValueError("two different shares between 0 and 1 are needed")
    h = 2 * math.asin(math.sqrt(expected)) - 2 * math.asin(math.sqrt(now))
    return math.ceil(2 * ((_NORMAL.inv_cdf(1 - level / 2) + _NORMAL.inv_cdf(POWER)) / h) ** 2)


def difference(one: Share, other: Share) -> Interval:
    """In which the difference of two shares lies in 95 of 100 cases: Newcombe's hybrid score interval (1998).

    Raises `ValueError` when one of them is of nothing.
    """
    first, second = one.interval, other.interval
    if first is None or second is None or one.value is None or other.value is None:
        raise ValueError("a share of nothing has no difference from another")
    p, q = one.value, other.value
    return Interval(
        p - q - math.hypot(p - first.low, second.high - q), p - q + math.hypot(first.high - p, q - second.low)
    )


def likelihood(one: Share, other: Share) -> float:
    """How likely a difference as large is between equal variants, from 0 to 1.

    The pooled z test of two proportions; Fisher's exact test where a cell would be expected to hold less than five.
    """
    if not one.number or not other.number:
        return 1.0
    n = one.number + other.number
    hits = one.hits + other.hits
    if not 0 < hits < n:
        return 1.0
    if min(one.number, other.number) * min(hits, n - hits) / n < _FEW:
        return _fisher(one, other)
    pooled = hits / n
    spread = math.sqrt(pooled * (1 - pooled) * (1 / one.number + 1 / other.number))
    return math.erfc(abs(one.hits / one.number - other.hits / other.number) / spread / math.sqrt(2))


def _fisher(one: Share, other: Share) -> float:
    n, hits = one.number + other.number, one.hits + other.hits

    def chance(found: int) -> float:
        logs = _choices(one.number, found) + _choices(other.number, hits - found) - _choices(n, hits)
        return math.exp(logs)

    here = chance(one.hits)
    every = (chance(found) for found in range(max(0, hits - other.number), min(hits, one.number) + 1))
    # Tables that are as likely come out a little different.
    return min(1.0, sum(each for each in every if each <= here * (1 + 1e-7)))


def _choices(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def askew(counts: Sequence[int], shares: Sequence[int]) -> bool:
    """Whether people were not spread as they should have been (chi-square, p < 0.001): something is wrong then."""
    n, whole = sum(counts), sum(shares)
    if not n:
        return False
    if any(count and not share for count, share in zip(counts, shares, strict=True)):
        return True
    expected = [(count, n * share / whole) for count, share in zip(counts, shares, strict=True) if share]
    statistic = sum((count - wanted) ** 2 / wanted for count, wanted in expected)
    return _beyond(statistic, len(expected) - 1) < _SUSPICIOUS


def _beyond(statistic: float, degrees: int) -> float:
    """The chance of a chi-square value as large: the regularised gamma function, by its recurrence in halves."""
    if not degrees:
        return 1.0
    x = statistic / 2
    a, found = (0.5, math.erfc(math.sqrt(x))) if degrees % 2 else (1.0, math.exp(-x))
    while a < degrees / 2:
        found += math.exp(a * math.log(x) - x - math.lgamma(a + 1)) if x else 0.0
        a += 1
    return found


class Outcome(StrEnum):
    """What may be said of a comparison; nothing else is."""

    RUNNING = "running"
    """The number that was planned is not reached."""
    BETTER = "better"
    SAME = "no difference shown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to."""

    outcome: Outcome
    winner: int | None = None
    """Place of the variant that is better than every other one."""
    missing: int = 0
    """People whom the variant that has fewest still needs."""


def verdict(arms: Sequence[Share], planned: int) -> Verdict:
    """What came out of variants, with the answered ones of those who were asked as shares.

    Each pair is compared, by Holm's rule when there are more than two variants. Raises `ValueError` for fewer than two.
    """
    if len(arms) < 2:  # noqa: PLR2004 - one has nothing to be compared with
        raise ValueError("two variants at least are compared")
    missing = max(0, planned - min(each.number for each in arms))
    if missing:
        return Verdict(Outcome.RUNNING, missing=missing)
    best = max(range(len(arms)), key=lambda place: arms[place].value or 0.0)
    pairs = sorted((likelihood(arms[one], arms[other]), one, other) for one in range(len(arms)) for other in range(one))
    shown = set()
    for place, (chance, one, other) in enumerate(pairs):
        if chance > LEVEL / (len(pairs) - place):
            break
        shown.add(frozenset((one, other)))
    others = (place for place in range(len(arms)) if place != best)
    if all(frozenset((best, other)) in shown for other in others):
        return Verdict(Outcome.BETTER, winner=best)
    return Verdict(Outcome.SAME)
