"""Deadlines of many records, and what they are counted from, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caseline.timing.vocabulary import Mode

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What deadlines are counted from: a line for each record, as columns."""

    ids: Numbers
    starts: Numbers
    """UTC seconds."""
    targets: Numbers
    """Seconds."""
    modes: Sequence[Mode]
    paused: NDArray[np.bool_]
    """Whether the clock of the record has stood still."""


@dataclass(frozen=True, slots=True)
class Dues:
    """Deadlines and warnings of records in one mode, with what they were counted from; columns, in UTC seconds."""

    mode: Mode
    ids: Numbers
    dues: Numbers
    warns: Numbers
    starts: Numbers
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
