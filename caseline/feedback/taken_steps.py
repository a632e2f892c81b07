"""SQL of the steps that an ask has taken."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.feedback import tables
from caseline.feedback.states import State

_moved = tables.moved


@dataclass(frozen=True, slots=True)
class Step:
    """A step that an ask has taken."""

    before: State | None
    after: State
    at: datetime
    by: str
    reason: str | None


def steps(connection: sa.Connection, ask_id: int) -> list[Step]:
    """All steps of an ask, in order."""
    columns = (_moved.c.before, _moved.c.after, _moved.c.at, _moved.c.by, _moved.c.reason)
    query = sa.select(*columns).where(_moved.c.ask_id == ask_id).order_by(_moved.c.id)
    return [
        Step(State(before) if before else None, State(after), at, by, reason)
        for before, after, at, by, reason in connection.execute(query)
    ]
