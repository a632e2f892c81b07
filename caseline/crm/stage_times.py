"""How long visits to stages have lasted, one by one and added up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from caseline.crm.cards import StageRow, Total
from caseline.timing import instants
from caseline.timing.clock import Clock, Duration


def lasted(clock: Clock, since: datetime, until: datetime, *, pausing: bool) -> Duration:
    """Elapsed and business time of a visit; that of one which pauses the clock is paused time, and no other.

    Outside the years that can be counted there is no business time.
    """
    elapsed_s = instants.whole(until) - instants.whole(since)
    since, until = instants.countable(since), instants.countable(until)
    return replace(clock.duration(since, until, pauses=[(since, until)] if pausing else ()), elapsed_s=elapsed_s)


def totals(rows: Iterable[StageRow]) -> list[Total]:
    """One total for each stage that was left, in the order of the first visits.

    Rows that are not counted yet (right after an import) count as visits without business time.
    """
    left: dict[str, list[StageRow]] = {}
    for row in rows:
        if row.left_at is not None:
            left.setdefault(row.stage, []).append(row)
    return [
        Total(
            stage=stage,
            visits=len(visits),
            elapsed_s=sum(row.elapsed_s or 0 for row in visits),
            business_s=sum(row.business_s or 0 for row in visits),
            paused_s=sum(row.paused_s or 0 for row in visits),
        )
        for stage, visits in left.items()
    ]
