"""Counts the deadlines of many open requests anew, in arrays where no clock has stood still."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caseline.crm import deadlines
from caseline.crm.deadlines import WARN_PERCENT
from caseline.crm.terms import SECOND, Dues, Terms
from caseline.timing import instants
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause
from caseline.timing.vocabulary import Mode

PausesOf = Callable[[Sequence[int]], Mapping[int, Sequence[Pause]]]
"""Pauses of records, by their ids; those that have none may be left out."""

_ORDER: Final = tuple(Mode)


def countable(terms: Terms) -> Terms:
    """Those of which a deadline can be counted: a legacy date may lie where no calendar reaches."""
    some = (terms.starts >= instants.FIRST) & (terms.starts < instants.LAST_START)
    modes = [mode for mode, wanted in zip(terms.modes, some, strict=True) if wanted]
    return Terms(terms.ids[some], terms.starts_us[some], terms.targets[some], modes, terms.paused[some])


def count(terms: Terms, clock: Callable[[Mode], Clock], pauses: PausesOf) -> Iterator[Dues]:
    """New deadlines, mode by mode; `clock` builds the clock of a mode, `pauses` are asked for many records at once.

    A record with a pause that no calendar reaches is left out.
    """
    modes = np.array([_ORDER.index(mode) for mode in terms.modes], dtype=np.int64)
    stood = pauses(terms.ids[terms.paused].tolist()) if terms.paused.any() else {}
    for number in np.unique(modes):
        mode = _ORDER[int(number)]
        counting = clock(mode)
        here = modes == number
        plain, paused = here & ~terms.paused, here & terms.paused
        if plain.any():
            ids, starts, targets = terms.ids[plain], terms.starts[plain], terms.targets[plain]
            dues = counting.deadlines(starts, targets)
            warns = counting.warnings(starts, dues, WARN_PERCENT)
            yield Dues(mode, ids, dues, warns, terms.starts_us[plain], targets)
        if paused.any():
            yield _one_by_one(terms, paused, counting, stood)


def _one_by_one(terms: Terms, wanted: NDArray[np.bool_], clock: Clock, pauses: Mapping[int, Sequence[Pause]]) -> Dues:
    found = []
    for record_id, start, target in zip(terms.ids[wanted], terms.starts_us[wanted], terms.targets[wanted], strict=True):
        since, gaps = instants.moment(int(start) // SECOND), pauses.get(int(record_id), ())
        if deadlines.beyond(since, gaps):
            continue
        due = clock.deadline(since, int(target), pauses=gaps)
        warn = clock.warning(since, int(target), WARN_PERCENT, pauses=gaps)
        found.append((int(record_id), instants.seconds(due), instants.seconds(warn), int(start), int(target)))
    table = np.array(found, dtype=np.int64).reshape(-1, 5)
    return Dues(clock.mode, *table.T)
