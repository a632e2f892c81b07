"""SQL of letters: asked for and read."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.outbox import asking, head, limits, thread_index
from caseline.outbox.addresses import folded
from caseline.outbox.letters import Address, Attachment, Delivery, Letter, Nature, NewLetter, Recipient, State
from caseline.outbox.minting import Mint, Thread
from caseline.outbox.tables import attachment, letter, picture, recipient

CONTENT: Final = sa.func.coalesce(attachment.c.content, picture.c.content)
"""Of a file: its own, or that of a picture which many letters share."""


def queue(connection: sa.Connection, new: NewLetter, mint: Mint, *, now: datetime) -> int:
    """Keep a letter to be sent, its Message-ID with it; answers its id. It leaves after the caller's commit.

    With an occasion that a letter has already, the answer is the id of that one. An automatic letter beyond the limits
    is kept as cancelled, with the reason. Raises `OutboxFault` (`ImportedIsQuiet`) and keeps nothing.
    """
    new = asking.checked(new)
    if new.occasion is not None and (known := of_occasion(connection, new.occasion)) is not None:
        return known
    refused = limits.refusal(connection, new, now=now)
    number: int = connection.execute(sa.select(sa.func.nextval("outbox.letter_id_seq"))).scalar_one()
    values = _values(new, mint, number, now)
    if refused is not None:
        values |= {"state": State.CANCELLED.value, "reason": refused, "done_at": now}
    made = sa.dialects.postgresql.insert(letter).values(values).on_conflict_do_nothing(index_elements=["occasion"])
    if connection.execute(made.returning(letter.c.id)).scalar_one_or_none() is None:
        known = of_occasion(connection, new.occasion or "")
        assert known is not None  # noqa: S101 - nothing else can have been in the way
        return known
    _add_parts(connection, number, new)
    return number


def get(connection: sa.Connection, letter_id: int) -> Letter | None:
    """A letter with its recipients and files."""
    row = connection.execute(sa.select(letter).where(letter.c.id == letter_id)).mappings().one_or_none()
    if row is None:
        return None
    return Letter(
        id=row["id"],
        thread=Thread(row["record_id"], row["assignment_id"]),
        nature=Nature(row["nature"]),
        message_id=row["message_id"],
        sender=Address(row["sender"], row["sender_name"]),
        reply_to=row["reply_to"],
        mark=row["mark"],
        subject=row["subject"],
        text=row["body"],
        html=row["html"],
        in_reply_to=row["in_reply_to"],
        references=tuple(row["ancestors"]),
        thread_index=bytes(row["thread_index"]),
        queued_at=row["queued_at"],
        secret_links=tuple(row["secret_links"]),
        recipients=recipients(connection, letter_id),
        attachments=_attachments(connection, letter_id),
        unsubscribe=row["unsubscribe"],
        state=State(row["state"]),
    )


def recipients(connection: sa.Connection, letter_id: int) -> list[Recipient]:
    """To whom a letter goes, in order."""
    columns = [recipient.c[name] for name in ("position", "address", "name", "copy", "state", "answer")]
    query = sa.select(*columns).where(recipient.c.letter_id == letter_id).order_by(recipient.c.position)
    return [
        Recipient(position, address, name, copy, Delivery(state), answer)
        for position, address, name, copy, state, answer in connection.execute(query)
    ]


def of_occasion(connection: sa.Connection, occasion: str) -> int | None:
    """The id of the letter that was asked for on an occasion."""
    return connection.execute(sa.select(letter.c.id).where(letter.c.occasion == occasion)).scalar_one_or_none()


def files(letter_id: int, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """What is asked of the files of a letter, in their order."""
    whole = attachment.outerjoin(picture, picture.c.digest == attachment.c.picture)
    query = sa.select(*columns).select_from(whole).where(attachment.c.letter_id == letter_id)
    return query.order_by(attachment.c.position)


def by_message_id(connection: sa.Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Ids of the letters that have these Message-IDs; what bounces name is looked up here."""
    query = sa.select(letter.c.message_id, letter.c.id).where(letter.c.message_id.in_(message_ids))
    return {row.message_id: row.id for row in connection.execute(query)}


def _values(new: NewLetter, mint: Mint, number: int, now: datetime) -> dict[str, Any]:
    message_id, parent = mint.message_id(new.thread, number), new.parent
    answers = parent is not None and head.usable(parent.message_id)
    index = parent.thread_index if parent is not None else None
    return {
        "id": number,
        "record_id": new.thread.record_id,
        "assignment_id": new.thread.assignment_id,
        "nature": new.nature.value,
        "occasion": new.occasion,
        "message_id": message_id,
        "sender": mint.address,
        "sender_name": new.sender_name or mint.name,
        "reply_to": mint.reply_address(new.thread),
        "mark": mint.mark(),
        "subject": new.subject,
        "body": new.text,
        "html": new.html,
        "in_reply_to": parent.message_id if parent is not None and answers else None,
        "ancestors": [] if parent is None else list(head.chain(parent.message_id, parent.references)),
        "thread_index": thread_index.child(index or b"", message_id, now),
        "secret_links": list(new.secret_links),
        "unsubscribe": new.unsubscribe,
        "queued_at": now,
        "due_at": now,
    }


def _add_parts(connection: sa.Connection, number: int, new: NewLetter) -> None:
    people = [(one, False) for one in new.to] + [(one, True) for one in new.cc]
    connection.execute(
        sa.insert(recipient),
        [
            {
                "letter_id": number,
                "position": position,
                "address": one.address,
                "folded": folded(one.address),
                "name": one.name,
                "copy": copy,
            }
            for position, (one, copy) in enumerate(people)
        ],
    )
    for position, file in enumerate(new.attachments):
        row = {"name": file.name, "content_type": file.content_type, **_content(connection, file)}
        connection.execute(sa.insert(attachment).values(letter_id=number, position=position, **row))


def _content(connection: sa.Connection, file: Attachment) -> dict[str, Any]:
    """Pictures are kept once for all letters in which they stand."""
    if not file.cid:
        return {"content": file.content}
    digest = hashlib.sha256(file.content).digest()
    row = sa.dialects.postgresql.insert(picture).values(digest=digest, content=file.content)
    connection.execute(row.on_conflict_do_nothing())
    return {"cid": file.cid, "picture": digest}


def _attachments(connection: sa.Connection, letter_id: int) -> list[Attachment]:
    query = files(letter_id, attachment.c.name, attachment.c.content_type, CONTENT, attachment.c.cid)
    return [Attachment(name, kind, bytes(content), cid or "") for name, kind, content, cid in connection.execute(query)]
