"""Counts the deadlines of open requests anew when their calendar has a new version; closed ones keep theirs."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from caseline.crm import recount as counting
from caseline.crm.intake import Intake


@dataclass(frozen=True, slots=True)
class Recount:
    """What a new version of a calendar did to deadlines."""

    open: int
    """Open requests whose deadline the calendar decides."""
    moved: int = 0
    """Those of them whose deadline is another now; each stands in the log with old and new."""


def recount(connection: sa.Connection, intake: Intake, calendar_id: str, *, reason: str, now: datetime) -> Recount:
    """Count by the newest version, in the caller's transaction, as sets."""
    terms = intake.cards.terms(connection, calendar_id)
    version = intake.clocks.newest(connection, calendar_id).calendar.version
    moved = 0
    for dues in counting.count(
        terms,
        partial(intake.clocks.newest, connection, calendar_id),
        partial(intake.cards.pauses, connection),
    ):
        moved += intake.cards.set_deadlines(connection, dues, version, reason=reason, at=now)
    return Recount(len(terms.ids), moved)
