"""Takes back an ask whose letter has not left: the letter is withdrawn, and the chat says nothing any more."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.chat import outgoing
from caseline.feedback import asks, dialogues
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import State
from caseline.outbox import care
from caseline.outbox.faults import OutboxFault

ANSWERED: Final = "answered before"


def take_back(connection: sa.Connection, ask: Ask, reason: str, *, now: datetime) -> bool:
    """Cancel an ask; False when its letter is on its way, or somebody else has moved it.

    Its period makes room: when it comes to what the campaign waits for again, the client is asked after all.
    """
    if not _withdrawn(connection, ask.letter_id, now):
        return False
    changes = {"reason": reason, "period": f"{reason} {ask.id}"}
    if not asks.move(connection, ask, State.CANCELLED, by="job", now=now, changes=changes):
        return False
    hush(connection, ask.id, reason, now=now)
    return True


def hush(connection: sa.Connection, ask_id: int, reason: str, *, now: datetime) -> None:
    """Ask nothing more in the chat of an ask, if it has one: what has not left is not said."""
    begun = dialogues.of_ask(connection, ask_id)
    if begun is not None and dialogues.end(connection, begun.id, Stage.ENDED, now=now):
        outgoing.drop_queued(connection, begun.id, reason)


def withdraw(connection: sa.Connection, ask: Ask, *, now: datetime) -> None:
    """There is an answer before it was sent: its letter stays here if it can, and its chat says nothing."""
    _withdrawn(connection, ask.letter_id, now)  # one on its way shows that an answer is there
    hush(connection, ask.id, ANSWERED, now=now)


def _withdrawn(connection: sa.Connection, letter_id: int | None, now: datetime) -> bool:
    """Whether no letter of it leaves any more."""
    if letter_id is None:
        return True
    try:
        care.cancel(connection, letter_id, now=now)
    except OutboxFault:
        return False  # it is on its way
    return True
