"""SQL of deadlines in sets: what open requests are counted from, and their new deadlines with a log."""

from datetime import datetime
from typing import Final

import numpy as np
import sqlalchemy as sa

from caseline.crm.terms import Dues, Terms
from caseline.timing.vocabulary import Mode

_LOCK: Final = "LOCK TABLE crm.deadline IN SHARE ROW EXCLUSIVE MODE"
_TERMS: Final = """
SELECT d.record_id, floor(extract(epoch FROM d.clock_started_at))::bigint, d.target_s, d.mode,
  EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = d.record_id AND w.pausing AND w.left_at > w.entered_at)
FROM crm.deadline AS d
JOIN crm.record AS r ON r.id = d.record_id AND r.closed_at IS NULL
JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage AND NOT s.closed
WHERE d.calendar_id = :calendar
"""
_NEW: Final = """
WITH new AS (
  SELECT id, to_timestamp(due) AS due_at, to_timestamp(warn) AS warn_at
  FROM unnest(CAST(:ids AS bigint[]), CAST(:dues AS bigint[]), CAST(:warns AS bigint[])) AS n (id, due, warn)
)
"""
_LOG: Final = """
INSERT INTO crm.deadline_change
  (record_id, at, old_due_at, new_due_at, calendar_id, old_version, new_version, reason)
SELECT d.record_id, :at, d.due_at, new.due_at, d.calendar_id, d.calendar_version, :version, :reason
FROM crm.deadline AS d JOIN new ON new.id = d.record_id
WHERE d.due_at <> new.due_at
ORDER BY d.record_id
"""
_TAKE_BACK: Final = """
DELETE FROM crm.alarm AS a USING new
WHERE a.record_id = new.id AND CASE a.percent WHEN 100 THEN new.due_at ELSE new.warn_at END > :at
"""
_WRITE: Final = """
UPDATE crm.deadline AS d SET due_at = new.due_at, warn_at = new.warn_at, calendar_version = :version
FROM new WHERE d.record_id = new.id
"""


def terms(connection: sa.Connection, calendar_id: str) -> Terms:
    """What the deadlines of open requests by a calendar are counted from; nobody else may set one until the end."""
    connection.exec_driver_sql(_LOCK)
    found = connection.execute(sa.text(_TERMS), {"calendar": calendar_id}).all()
    numbers = np.array([row[:3] for row in found], dtype=np.int64).reshape(-1, 3)
    modes = [Mode(row[3]) for row in found]
    paused = np.array([row[4] for row in found], dtype=np.bool_)
    return Terms(numbers[:, 0], numbers[:, 1], numbers[:, 2], modes, paused)


def write(connection: sa.Connection, found: Dues, version: int, *, reason: str, at: datetime) -> int:
    """Write new deadlines, log those that moved, take back alarms of what lies ahead again; answers how many moved."""
    columns = {"ids": found.ids.tolist(), "dues": found.dues.tolist(), "warns": found.warns.tolist()}
    # SQLAlchemy forgets the row count of an INSERT unless told otherwise.
    log = sa.text(_NEW + _LOG).execution_options(preserve_rowcount=True)
    logged = connection.execute(log, {**columns, "at": at, "version": version, "reason": reason}).rowcount
    connection.execute(sa.text(_NEW + _TAKE_BACK), {**columns, "at": at})
    connection.execute(sa.text(_NEW + _WRITE), {**columns, "version": version})
    return int(logged)
