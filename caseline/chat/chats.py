"""SQL of chats: found, made, opened by the links of their pages, and how far a gateway was asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.chat.tables import chat, cursor, secret

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat with one person."""

    id: int
    gateway: str
    key: str
    phone: str | None
    name: str
    contact_id: int | None
    last_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a gateway was asked, and whether it is left alone."""

    next: str | None = None
    paused_until: datetime | None = None
    failures: int = 0
    reason: str | None = None


_COLUMNS = [chat.c[name] for name in Chat.__dataclass_fields__]


def hold(connection: sa.Connection, chat_id: int) -> Chat:
    """The chat, in which nobody else says or hears anything until the transaction ends."""
    row = connection.execute(sa.select(*_COLUMNS).where(chat.c.id == chat_id).with_for_update()).mappings().one()
    return Chat(**row)


def one(connection: sa.Connection, chat_id: int) -> Chat:
    """The chat of that id."""
    return Chat(**connection.execute(sa.select(*_COLUMNS).where(chat.c.id == chat_id)).mappings().one())


def of_contact(connection: sa.Connection, gateway: str, contact_id: int, phone: str | None) -> Chat | None:
    """The chat of a gateway in which we have written to a contact, else that of his phone; the latest used."""
    whose = [chat.c.contact_id == contact_id]
    if phone is not None:
        # A chat of another contact with the same phone is the same person at the same phone.
        whose.append(chat.c.phone == phone)
    query = sa.select(*_COLUMNS).where(chat.c.gateway == gateway, sa.or_(*whose))
    query = query.order_by((chat.c.contact_id == contact_id).desc().nulls_last(), chat.c.last_in_at.desc().nulls_last())
    row = connection.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else Chat(**row)


def ready(
    connection: sa.Connection,
    gateway: str,
    key: str,
    *,
    now: datetime,
    phone: str | None = None,
    name: str = "",
) -> int:
    """The id of the chat that a gateway knows by `key`, made where it is new; a phone or name that is said is kept."""
    new = insert(chat).values(gateway=gateway, key=key, phone=phone, name=name, made_at=now)
    known = {
        "phone": sa.func.coalesce(new.excluded.phone, chat.c.phone),
        "name": sa.func.coalesce(sa.func.nullif(new.excluded.name, ""), chat.c.name),
    }
    put = new.on_conflict_do_update(index_elements=["gateway", "key"], set_=known).returning(chat.c.id)
    number: int = connection.execute(put).scalar_one()
    return number


def belongs(connection: sa.Connection, chat_id: int, contact_id: int) -> None:
    """Say to which contact we write there."""
    connection.execute(sa.update(chat).where(chat.c.id == chat_id).values(contact_id=contact_id))


def keep_secret(connection: sa.Connection, chat_id: int, digest: bytes, *, now: datetime) -> None:
    """Let a link with this secret open the page of a chat, beside those that do already."""
    connection.execute(insert(secret).values(digest=digest, chat_id=chat_id, made_at=now).on_conflict_do_nothing())


def shown(connection: sa.Connection, gateway: str, key: str) -> tuple[int | None, list[bytes]]:
    """The chat that a link names, and the digests of its secrets; the link may still be none of it."""
    query = sa.select(chat.c.id).where(chat.c.gateway == gateway, chat.c.key == key)
    number = connection.execute(query).scalar_one_or_none()
    # Asked for an unknown one, too: it must not take less time.
    digests = sa.select(secret.c.digest).where(secret.c.chat_id == (number or 0))
    return number, [bytes(found) for found in connection.execute(digests).scalars()]


def asked(connection: sa.Connection, gateway: str) -> Cursor:
    """How far a gateway was asked."""
    query = sa.select(cursor.c.next, cursor.c.paused_until, cursor.c.failures, cursor.c.reason)
    row = connection.execute(query.where(cursor.c.gateway == gateway)).one_or_none()
    return Cursor() if row is None else Cursor(*row)


def ask_from(connection: sa.Connection, gateway: str, offset: str | None) -> None:
    """Ask a gateway from here next time."""
    put = insert(cursor).values(gateway=gateway, failures=0, next=offset)
    connection.execute(put.on_conflict_do_update(index_elements=["gateway"], set_={"next": offset}))


def stumbled(
    connection: sa.Connection, gateway: str, reason: str, *, wait: timedelta | None, now: datetime
) -> datetime:
    """Leave a gateway alone for longer and longer, or as long as it wants; answers until when."""
    before = asked(connection, gateway)
    pause = wait or min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(before.failures, 20)))
    values = {"failures": before.failures + 1, "reason": reason, "paused_until": now + pause}
    put = insert(cursor).values(gateway=gateway, **values)
    connection.execute(put.on_conflict_do_update(index_elements=["gateway"], set_=values))
    return now + pause


def recovered(connection: sa.Connection, gateway: str) -> None:
    """It works."""
    values = {"failures": 0, "reason": None, "paused_until": None}
    connection.execute(sa.update(cursor).where(cursor.c.gateway == gateway, cursor.c.failures > 0).values(values))
