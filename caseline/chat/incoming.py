"""SQL of what people say: kept once, claimed one by one, and marked with what was made of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.chat.gateway import LONGEST, Received
from caseline.chat.tables import chat, incoming

_PAUSES: Final = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
_UNSEEN: Final = {number: None for number in (*range(32), 127) if chr(number) not in "\n\t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of a person, as it is kept."""

    id: int
    chat_id: int
    text: str
    button: str | None
    phone: str | None
    turn: int | None
    at: datetime
    came_at: datetime
    handled_at: datetime | None
    attempts: int
    result: str | None


_COLUMNS = [incoming.c[name] for name in Heard.__dataclass_fields__]


def keep(connection: sa.Connection, chat_id: int, one: Received, *, turn: int | None, now: datetime) -> int | None:
    """Keep a message; None where it is kept already."""
    values = {
        "chat_id": chat_id,
        "gateway": one.gateway,
        "message_id": one.message_id,
        "text": one.text,
        "button": one.button,
        "phone": one.phone,
        "turn": turn,
        "at": one.at,
        "came_at": now,
        "due_at": now,
    }
    put = insert(incoming).values(values).on_conflict_do_nothing(index_elements=["gateway", "message_id"])
    number = connection.execute(put.returning(incoming.c.id)).scalar_one_or_none()
    if number is not None:
        last = sa.func.greatest(chat.c.last_in_at, now)
        connection.execute(sa.update(chat).where(chat.c.id == chat_id).values(last_in_at=last))
    return number


def tidy(one: Received) -> Received:
    """The message without what no database keeps and no page shows; what comes from outside may hold anything."""
    return replace(
        one,
        message_id=clean(one.message_id),
        chat=clean(one.chat),
        text=clean(one.text),
        name=clean(one.name).replace("\n", " "),
        button=None if one.button is None else clean(one.button),
        phone=None if one.phone is None else clean(one.phone),
    )


def clean(text: str) -> str:
    """A text without signs that nobody sees, and no longer than a message is."""
    whole = text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    return whole.translate(_UNSEEN)[:LONGEST].strip()


def claim(connection: sa.Connection, *, now: datetime, only: int | None = None) -> Heard | None:
    """The next message of which nothing was made yet, or that one; nobody else has it until the transaction ends."""
    query = sa.select(*_COLUMNS).where(incoming.c.handled_at.is_(None), incoming.c.due_at <= now)
    # What was said earlier in the same chat goes first, whoever is at it, unless it is tried again later.
    earlier = incoming.alias("earlier")
    sooner = sa.tuple_(earlier.c.at, earlier.c.id) < sa.tuple_(incoming.c.at, incoming.c.id)
    open_ = (earlier.c.chat_id == incoming.c.chat_id, earlier.c.handled_at.is_(None), earlier.c.due_at <= now)
    query = query.where(incoming.c.id == only if only is not None else sa.not_(sa.exists().where(*open_, sooner)))
    query = query.order_by(incoming.c.due_at, incoming.c.at, incoming.c.id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).mappings().one_or_none()
    return None if row is None else Heard(**row)


def handled(connection: sa.Connection, one: Heard, result: str, *, now: datetime) -> None:
    """Say what was made of a message."""
    values = {"handled_at": now, "result": result, "attempts": one.attempts + 1}
    connection.execute(sa.update(incoming).where(incoming.c.id == one.id).values(values))


def stumbled(connection: sa.Connection, incoming_id: int, reason: str, *, now: datetime) -> None:
    """Look at a message again later, and at the others meanwhile."""
    query = sa.select(incoming.c.attempts).where(incoming.c.id == incoming_id, incoming.c.handled_at.is_(None))
    attempts = connection.execute(query.with_for_update()).scalar_one_or_none()
    if attempts is None:
        return
    pause = _PAUSES[min(attempts, len(_PAUSES) - 1)]
    values = {"attempts": attempts + 1, "result": reason[:500], "due_at": now + pause}
    connection.execute(sa.update(incoming).where(incoming.c.id == incoming_id).values(values))


def of(connection: sa.Connection, chat_id: int, most: int = 200) -> list[Heard]:
    """What was said in a chat, the oldest first; of many the latest."""
    query = sa.select(*_COLUMNS).where(incoming.c.chat_id == chat_id).order_by(incoming.c.id.desc()).limit(most)
    return [Heard(**row) for row in connection.execute(query).mappings()][::-1]


def waiting(connection: sa.Connection) -> int:
    """How many messages nothing was made of yet."""
    return connection.execute(sa.select(sa.func.count()).where(incoming.c.handled_at.is_(None))).scalar_one()


def lately(connection: sa.Connection, chat_id: int, *, since: datetime) -> int:
    """How many messages have come in a chat since then."""
    query = sa.select(sa.func.count()).where(incoming.c.chat_id == chat_id, incoming.c.came_at >= since)
    return connection.execute(query).scalar_one()
