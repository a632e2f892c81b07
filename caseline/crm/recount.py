"""Counts the deadlines of many open requests anew, in arrays where no clock has stood still."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caseline.crm.deadlines import WARN_PERCENT
from caseline.crm.terms import Dues, Terms
from caseline.timing import instants
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause
from caseline.timing.vocabulary import Mode

PausesOf = Callable[[int], Sequence[Pause]]

_ORDER: Final = tuple(Mode)


def countable(terms: Terms) -> Terms:
    """Those of which a deadline can be counted: a legacy date may lie where no calendar reaches."""
    some = (terms.starts >= instants.FIRST) & (terms.starts < instants.LAST_START)
    modes = [mode for mode, wanted in zip(terms.modes, some, strict=True) if wanted]
    return Terms(terms.ids[some], terms.starts[some], terms.targets[some], modes, terms.paused[some])


def count(terms: Terms, clock: Callable[[Mode], Clock], pauses: PausesOf) -> Iterator[Dues]:
    """New deadlines, mode by mode; `clock` builds the clock of a mode."""
    modes = np.array([_ORDER.index(mode) for mode in terms.modes], dtype=np.int64)
    for number in np.unique(modes):
        counting = clock(_ORDER[int(number)])
        here = modes == number
        plain, stood = here & ~terms.paused, here & terms.paused
        if plain.any():
            dues = counting.deadlines(terms.starts[plain], terms.targets[plain])
            yield Dues(terms.ids[plain], dues, counting.warnings(terms.starts[plain], dues, WARN_PERCENT))
        if stood.any():
            yield _one_by_one(terms, stood, counting, pauses)


def _one_by_one(terms: Terms, wanted: NDArray[np.bool_], clock: Clock, pauses: PausesOf) -> Dues:
    found = []
    for record_id, start, target in zip(terms.ids[wanted], terms.starts[wanted], terms.targets[wanted], strict=True):
        since, gaps = instants.moment(int(start)), pauses(int(record_id))
        due = clock.deadline(since, int(target), pauses=gaps)
        warn = clock.warning(since, int(target), WARN_PERCENT, pauses=gaps)
        found.append((int(record_id), instants.seconds(due), instants.seconds(warn)))
    table = np.array(found, dtype=np.int64)
    return Dues(table[:, 0], table[:, 1], table[:, 2])
