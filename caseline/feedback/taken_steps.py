"""SQL of the steps that an ask has taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.feedback.states import State

_TAKEN: Final = sa.text("SELECT before, after, at, by, reason FROM feedback.taken WHERE ask_id = :id ORDER BY number")


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
    return [
        Step(State(before) if before else None, State(after), at, by, reason)
        for before, after, at, by, reason in connection.execute(_TAKEN, {"id": ask_id})
    ]


def again(connection: sa.Connection, ask_id: int, state: State) -> str:
    """What tells the letters of a state from those of the times before in which an ask came into it; empty at first."""
    times = sum(one.after is state for one in steps(connection, ask_id))
    return f" again {times}" if times > 1 else ""
