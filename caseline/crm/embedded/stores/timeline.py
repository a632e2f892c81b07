"""SQL of timelines: messages with what is said of them and their attachments."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables, timeline_tables, vocabulary
from caseline.crm.cards import Deed
from caseline.crm.timeline import Attached, Message, NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.db.fixed import Fixed
from caseline.people import tables as people

_message, _trait, _attachment = tables.message, timeline_tables.trait, timeline_tables.attachment
_assignment = timeline_tables.assignment
_PLAIN = ("subject", "sender", "recipients", "copies", "text", "html", "sent_at", "mail_id", "author_id", "public")
_TRAITS = ("assignment_id", "automatic", "unverified", "new_text", "mail_ref", "unproven")
_SET = (*_PLAIN, *_TRAITS, "record_id", "thread_id", "outsider")
_APPEND: Final = Fixed(
    sa.text("""
WITH made AS (
  INSERT INTO crm.message (
    record_id, kind, subject, sender, recipients, copies, text, html, sent_at, mail_id, thread_id, author_id, public,
    sender_address, told_addresses, created_at, modified_at
  ) VALUES (
    :record_id, :kind, :subject, :sender, :recipients, :copies, :text, :html, :sent_at, :mail_id, :thread_id,
    :author_id, :public, lower(:sender_address), CAST(:told AS text[]), :at, :at
  ) RETURNING id
), said AS (
  INSERT INTO crm.message_trait (
    message_id, assignment_id, automatic, unverified, new_text, mail_ref, unproven, outsider
  )
  SELECT id, CAST(:assignment_id AS bigint), CAST(:automatic AS text), CAST(:unverified AS boolean),
    CAST(:new_text AS text), CAST(:mail_ref AS bigint), CAST(:unproven AS text),
    CAST(:outsider AS boolean)
  FROM made WHERE CAST(:special AS boolean)
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT :entity, CAST(:record_id AS bigint), 'message_added', CAST(:at AS timestamptz),
    jsonb_build_object('message', id) || CAST(:data AS jsonb)
  FROM made
)
SELECT id FROM made
""")
)


def append(connection: sa.Connection, new: NewMessage, deed: Deed) -> int:
    """Insert a message with its attachments and its event; answers its id."""
    data = {"kind": new.kind.value, "automatic": new.automatic, "assignment": new.assignment_id}
    told = {name: value for name, value in data.items() if value is not None}
    values = {name: getattr(new, name) for name in _SET}
    values |= {"sender_address": new.sender_address, "told": list(dict.fromkeys(one.lower() for one in new.told))}
    values |= {"kind": new.kind.value, "at": deed.at, "entity": vocabulary.REQUEST}
    values |= {"special": any(values[name] for name in _TRAITS)}
    values |= {"data": json.dumps({**told, **deed.data, **({"by": deed.by_id} if deed.by_id else {})})}
    ((number,),) = _APPEND.rows(connection, values)
    if new.attachments:
        connection.execute(sa.insert(_attachment), [_new_file(one, number) for one in new.attachments])
    return int(number)


def _new_file(one: Attached, message_id: int) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "id"} | {"message_id": message_id}


def messages(connection: sa.Connection, record_id: int) -> list[Message]:
    """The timeline of a record, the oldest first."""
    return _read(connection, _message.c.record_id == record_id)


def some(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Message]:
    """These messages, by their ids."""
    return {one.id: one for one in _read(connection, _message.c.id.in_(ids))} if ids else {}


def message(connection: sa.Connection, message_id: int, *, hold: bool = False) -> Message | None:
    """The message of that id; `hold`: nobody else moves it until the transaction ends."""
    if hold:
        connection.execute(sa.select(_message.c.id).where(_message.c.id == message_id).with_for_update(key_share=True))
    found = _read(connection, _message.c.id == message_id)
    return found[0] if found else None


def move(connection: sa.Connection, message_id: int, record_id: int, assignment_id: int | None = None) -> int:
    """Let a message stand in the timeline of a record, or on an assignment of it, because somebody says so.

    Answers the record where it stood.
    """
    before = connection.execute(sa.select(_message.c.record_id).where(_message.c.id == message_id)).scalar_one()
    connection.execute(sa.update(_message).values(record_id=record_id).where(_message.c.id == message_id))
    # Whoever wrote it worked on the assignment on which it stood.
    values = {"assignment_id": assignment_id, "placed": True, "outsider": False}
    said = insert(_trait).values(message_id=message_id, **values)
    connection.execute(said.on_conflict_do_update(index_elements=["message_id"], set_=values))
    return int(before)


def move_all(connection: sa.Connection, record_id: int, into_id: int) -> tuple[list[int], list[int]]:
    """Let all messages and assignments of a record stand in another; answers the ids of both."""
    # Assignments first: whoever writes on one of them at this moment is waited for, and what he wrote goes along.
    work = _moved(connection, _assignment, into_id, _assignment.c.record_id == record_id)
    return _moved(connection, _message, into_id, _message.c.record_id == record_id), work


def move_back(
    connection: sa.Connection, from_id: int, record_id: int, messages: Sequence[int], assignments: Sequence[int]
) -> list[int]:
    """Let those of them that stand in a record yet stand in their own again; answers the ids of the messages.

    What was written on the assignments since then goes along.
    """
    named = [sa.literal(list(ids), sa.ARRAY(sa.BigInteger)) for ids in (messages, assignments)]
    _moved(
        connection, _assignment, record_id, _assignment.c.record_id == from_id, _assignment.c.id == sa.any_(named[1])
    )
    said = sa.select(_trait.c.message_id).where(_trait.c.assignment_id == sa.any_(named[1]))
    mine = sa.or_(_message.c.id == sa.any_(named[0]), _message.c.id.in_(said))
    return _moved(connection, _message, record_id, _message.c.record_id == from_id, mine)


def _moved(connection: sa.Connection, table: sa.Table, record_id: int, *which: sa.ColumnElement[bool]) -> list[int]:
    # Whoever has read an assignment before finds another version.
    again = {"version": table.c.version + 1} if table is _assignment else {}
    moved = sa.update(table).values(record_id=record_id, **again).where(*which)
    return sorted(connection.execute(moved.returning(table.c.id)).scalars())


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Message]:
    author = people.person
    query = (
        sa.select(
            *(_message.c[name] for name in ("id", "record_id", "kind", *_PLAIN) if name != "author_id"),
            author.c.name.label("author"),
            _message.c.source.is_not(None).label("imported"),
            *(_trait.c[name] for name in _TRAITS),
        )
        .outerjoin(_trait, _trait.c.message_id == _message.c.id)
        .outerjoin(author, author.c.id == _message.c.author_id)
        .where(which)
        .order_by(_message.c.sent_at, _message.c.id)
    )
    rows = list(connection.execute(query).mappings())
    files = _files(connection, [row["id"] for row in rows])
    return [
        Message(
            **{
                **row,
                "kind": MessageKind(row["kind"]),
                "text": row["text"] or "",
                "unverified": bool(row["unverified"]),
                "attachments": tuple(files.get(row["id"], ())),
            }
        )
        for row in rows
    ]


def _files(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Attached]]:
    found: dict[int, list[Attached]] = {}
    columns = [column for column in _attachment.c if column.name != "message_id"]
    query = sa.select(_attachment.c.message_id, *columns).where(_attachment.c.message_id.in_(ids))
    for row in connection.execute(query.order_by(_attachment.c.message_id, _attachment.c.id)).mappings():
        plain = dict(row)
        found.setdefault(plain.pop("message_id"), []).append(Attached(**plain))
    return found
