"""SQL of single records of the register that follow a portal: made under its ids, changed, ended, with their events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm import tables, time_tables, vocabulary
from caseline.crm.bitrix24.mirror import TABLES
from caseline.people import tables as people

_event, _row, _deadline = tables.event, time_tables.stage_row, time_tables.deadline


def exists(connection: sa.Connection, entity: str, number: int) -> bool:
    """Whether the register has a record of that id."""
    table = TABLES[entity]
    return connection.execute(sa.select(table.c.id).where(table.c.id == number)).one_or_none() is not None


def locked(connection: sa.Connection, entity: str, number: int) -> dict[str, Any] | None:
    """The record by columns, held until the transaction ends; None when there is none."""
    table = TABLES[entity]
    query = sa.select(table).where(table.c.id == number).with_for_update(key_share=True)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def make(connection: sa.Connection, entity: str, number: int, values: Mapping[str, Any], *, at: datetime) -> None:
    """Make a contact or company under the portal's id."""
    made = {"id": number, "created_at": at, "modified_at": at, **values}
    connection.execute(sa.insert(TABLES[entity]).values(made))
    tell(connection, entity, number, "created", {"via": "portal"}, at=at)


def fill(connection: sa.Connection, entity: str, number: int, values: Mapping[str, Any]) -> None:
    """Write columns without a word; for what belongs to a change that is told of by itself."""
    table = TABLES[entity]
    connection.execute(sa.update(table).values(dict(values)).where(table.c.id == number))


def change(connection: sa.Connection, entity: str, number: int, values: Mapping[str, Any], *, at: datetime) -> None:
    """Change a contact or company."""
    modified = sa.func.greatest(TABLES[entity].c.modified_at, at)
    fill(connection, entity, number, {**values, "modified_at": modified})


def tell(
    connection: sa.Connection, entity: str, number: int, what: str, data: Mapping[str, Any], *, at: datetime
) -> None:
    """Write a line of the event log."""
    connection.execute(sa.insert(_event).values(entity=entity, record_id=number, type=what, at=at, data=dict(data)))


def last_event(connection: sa.Connection) -> int:
    """The newest line of the event log that is seen from here."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(_event.c.id), 0))).scalar_one())


def hush(connection: sa.Connection, entity: str, number: int, since: int, *, now: datetime) -> None:
    """What this transaction has said of a record is imported, and what is past now never alarms."""
    ours = (_event.c.entity == entity, _event.c.record_id == number, _event.c.id > since)
    connection.execute(sa.update(_event).values(imported=True).where(*ours))
    if entity == vocabulary.REQUEST:
        connection.execute(sa.update(_deadline).values(quiet_until=now).where(_deadline.c.record_id == number))


def end(connection: sa.Connection, number: int, *, at: datetime) -> None:
    """End the clock of a request that is gone: it is open for nobody any more, and never alarms."""
    record = tables.record
    open_row = (_row.c.record_id == number, _row.c.left_at.is_(None))
    left = sa.func.greatest(_row.c.entered_at, at)
    connection.execute(
        sa.update(_row).values(left_at=left, elapsed_s=_second(left) - _second(_row.c.entered_at)).where(*open_row)
    )
    stopped = sa.func.coalesce(_deadline.c.stopped_at, at)
    connection.execute(sa.update(_deadline).values(stopped_at=stopped).where(_deadline.c.record_id == number))
    closed = sa.func.coalesce(record.c.closed_at, at)
    connection.execute(sa.update(record).values(closed_at=closed).where(record.c.id == number))


def _second(at: Any) -> sa.ColumnElement[int]:  # noqa: ANN401 - a column or an expression of a time
    return sa.cast(sa.func.floor(sa.extract("epoch", at)), sa.BigInteger)


def named(connection: sa.Connection, entity: str, name: str) -> int | None:
    """The person or group of that name; None when there is none, or more than one."""
    table = people.person if entity == "person" else people.group
    found = connection.execute(sa.select(table.c.id).where(table.c.name == name).limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def resume(connection: sa.Connection, number: int, *, stops: bool, closed: bool, at: datetime) -> None:
    """A request that was gone is there again; its clock goes on if its stage lets it."""
    if not closed:
        fill(connection, vocabulary.REQUEST, number, {"closed_at": None})
    if not stops:
        connection.execute(sa.update(_deadline).values(stopped_at=None).where(_deadline.c.record_id == number))
    record, stage = tables.record, tables.stage
    opened = sa.select(
        record.c.id, record.c.stage, sa.or_(stage.c.closed, stage.c.pauses), sa.literal(at, sa.DateTime(timezone=True))
    ).join(stage, sa.and_(stage.c.kind == record.c.kind, stage.c.code == record.c.stage))
    lasting = sa.exists().where(_row.c.record_id == record.c.id, _row.c.left_at.is_(None))
    query = opened.where(record.c.id == number, sa.not_(lasting))
    connection.execute(sa.insert(_row).from_select(["record_id", "stage", "pausing", "entered_at"], query))
