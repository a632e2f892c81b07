"""SQL of deadlines: kept, logged, their alarms taken back."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import time_tables
from caseline.crm.cards import Card, Deadline, DeadlineMove

_deadline, _alarm, _change = time_tables.deadline, time_tables.alarm, time_tables.deadline_change
# Of a live source only what was past when a deadline was first counted is silent: one that is counted again, because an
# import has changed what it is counted from, alarms of what has passed meanwhile, unless that was said.
QUIET: Final = """
CASE WHEN r.source IS NOT NULL THEN coalesce((
  SELECT coalesce(max(c.at) FILTER (WHERE c.at <= l.live_at), min(c.at))
  FROM crm.live_source AS l JOIN crm.deadline_change AS c ON c.record_id = r.id WHERE l.source = r.source
), CAST(:now AS timestamptz)) END
"""


def hold(connection: sa.Connection) -> None:
    """Wait until a recount has ended, and let none begin before the transaction ends; writers do not hinder another."""
    connection.exec_driver_sql("LOCK TABLE crm.deadline IN ROW EXCLUSIVE MODE")


def keep(connection: sa.Connection, record_id: int, deadline: Deadline) -> None:
    """Write the deadline of a record over the one that it may have."""
    values = asdict(deadline) | {"mode": deadline.mode.value}
    write = insert(_deadline).values(record_id=record_id, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["record_id"], set_=values))


def quiet_until(connection: sa.Connection, record_id: int, *, now: datetime) -> datetime | None:
    """Until when nothing alarms of a record that gets a deadline `now` and has none; None: all of it may."""
    query = sa.text(f"SELECT {QUIET} FROM crm.record AS r WHERE r.id = :id")  # noqa: S608 - our own words
    found: datetime | None = connection.execute(query, {"id": record_id, "now": now}).scalar_one()
    return found


def drop(connection: sa.Connection, record_id: int) -> None:
    """Take the deadline of a record away, with its alarms: those, too, that are being given while it is waited for."""
    for table in (_deadline, _alarm):
        connection.execute(sa.delete(table).where(table.c.record_id == record_id))


def log(connection: sa.Connection, card: Card, deadline: Deadline, *, reason: str, at: datetime) -> None:
    """Note that a deadline was set or moved."""
    old = card.deadline
    connection.execute(
        sa.insert(_change),
        {
            "record_id": card.id,
            "at": at,
            "old_due_at": old.due_at if old else None,
            "new_due_at": deadline.due_at,
            "calendar_id": deadline.calendar_id,
            "old_version": old.calendar_version if old else None,
            "new_version": deadline.calendar_version,
            "reason": reason,
        },
    )


def take_back_alarms(connection: sa.Connection, record_id: int, deadline: Deadline, *, at: datetime) -> None:
    """Forget the alarms of what lies ahead again."""
    ahead = [percent for percent, when in ((75, deadline.warn_at), (100, deadline.due_at)) if when > at]
    if ahead:
        connection.execute(sa.delete(_alarm).where(_alarm.c.record_id == record_id, _alarm.c.percent.in_(ahead)))


def moves(connection: sa.Connection, record_id: int) -> list[DeadlineMove]:
    """The log of a record, oldest first."""
    columns = (_change.c[name] for name in ("at", "old_due_at", "new_due_at", "reason"))
    query = sa.select(*columns).where(_change.c.record_id == record_id).order_by(_change.c.id)
    return [DeadlineMove(*row) for row in connection.execute(query)]
