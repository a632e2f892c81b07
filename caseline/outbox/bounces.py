"""SQL of bounces: what servers behind ours say later of a letter that ours had taken."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.outbox import store
from caseline.outbox.addresses import folded
from caseline.outbox.letters import Delivery, State
from caseline.outbox.minting import Thread
from caseline.outbox.tables import letter, recipient


def gone_to(connection: sa.Connection, thread: Thread, address: str) -> list[str]:
    """Message-IDs of the letters of a thread that have gone to this address, or may have, the oldest first."""
    out = [one.value for one in (State.SENDING, State.SENT, State.FAILED)]
    query = (
        sa.select(letter.c.message_id)
        .where(letter.c.record_id == thread.record_id, letter.c.state.in_(out))
        .where(letter.c.assignment_id.is_not_distinct_from(thread.assignment_id))
        .where(
            sa.exists().where(recipient.c.letter_id == letter.c.id, recipient.c.folded == folded(address)),
        )
    )
    return list(connection.execute(query.order_by(letter.c.id)).scalars())


def note(connection: sa.Connection, message_id: str, address: str | None, answer: str, *, now: datetime) -> int | None:
    """Note that a recipient of the letter with this Message-ID did not get it; answers the letter's id.

    Of a letter with one recipient it is that one whom a report means, whatever address it names or none: mail is
    forwarded, and whoever shows the Message-ID has seen the letter. A letter that nobody got has FAILED. None, and
    nothing is changed, for letters that were not sent from here and, of several, recipients that they did not have.
    """
    query = sa.select(letter.c.id).where(letter.c.message_id == message_id, letter.c.state == State.SENT.value)
    number: int | None = connection.execute(query.with_for_update()).scalar_one_or_none()
    people = [] if number is None else store.recipients(connection, number)
    wanted = [one for one in people if address is None or folded(one.address) == folded(address)]
    told = f"bounced: {answer}"
    if not wanted and len(people) == 1:
        wanted, told = people, f"{told} (forwarded to {address})"
    if number is None or len(wanted) != 1:
        return None
    whom = (recipient.c.letter_id == number, recipient.c.position == wanted[0].position)
    connection.execute(sa.update(recipient).where(*whom).values(state=Delivery.FAILED.value, answer=told))
    reason = f"{wanted[0].address}: {told}"
    values: dict[str, Any] = {"reason": sa.func.concat_ws("; ", letter.c.reason, reason)}
    others = [one for one in people if one.position != wanted[0].position]
    if all(one.state is Delivery.FAILED for one in others):
        values |= {"state": State.FAILED.value, "done_at": now}
    if wanted[0].state is not Delivery.FAILED:
        connection.execute(sa.update(letter).where(letter.c.id == number).values(values))
    return number
