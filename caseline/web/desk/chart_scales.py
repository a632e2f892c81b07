"""Scales of charts: from values to places, with ticks that people would choose."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
_SPANS: Final = (
    *(1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY),
    *(3_650 * DAY, 36_500 * DAY),
)
"""Seconds that stand well on a logarithmic scale of time."""
_ROUND: Final = (0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100)
"""Distances between ticks of a scale that has a highest value."""
_TIMES: Final = (
    *(1, 5, 15, 30, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR),
    *(DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY, 60 * DAY, 180 * DAY, 365 * DAY, 730 * DAY, 3_650 * DAY),
)
"""Distances in seconds between two ticks of a scale of time."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values stand."""

    place: Callable[[float], float]
    ticks: tuple[float, ...]
    top: float
    """The value at the far end."""


def linear(greatest: float, length: float, most: int = 5, *, steps: Sequence[float] = ()) -> Scale:
    """From nothing to a round value that is not below the greatest; `most` ticks beside that of nothing.

    `steps`: distances to choose from; none: 1, 2 and 5 with any number of noughts, whole ones.
    """
    step = _step(greatest, most, steps)
    number = max(1, math.ceil(greatest / step - 1e-9))
    top = step * number
    return Scale(lambda value: length * min(max(value, 0), top) / top, tuple(step * i for i in range(number + 1)), top)


def between(low: float, high: float, length: float, most: int = 5) -> Scale:
    """From one value to another, both of them ticks, with ticks at round values between them."""
    step = _step(high - low, most, _ROUND)
    inner = (low + step * i for i in range(1, math.ceil((high - low) / step - 1e-9)))
    return Scale(lambda value: length * (min(max(value, low), high) - low) / (high - low), (low, *inner, high), high)


def times(greatest: float, length: float, most: int = 5) -> Scale:
    """The same for seconds, with ticks of whole minutes, hours or days."""
    return linear(greatest, length, most, steps=_TIMES)


def spans(least: float, greatest: float, length: float, most: int = 8) -> Scale:
    """A logarithmic scale of seconds, from a tick that is not above the least to one that is not below the greatest.

    What is shorter than a second stands at its beginning.
    """
    first = max([i for i, span in enumerate(_SPANS) if span <= max(least, 1)], default=0)
    last = min([i for i, span in enumerate(_SPANS) if span >= greatest], default=len(_SPANS) - 1)
    last = max(last, first + 1)
    chosen = _SPANS[first : last + 1]
    low, high = math.log(chosen[0]), math.log(chosen[-1])

    def place(value: float) -> float:
        return length * (math.log(min(max(value, chosen[0]), chosen[-1])) - low) / (high - low)

    every = math.ceil(len(chosen) / most)
    return Scale(place, chosen[::every], chosen[-1])


def thinned(number: int, most: int) -> range:
    """Which of so many labels are written, so that at most `most` are; the first one always."""
    return range(0, number, max(1, math.ceil(number / max(most, 1))))


def _step(greatest: float, most: int, steps: Sequence[float]) -> float:
    least = max(greatest, 1e-9) / most
    for step in steps:
        if step >= least:
            return step
    if steps:
        return steps[-1] * math.ceil(least / steps[-1])
    power = 10.0 ** math.floor(math.log10(max(least, 1)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= min(max(least, 1), power * 10))
