"""Shares, means and Net Promoter Scores with the interval in which the true one lies in 95 of 100 cases.

No number of feedback is shown without its interval and without how many answers it comes from; under `ENOUGH` there is
too little to judge. Formulas are those of the literature named at each; tests compare them with scipy and statsmodels.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

ENOUGH: Final = 30
"""Answers below which a figure is shown as too few to judge."""
_Z: Final = NormalDist().inv_cdf(0.975)
_PROMOTER, _PASSIVE = 9, 7


@dataclass(frozen=True, slots=True)
class Interval:
    """From one bound to the other, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a number of answers."""

    hits: int
    number: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None without an answer."""
        return self.hits / self.number if self.number else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's score interval (1927), which stays within 0 and 1 and holds for few answers, too."""
        if not self.number:
            return None
        n, p = self.number, self.hits / self.number
        middle = p + _Z**2 / (2 * n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        scale = 1 + _Z**2 / n
        # Rounding must not carry a bound beyond what a share can be.
        low = 0.0 if self.hits == 0 else (middle - half) / scale
        high = 1.0 if self.hits == n else (middle + half) / scale
        return Interval(low, high)


@dataclass(frozen=True, slots=True)
class Nps:
    """A Net Promoter Score: answers from 0 to 10, of which 9 and 10 promote, and 0 to 6 detract."""

    promoters: int
    passives: int
    detractors: int

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Nps":
        """From how often each answer was given. Raises `ValueError` for one that is not on the scale."""
        if any(value not in range(11) for value in counts):
            raise ValueError("the Net Promoter Score is of answers from 0 to 10")
        promoters = sum(number for value, number in counts.items() if value >= _PROMOTER)
        detractors = sum(number for value, number in counts.items() if value < _PASSIVE)
        return cls(promoters, sum(counts.values()) - promoters - detractors, detractors)

    @property
    def number(self) -> int:
        """Answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def value(self) -> float | None:
        """From -100 to 100; None without an answer."""
        return 100 * (self.promoters - self.detractors) / self.number if self.number else None

    @property
    def interval(self) -> Interval | None:
        """Adjusted Wald: three answers are added, spread as 3/4, 3/2, 3/4 (Rocks 2016); the plain one is too narrow."""
        if not self.number:
            return None
        n = self.number + 3
        up, down = (self.promoters + 0.75) / n, (self.detractors + 0.75) / n
        middle = up - down
        half = _Z * math.sqrt((up + down - middle**2) / n)
        return Interval(100 * max(-1.0, middle - half), 100 * min(1.0, middle + half))


def coefficient(answer: int) -> int:
    """What one answer counts in a Net Promoter Score: 100, 0 or -100. Raises `ValueError` off the scale."""
    score = Nps.of({answer: 1})
    return 100 * (score.promoters - score.detractors)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of ratings on one scale, never of several."""

    value: float
    number: int
    deviation: float
    """Standard deviation of a sample; 0 of a single rating."""

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Mean | None":
        """From how often each value was given; None when none was."""
        n = sum(counts.values())
        if not n:
            return None
        mean = sum(value * number for value, number in counts.items()) / n
        squares = sum(number * (value - mean) ** 2 for value, number in counts.items())
        return cls(mean, n, math.sqrt(squares / (n - 1)) if n > 1 else 0.0)

    @property
    def interval(self) -> Interval | None:
        """Student's; None of a single rating. It may reach beyond the scale when ratings are few."""
        if self.number < 2:  # noqa: PLR2004 - one rating says nothing of how much they differ
            return None
        half = _student(self.number - 1) * self.deviation / math.sqrt(self.number)
        return Interval(self.value - half, self.value + half)


def _student(degrees: int) -> float:
    """The quantile of Student's distribution for 95 %, exact for 1 and 2, by Fisher's expansion for more.

    The expansion is off by 4 % for 3 degrees, by less than 0.1 % from 9 on; figures of fewer answers are not judged.
    """
    if degrees == 1:
        return math.tan(math.pi * 0.475)
    if degrees == 2:  # noqa: PLR2004 - the closed form for two
        return 0.95 * math.sqrt(2 / (1 - 0.95**2))
    z, v = _Z, degrees
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
