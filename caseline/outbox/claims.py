"""SQL of sending: letters are claimed by a lease, and what became of them is settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.outbox import showing, store
from caseline.outbox.endings import Ending, Said
from caseline.outbox.letters import Letter, State
from caseline.outbox.tables import letter, recipient


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send a letter, until somebody else has a higher fence."""

    letter_id: int
    fence: int
    attempts: int
    """This one included."""


def alone(connection: sa.Connection) -> None:
    """Nobody else claims a letter until the transaction ends: the brake counts right."""
    named_locks.hold(connection, ["outbox.claim"])


def due(connection: sa.Connection, *, now: datetime) -> bool:
    """Whether there is a letter to send."""
    return connection.execute(_next(now)).one_or_none() is not None


def claim(connection: sa.Connection, owner: str, *, now: datetime, until: datetime) -> Claim | None:
    """The next letter that is due and that no older one of its thread waits before, leased to `owner`."""
    chosen = connection.execute(_next(now).with_for_update(skip_locked=True)).scalar_one_or_none()
    if chosen is None:
        return None
    leased = (
        sa.update(letter)
        .values(
            state=State.SENDING.value,
            owner=owner,
            until=until,
            fence=letter.c.fence + 1,
            attempts=letter.c.attempts + 1,
            taken_at=sa.func.coalesce(letter.c.taken_at, now),
        )
        .where(letter.c.id == chosen)
        .returning(letter.c.id, letter.c.fence, letter.c.attempts)
    )
    return Claim(*connection.execute(leased).one())


def renew(connection: sa.Connection, mine: Claim, *, until: datetime) -> bool:
    """Hold a letter longer; False when somebody else has it by now."""
    return connection.execute(sa.update(letter).values(until=until).where(_of(mine))).rowcount == 1


def give_back(connection: sa.Connection, mine: Claim) -> bool:
    """Nothing was tried: the letter is queued as it was."""
    values = {"state": State.QUEUED.value, "owner": None, "until": None, "attempts": letter.c.attempts - 1}
    return connection.execute(sa.update(letter).values(values).where(_of(mine))).rowcount == 1


def settle(connection: sa.Connection, mine: Claim, ending: Ending, said: Mapping[int, Said], *, now: datetime) -> bool:
    """Write down what became of the letter and of its recipients (by position); False when a stale sender tries.

    One that was withdrawn meanwhile stays so, unless it has left.
    """
    done = ending.state is not State.QUEUED
    values = {
        "state": ending.state.value,
        "reason": ending.reason,
        "owner": None,
        "until": None,
        "done_at": now if done else None,
    }
    if ending.due_at is not None:
        values["due_at"] = ending.due_at
    withdrawn = State.CANCELLED.value if ending.state is State.SENT else State.SENDING.value
    still = sa.and_(_fenced(mine), letter.c.state.in_([State.SENDING.value, withdrawn]))
    if connection.execute(sa.update(letter).values(values).where(still)).rowcount != 1:
        return False
    for position, one in said.items():
        whom = (recipient.c.letter_id == mine.letter_id, recipient.c.position == position)
        connection.execute(sa.update(recipient).values(state=one.state.value, answer=one.answer).where(*whom))
    if ending.state is State.SENT:
        _blank(connection, store.get(connection, mine.letter_id))
    return True


def _blank(connection: sa.Connection, sent: Letter | None) -> None:
    if sent is None or not sent.secret_links:
        return
    links = sent.secret_links
    connection.execute(
        sa.update(letter)
        .where(letter.c.id == sent.id)
        .values(
            subject=showing.shown(sent.subject, links),
            body=showing.shown(sent.text, links),
            html=None if sent.html is None else showing.shown(sent.html, links),
            unsubscribe=None if sent.unsubscribe is None else showing.shown(sent.unsubscribe, links),
            secret_links=[],
            blanked=True,
        )
    )


def _of(mine: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(_fenced(mine), letter.c.state == State.SENDING.value)


def _fenced(mine: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(letter.c.id == mine.letter_id, letter.c.fence == mine.fence)


def _next(now: datetime) -> sa.Select[int]:
    earlier = letter.alias("earlier")
    open_states = (State.QUEUED.value, State.SENDING.value)
    before = sa.exists().where(
        earlier.c.record_id == letter.c.record_id,
        earlier.c.assignment_id.is_not_distinct_from(letter.c.assignment_id),
        earlier.c.id < letter.c.id,
        earlier.c.state.in_(open_states),
    )
    lapsed = sa.or_(letter.c.state == State.QUEUED.value, letter.c.until <= now)
    return (
        sa.select(letter.c.id)
        .where(letter.c.state.in_(open_states), letter.c.due_at <= now, lapsed, sa.not_(before))
        .order_by(letter.c.due_at, letter.c.id)
        .limit(1)
    )
