"""The answer of a report: lines with counts and spreads of durations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caseline.reports.questions import Question, Spot

Seconds = NDArray[np.int32]
_SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things lasted, in seconds; between two of them the figures are interpolated."""

    number: int
    total: int
    p10: float
    p25: float
    median: float
    p75: float
    p90: float

    @property
    def mean(self) -> float:
        """The average."""
        return self.total / self.number


def spread(seconds: Seconds) -> Spread | None:
    """The spread of durations; none of none."""
    if not len(seconds):
        return None
    return Spread(len(seconds), int(seconds.sum(dtype=np.int64)), *map(float, np.quantile(seconds, _SHARES)))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report."""

    key: str
    label: str | None
    """As people call it; None where the key says it all, or stands for none."""
    counts: Mapping[str, int]
    elapsed: Spread | None = None
    business: Spread | None = None
    """Of those whose business time is counted already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A report."""

    question: Question
    lines: Sequence[Line]
    total: Line
    uncounted: int = 0
    """Visits whose business time is not counted yet, or closed requests of which nobody knows when they were closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A row behind a figure: a request, with what of it was counted."""

    record_id: int
    number: str
    subject: str
    stage: str
    category: str | None
    group: str | None
    person: str | None
    created_at: datetime
    closed_at: datetime | None
    due_at: datetime | None = None
    detail: str | None = None
    """The stage that was visited, the entry that was found, the title of the assignment."""
    elapsed_s: int | None = None
    business_s: int | None = None
    place: tuple[int, int] = (0, 0)
    """Where it stands in the list; the next part begins after it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rows behind a figure."""

    question: Question
    spot: Spot
    rows: Sequence[Behind] = field(default_factory=tuple)
    more: bool = False
    untimed: bool = False
    """Whether requests count as closed of which nobody knows when: lists of requests cannot find them by that."""
