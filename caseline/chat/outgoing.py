"""SQL of what we say: queued with a key, claimed by a lease, and marked with what became of it.

A message is SENDING, committed, before it leaves. Whoever dies then leaves a lease that lapses, and the message is sent
again: at least once, under the same key. A gateway that can say whether it has it is asked before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.chat.gateway import Button, Message
from caseline.chat.tables import chat, outgoing

LEASE: Final = timedelta(minutes=2)
"""Longer than a gateway may take over one message."""
DELAYS: Final = (*(timedelta(seconds=s) for s in (15, 60)), *(timedelta(minutes=m) for m in (5, 30, 120, 360)))
"""Pauses after which a message is tried again; after them it has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A message that is to be said."""

    message: Message
    key: str
    """Another one for everything that is said."""
    dialogue_id: int | None = None
    opening: bool = False
    """It is the first one of its dialogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message that waits to be sent, leased to us."""

    id: int
    chat_id: int
    chat: str
    key: str
    dialogue_id: int | None
    opening: bool
    message: Message
    fence: int
    attempts: int
    """This one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of ours as it stands."""

    id: int
    text: str
    buttons: Sequence[Button]
    state: str
    reason: str | None
    made_at: datetime
    sent_at: datetime | None
    dialogue_id: int | None


def queue(connection: sa.Connection, chat_id: int, new: New, *, now: datetime) -> None:
    """Say something after the caller's commit; with a key that a message has already, nothing more is said."""
    values = {
        "chat_id": chat_id,
        "key": new.key,
        "dialogue_id": new.dialogue_id,
        "opening": new.opening,
        "text": new.message.text,
        "buttons": [{"text": one.text, "code": one.code} for one in new.message.buttons],
        "wants_phone": new.message.wants_phone,
        "state": "queued",
        "made_at": now,
        "due_at": now,
    }
    connection.execute(insert(outgoing).values(values).on_conflict_do_nothing(index_elements=["key"]))


def claim(connection: sa.Connection, gateway: str, owner: str, *, now: datetime) -> Queued | None:
    """The next message of a gateway that is due and that no older one of its chat waits before, leased to `owner`."""
    earlier = outgoing.alias("earlier")
    before = sa.exists().where(
        earlier.c.chat_id == outgoing.c.chat_id,
        earlier.c.id < outgoing.c.id,
        earlier.c.state.in_(["queued", "sending"]),
    )
    free = sa.or_(outgoing.c.state == "queued", outgoing.c.until <= now)
    query = sa.select(outgoing.c.id, chat.c.key).join(chat, chat.c.id == outgoing.c.chat_id)
    query = query.where(outgoing.c.state.in_(["queued", "sending"]), outgoing.c.due_at <= now, free, sa.not_(before))
    query = query.where(chat.c.gateway == gateway)
    query = query.order_by(outgoing.c.due_at, outgoing.c.id).limit(1).with_for_update(skip_locked=True, of=outgoing)
    chosen = connection.execute(query).one_or_none()
    if chosen is None:
        return None
    leased = sa.update(outgoing).where(outgoing.c.id == chosen.id).returning(outgoing)
    values = {"state": "sending", "owner": owner, "until": now + LEASE}
    counted = {"fence": outgoing.c.fence + 1, "attempts": outgoing.c.attempts + 1}
    row = connection.execute(leased.values({**values, **counted})).mappings().one()
    return Queued(
        id=row["id"],
        chat_id=row["chat_id"],
        chat=chosen.key,
        key=row["key"],
        dialogue_id=row["dialogue_id"],
        opening=row["opening"],
        message=Message(row["text"], _buttons(row["buttons"]), row["wants_phone"]),
        fence=row["fence"],
        attempts=row["attempts"],
    )


def sent(connection: sa.Connection, mine: Queued, sent_id: str, *, now: datetime) -> bool:
    """The gateway has it; False where somebody else has it by now."""
    return _settle(connection, mine, {"state": "sent", "sent_at": now, "sent_id": sent_id, "reason": None})


def failed(connection: sa.Connection, mine: Queued, reason: str) -> bool:
    """The gateway will never take it."""
    return _settle(connection, mine, {"state": "failed", "reason": reason})


def later(connection: sa.Connection, mine: Queued, reason: str, *, now: datetime) -> bool:
    """It is tried again; False where it has been tried often enough, and has failed with that, or is not ours."""
    if mine.attempts > len(DELAYS):
        failed(connection, mine, f"tried {mine.attempts} times: {reason}")
        return False
    due_at = now + DELAYS[mine.attempts - 1]
    return _settle(connection, mine, {"state": "queued", "reason": reason, "due_at": due_at})


def give_back(connection: sa.Connection, mine: Queued) -> None:
    """Nothing was tried: it is queued as it was."""
    _settle(connection, mine, {"state": "queued", "attempts": outgoing.c.attempts - 1})


def of(connection: sa.Connection, chat_id: int, most: int = 200) -> list[Said]:
    """What we have said in a chat, the oldest first; of much the latest."""
    columns = [outgoing.c[name] for name in Said.__dataclass_fields__]
    query = sa.select(*columns).where(outgoing.c.chat_id == chat_id).order_by(outgoing.c.id.desc()).limit(most)
    rows = connection.execute(query).mappings()
    return [Said(**{**row, "buttons": _buttons(row["buttons"])}) for row in rows][::-1]


def waiting(connection: sa.Connection) -> int:
    """How many messages are not sent yet."""
    query = sa.select(sa.func.count()).where(outgoing.c.state.in_(["queued", "sending"]))
    return connection.execute(query).scalar_one()


def drop_queued(connection: sa.Connection, dialogue_id: int, reason: str) -> None:
    """Say nothing more of what a dialogue has not sent yet."""
    mine = (outgoing.c.dialogue_id == dialogue_id, outgoing.c.state == "queued")
    connection.execute(sa.update(outgoing).where(*mine).values(state="failed", reason=reason))


def _settle(connection: sa.Connection, mine: Queued, values: dict[str, object]) -> bool:
    ours = (outgoing.c.id == mine.id, outgoing.c.fence == mine.fence, outgoing.c.state == "sending")
    done = sa.update(outgoing).where(*ours).values({**values, "owner": None, "until": None})
    return bool(connection.execute(done).rowcount)


def _buttons(kept: Sequence[dict[str, str]]) -> tuple[Button, ...]:
    return tuple(Button(one["text"], one["code"]) for one in kept)
