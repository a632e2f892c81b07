"""SQL of the locks of an erasure, and of waiting for whoever began before it ended."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.db.arrays import bigints
from caseline.privacy.fates import Of
from caseline.privacy.whom import Found

_NAME: Final = "erasure of a person"
_NEW_ROWS: Final = 7_205_759_001
"""The lock of whoever adds staging rows (`staging.load.ROW_IDS_LOCK`); a test compares the two."""
_PATIENCE: Final = "SET LOCAL lock_timeout = '5s'"
# From the first row on nobody is waited for: others lock the same rows in every order, and whoever waits while he holds
# something may be the reason why one of them is thrown out of a deadlock. What cannot be had at once is tried again.
_NO_PATIENCE: Final = "SET LOCAL lock_timeout = '10ms'"
_BATCHES: Final = """
SELECT b.id FROM staging.batch AS b WHERE b.done_at IS NULL AND EXISTS (
  SELECT FROM unnest(CAST(:rows AS bigint[])) AS r (id) WHERE r.id BETWEEN b.first_id AND b.last_id)
ORDER BY b.id FOR UPDATE NOWAIT
"""
_HELD: Final = (
    (Of.CONTACT, "crm.contact"),
    (Of.RECORD, "crm.record"),
    (Of.MAIL, "mail.mail"),
    (Of.ASK, "feedback.ask"),
    (Of.LETTER, "outbox.letter"),
    (Of.CHAT, "chat.chat"),
)
_OLDER: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < :at
"""
BUSY: Final = frozenset({"55P03", "40P01"})
"""SQLSTATE of a lock that somebody else did not give up in time, and of a deadlock."""


def begin(connection: sa.Connection) -> None:
    """Let no other erasure run, and no import add rows, until the transaction ends."""
    connection.exec_driver_sql(_PATIENCE)
    named_locks.hold(connection, [_NAME])
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_NEW_ROWS)))
    connection.exec_driver_sql(_NO_PATIENCE)


def batches(connection: sa.Connection, rows: tuple[int, ...]) -> None:
    """Let nobody convert these staging rows until the transaction ends."""
    connection.execute(sa.text(_BATCHES), {"rows": bigints(rows)})


def hold(connection: sa.Connection, found: Found) -> None:
    """Let nobody change what was found until the transaction ends, nor make anything that points at a contact."""
    for of, table in _HELD:
        query = f"SELECT id FROM {table} WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id FOR UPDATE NOWAIT"  # noqa: S608 - our own words
        connection.execute(sa.text(query), {"ids": bigints(found.of(of))})


def contacts(connection: sa.Connection, ids: tuple[int, ...]) -> None:
    """The same for contacts alone, before anything is looked for."""
    query = "SELECT id FROM crm.contact WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id FOR UPDATE NOWAIT"
    connection.execute(sa.text(query), {"ids": bigints(ids)})


def moment(connection: sa.Connection) -> datetime:
    """The time by the clock of the database."""
    now: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return now


def older(connection: sa.Connection, at: datetime) -> int:
    """Transactions that began before that moment and are not over."""
    return int(connection.execute(sa.text(_OLDER), {"at": at}).scalar_one())
