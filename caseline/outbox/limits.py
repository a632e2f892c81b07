"""SQL of what keeps machines from writing to one another for ever: limits of automatic letters, and the brake."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.outbox.addresses import folded
from caseline.outbox.letters import Nature, NewLetter, State
from caseline.outbox.tables import letter, recipient

MOST_A_DAY: Final = 3
"""Automatic letters to an address within 24 hours."""
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
_AUTOMATIC: Final = letter.c.nature != Nature.PERSONAL.value


def refusal(connection: sa.Connection, new: NewLetter, *, now: datetime) -> str | None:
    """Why an automatic letter must not be written; None when it may. Holds others off until the transaction ends."""
    if new.nature is Nature.PERSONAL:
        return None
    people = sorted({folded(one.address) for one in (*new.to, *new.cc)})
    _one_by_one(connection, [f"request {new.thread.record_id}", *people])
    if new.nature is Nature.REPLY and _answered(connection, new.thread.record_id):
        return f"request {new.thread.record_id} has had its automatic letter, and there is one for a request"
    for address in people:
        if _count(connection, address, now) >= MOST_A_DAY:
            return f"{address} has had {MOST_A_DAY} automatic letters within 24 hours, which is the most"
    return None


def hold_surplus(connection: sa.Connection, *, most: int, now: datetime) -> int:
    """Hold automatic letters that would be more than `most` within a minute; answers how many were held just now."""
    taken = sa.select(sa.func.count()).where(
        _AUTOMATIC, letter.c.released_at.is_(None), letter.c.taken_at > now - MINUTE
    )
    begun = connection.execute(taken).scalar_one()
    fresh = (_AUTOMATIC, letter.c.state == State.QUEUED.value, letter.c.attempts == 0, letter.c.released_at.is_(None))
    surplus = sa.select(letter.c.id).where(*fresh).order_by(letter.c.id).offset(max(0, most - begun)).scalar_subquery()
    reason = f"brake: more than {most} automatic letters within a minute; look at them, then release or cancel them"
    held = sa.update(letter).where(letter.c.id.in_(surplus), letter.c.state == State.QUEUED.value)
    return connection.execute(held.values(state=State.HELD.value, reason=reason)).rowcount


def _answered(connection: sa.Connection, record_id: int) -> bool:
    query = sa.select(sa.literal(1)).where(
        letter.c.record_id == record_id, letter.c.nature == Nature.REPLY.value, letter.c.state != State.CANCELLED.value
    )
    return connection.execute(sa.select(query.exists())).scalar_one()


def _count(connection: sa.Connection, address: str, now: datetime) -> int:
    written = (
        sa.select(sa.func.count())
        .select_from(recipient.join(letter, letter.c.id == recipient.c.letter_id))
        .where(
            recipient.c.folded == address,
            _AUTOMATIC,
            letter.c.state != State.CANCELLED.value,
            letter.c.queued_at > now - DAY,
        )
    )
    return connection.execute(written).scalar_one()


def _one_by_one(connection: sa.Connection, names: Iterable[str]) -> None:
    """In one order everywhere, so that nobody waits for somebody who waits for him."""
    for name in sorted(names):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"outbox {name}", 0))))
