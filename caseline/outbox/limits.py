"""SQL of what keeps machines from writing to one another for ever: limits of automatic letters, and the brake."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.outbox.addresses import plain
from caseline.outbox.letters import Nature, NewLetter, State
from caseline.outbox.tables import DOMAIN, PLAIN, letter, recipient

MOST_A_DAY: Final = 3
"""Automatic letters to an address within 24 hours."""
MOST_A_DOMAIN: Final = 20
"""Replies to a domain of one house within an hour: a machine that writes from ever new addresses gets no more."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
_PLAIN: Final = sa.literal_column(PLAIN, sa.Text)
_DOMAIN: Final = sa.literal_column(DOMAIN, sa.Text)
_UNASKED: Final = frozenset({Nature.REPLY, Nature.NOTICE})
"""What is limited here. Asks are not: no mail causes them, and campaigns say how often somebody is asked."""
_AUTOMATIC: Final = sa.and_(letter.c.nature != Nature.PERSONAL.value, letter.c.nature != Nature.ASK.value)
"""With the first condition as the index of automatic letters has it."""


def refusal(connection: sa.Connection, new: NewLetter, *, now: datetime) -> str | None:
    """Why an automatic letter must not be written; None when it may. Holds others off until the transaction ends."""
    if new.nature not in _UNASKED:
        return None
    people = sorted({plain(one.address) for one in (*new.to, *new.cc)})
    reply = new.nature is Nature.REPLY
    domains = sorted({one[one.rindex("@") :] for one in people}) if reply and new.of_one_house else []
    named_locks.hold(
        connection, [f"outbox {one}" for one in (f"request {new.thread.record_id or 0}", *people, *domains)]
    )
    if reply and _answered(connection, new.thread.record_id):
        return f"request {new.thread.record_id} has had its automatic letter, and there is one for a request"
    for address in () if new.ordered else people:
        if _count(connection, _PLAIN.in_([address]), now - DAY) >= MOST_A_DAY:
            return f"{address} has had {MOST_A_DAY} automatic letters within 24 hours, which is the most"
    for domain in domains:
        ours = sa.and_(_DOMAIN.in_([domain]), letter.c.nature == Nature.REPLY.value)
        if _count(connection, ours, now - HOUR) >= MOST_A_DOMAIN:
            return f"{domain} has had {MOST_A_DOMAIN} automatic replies within an hour, which is the most for a domain"
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


def _answered(connection: sa.Connection, record_id: int | None) -> bool:
    query = sa.select(sa.literal(1)).where(
        letter.c.record_id == record_id, letter.c.nature == Nature.REPLY.value, letter.c.state != State.CANCELLED.value
    )
    return connection.execute(sa.select(query.exists())).scalar_one()


def _count(connection: sa.Connection, to: sa.ColumnElement[bool], after: datetime) -> int:
    """Automatic letters to such recipients that were asked for after a time."""
    # Ids rise with time but for transactions that overlap: only the newest letters are looked at.
    newest = (letter.c.queued_at.desc(), letter.c.id.desc())
    query = sa.select(letter.c.id).where(letter.c.queued_at <= after - HOUR).order_by(*newest).limit(1)
    earlier = connection.execute(query).scalar_one_or_none() or 0
    written = (
        sa.select(sa.func.count())
        .select_from(recipient.join(letter, letter.c.id == recipient.c.letter_id))
        .where(
            letter.c.id > earlier,
            recipient.c.letter_id > earlier,
            letter.c.queued_at > after,
            _AUTOMATIC,
            letter.c.state != State.CANCELLED.value,
            to,
        )
    )
    return connection.execute(written).scalar_one()
