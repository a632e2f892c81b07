"""Does what follows from answers, one by one: each in a transaction of its own, once, tried again until it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import (
    follow_assignment,
    follow_bonus,
    follow_correction,
    follow_event,
    follow_notice,
    follow_record,
    follow_review,
    follow_webhook,
)
from caseline.actions.follow_ground import Gone
from caseline.actions.wiring import House
from caseline.feedback import asks, effects
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.follow import Do
from caseline.feedback.states import State

Handler = Callable[..., str]
"""Does it in the caller's transaction, and answers what came of it: (house, connection, ask, effect, *, now)."""
HANDLERS: Final[Mapping[str, Handler]] = {
    effects.EVENT: follow_event.handle,
    effects.CORRECTION: follow_correction.handle,
    Do.NOTICE: follow_notice.handle,
    Do.ASSIGNMENT: follow_assignment.handle,
    Do.RECORD: follow_record.handle,
    Do.REVIEW: follow_review.handle,
    Do.BONUS: follow_bonus.handle,
    Do.WEBHOOK: follow_webhook.handle,
}
AT_ONCE: Final = 500
"""Asks that are closed in one go."""


@dataclass(slots=True)
class Done:
    """What was done."""

    done: int = 0
    failed: int = 0
    """They are tried again."""
    closed: int = 0
    """Asks of which nothing is left to do."""


def run(house: House, *, now: datetime, ask_id: int | None = None) -> Done:
    """Do all that is due, of one ask or of all; what cannot be done keeps back nothing else.

    Killed anywhere, the next call goes on: an effect is marked as done in the transaction that does it. Several may run
    at once; each takes what nobody else has.
    """
    found = Done()
    while (came := _one(house, ask_id, now)) is not None:
        if came:
            found.done += 1
        else:
            found.failed += 1
    found.closed = _close(house, ask_id, now)
    return found


def _one(house: House, ask_id: int | None, now: datetime) -> bool | None:
    """Do the next one that is due; None when there is none, False when it failed."""
    effect: Effect | None = None
    try:
        with house.engine.begin() as connection:
            effect = effects.claim(connection, now=now, ask_id=ask_id)
            if effect is None:
                return None
            # Nobody judges the ask anew meanwhile, or does something else that follows from it.
            ask = asks.hold(connection, effect.ask_id)
            assert ask is not None  # noqa: S101 - the database keeps to it
            try:
                with connection.begin_nested():
                    result = _handled(house, connection, ask, effect, now)
            except Gone as error:
                result = f"nothing can follow: {error}"
            effects.done(connection, effect, result, now=now)
    except Exception as error:
        if effect is None:
            raise
        with house.engine.begin() as connection:
            effects.failed(connection, effect, f"{type(error).__name__}: {error}", now=now)
        return False
    return True


def _handled(house: House, connection: sa.Connection, ask: Ask, effect: Effect, now: datetime) -> str:
    handler = HANDLERS.get(effect.kind)
    if handler is None:
        raise LookupError(f"ask {ask.id}: nothing here does {effect.kind!r}; a newer version of caseline may")
    return handler(house, connection, ask, effect, now=now)


def _close(house: House, ask_id: int | None, now: datetime) -> int:
    """Answered asks of which nothing is left to do are closed."""
    with house.engine.begin() as connection:
        closed = 0
        for number in effects.to_close(connection, AT_ONCE, ask_id=ask_id):
            ask = asks.hold(connection, number)
            # Looked at again now that nobody can plan more.
            if ask is not None and ask.state is State.ANSWERED and not effects.open_of(connection, number):
                closed += asks.move(connection, ask, State.CLOSED, by="job", now=now)
    return closed
