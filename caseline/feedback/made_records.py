"""SQL of records that were made of answers, and of what an answer was told about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables as crm
from caseline.feedback import once, opt_outs
from caseline.feedback.asks import Ask
from caseline.feedback.follow_tables import made_record

EVENT = "feedback_received"
"""What the event log calls an answer that counts."""
SENT = "feedback_sent"
"""What it calls it that somebody was asked: the letter has left, or the chat has begun."""
CORRECTED = "feedback_corrected"
"""What it calls one that counts otherwise than before."""
_WORKED: Final = sa.text("""
SELECT EXISTS (SELECT FROM crm.event AS e WHERE e.record_id = :record AND e.entity = 'request'
    AND e.type = 'stage_changed' AND NOT e.data ? 'ask')
  OR EXISTS (SELECT FROM crm.assignment AS a WHERE a.record_id = :record AND a.state <> 'open')
""")


def of_ask(connection: sa.Connection, ask: Ask) -> dict[str, int]:
    """Ids of the records that were made of an answer, or of that of an ask that shares them, by their kind."""
    columns = (made_record.c.kind, made_record.c.record_id)
    query = sa.select(*columns).where(made_record.c.ask_id.in_(once.family(connection, ask)))
    query = query.order_by(made_record.c.record_id.desc())  # of what was made twice before, the first remains
    return {row.kind: row.record_id for row in connection.execute(query)}


def ask_of(connection: sa.Connection, record_id: int) -> int | None:
    """The ask of whose answer a record was made."""
    query = sa.select(made_record.c.ask_id).where(made_record.c.record_id == record_id)
    return connection.execute(query).scalar_one_or_none()


def keep(connection: sa.Connection, ask: Ask, kind: str, record_id: int) -> None:
    """A record of that kind was made of an answer; there is one at most, for all asks that share it."""
    values = {"ask_id": ask.id, "kind": kind, "record_id": record_id, "scope": once.scope(connection, ask)}
    connection.execute(insert(made_record).values(values))


def worked_on(connection: sa.Connection, record_id: int) -> bool:
    """Whether somebody has moved a record that was made of an answer, or ended an assignment on it."""
    return bool(connection.execute(_WORKED, {"record": record_id}).scalar_one())


def tell(
    connection: sa.Connection,
    entity: str,
    record_id: int,
    data: dict[str, object],
    *,
    at: datetime,
    event: str = EVENT,
) -> None:
    """Write into the event log that an answer counts, or what else an event says of it."""
    row = {"entity": entity, "record_id": record_id, "type": event, "at": at, "data": data}
    connection.execute(sa.insert(crm.event).values(row))


def event_of(connection: sa.Connection, record_id: int, ask_id: int) -> int | None:
    """The newest line of the event log that tells of the answer for an ask on a record."""
    own = (crm.event.c.record_id == record_id, crm.event.c.entity == "request", sa.not_(crm.event.c.imported))
    of_it = (crm.event.c.type == EVENT, crm.event.c.data["ask"].astext == str(ask_id))
    newest = sa.select(crm.event.c.id).where(*own, *of_it).order_by(crm.event.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def define(connection: sa.Connection, kind: str, fields: Sequence[tuple[str, str, str]]) -> None:
    """Define extra fields (name, type, label) of records of a kind, as far as they are not defined yet."""
    for position, (name, type_, label) in enumerate(fields):
        row = {"entity": kind, "name": name, "type": type_, "label": label, "position": position}
        connection.execute(insert(crm.field_definition).values(row).on_conflict_do_nothing())


def wants_no_more(connection: sa.Connection, ask: Ask) -> bool:
    """Whether whoever was asked wants to be asked nothing more."""
    if ask.contact_id is None and ask.address is None:
        return False
    return opt_outs.holds(connection, address=ask.address, contact_id=ask.contact_id)
