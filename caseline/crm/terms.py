"""Deadlines of many records, and what they are counted from, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caseline.timing.vocabulary import Mode

Numbers = NDArray[np.int64]
SECOND: Final = 1_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What deadlines are counted from: a line for each record, as columns."""

    ids: Numbers
    starts_us: Numbers
    """UTC microseconds, as the database keeps them."""
    targets: Numbers
    """Seconds."""
    modes: Sequence[Mode]
    paused: NDArray[np.bool_]
    """Whether the clock of the record has stood still."""

    @property
    def starts(self) -> Numbers:
        """Whole UTC seconds, as clocks count."""
        return self.starts_us // SECOND


@dataclass(frozen=True, slots=True)
class Dues:
    """Deadlines and warnings of records in one mode, with what they were counted from: columns."""

    mode: Mode
    ids: Numbers
    dues: Numbers
    """UTC seconds."""
    warns: Numbers
    """UTC seconds."""
    starts_us: Numbers
    """UTC microseconds, as the database keeps them."""
    targets: Numbers
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Visits to stages that were left: a line for each, as columns."""

    records: Numbers
    rows: Numbers
    starts: Numbers
    """UTC seconds."""
    ends: Numbers
