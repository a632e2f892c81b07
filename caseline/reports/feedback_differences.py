"""How a figure of feedback differs from an earlier one: shown only where no difference is unlikely."""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

from caseline.feedback.intervals import ENOUGH, Interval, Mean, Nps

_Z: Final = NormalDist().inv_cdf(0.975)


class Change(StrEnum):
    """What may be said of two figures."""

    TOO_FEW = "too few"
    NONE = "no difference shown"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Difference:
    """How one figure differs from an earlier one."""

    change: Change
    value: float | None = None
    interval: Interval | None = None


def nps_difference(now: Nps, before: Nps) -> Difference:
    """Of two scores: their adjusted errors in quadrature."""
    if now.value is None or before.value is None:
        return Difference(Change.TOO_FEW)
    error = math.hypot(_nps_error(now), _nps_error(before))
    return _difference(now.value - before.value, error, min(now.number, before.number))


def mean_difference(now: Mean | None, before: Mean | None) -> Difference:
    """Of two means on one scale: their errors in quadrature."""
    if now is None or before is None:
        return Difference(Change.TOO_FEW)
    error = math.hypot(now.deviation / math.sqrt(now.number), before.deviation / math.sqrt(before.number))
    return _difference(now.value - before.value, error, min(now.number, before.number))


def _difference(value: float, error: float, number: int) -> Difference:
    interval = Interval(value - _Z * error, value + _Z * error)
    if number < ENOUGH:
        return Difference(Change.TOO_FEW, value, interval)
    if interval.low <= 0 <= interval.high:
        return Difference(Change.NONE, value, interval)
    return Difference(Change.UP if value > 0 else Change.DOWN, value, interval)


def _nps_error(score: Nps) -> float:
    n = score.number + 3
    up, down = (score.promoters + 0.75) / n, (score.detractors + 0.75) / n
    return 100 * math.sqrt((up + down - (up - down) ** 2) / n)
