"""SQL of deadlines in sets: what open requests are counted from, and their new deadlines with a log.

What moved is told on the card, too: people see there why a date is another one than they knew.
"""

from datetime import datetime
from typing import Final

import numpy as np
import sqlalchemy as sa

from caseline.crm.terms import Dues, Terms
from caseline.timing.vocabulary import Mode

_LOCK: Final = "LOCK TABLE crm.deadline IN SHARE ROW EXCLUSIVE MODE"
_TERMS: Final = """
SELECT d.record_id, (1000000 * extract(epoch FROM d.clock_started_at))::bigint, d.target_s, d.mode,
  w.record_id IS NOT NULL
FROM crm.deadline AS d
JOIN crm.record AS r ON r.id = d.record_id AND r.closed_at IS NULL
JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage AND NOT s.closed
LEFT JOIN (
  SELECT DISTINCT record_id FROM crm.stage_row WHERE pausing AND left_at > entered_at
) AS w ON w.record_id = d.record_id
WHERE d.calendar_id = :calendar
"""
# One statement, so that all of it sees the deadlines as they were.
_WRITE: Final = """
WITH new AS MATERIALIZED (
  SELECT d.record_id, d.calendar_id, d.calendar_version, d.due_at AS old_due_at,
    to_timestamp(n.due) AS due_at, to_timestamp(n.warn) AS warn_at
  FROM unnest(CAST(:ids AS bigint[]), CAST(:dues AS bigint[]), CAST(:warns AS bigint[])) AS n (id, due, warn)
  JOIN crm.deadline AS d ON d.record_id = n.id
  WHERE (d.due_at, d.warn_at) <> (to_timestamp(n.due), to_timestamp(n.warn))
), logged AS (
  INSERT INTO crm.deadline_change
    (record_id, at, old_due_at, new_due_at, calendar_id, old_version, new_version, reason)
  SELECT record_id, :at, old_due_at, due_at, calendar_id, calendar_version, :version, :reason
  FROM new WHERE due_at <> old_due_at
  ORDER BY record_id
  RETURNING record_id, old_due_at, new_due_at
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT 'request', record_id, 'deadline_set', :at, jsonb_build_object(
    'due_at', to_jsonb(new_due_at), 'old_due_at', to_jsonb(old_due_at), 'reason', CAST(:reason AS text),
    'calendar', true)
  FROM logged ORDER BY record_id
), taken_back AS (
  DELETE FROM crm.alarm AS a USING new
  WHERE a.record_id = new.record_id AND CASE a.percent WHEN 100 THEN new.due_at ELSE new.warn_at END > :at
), written AS (
  UPDATE crm.deadline AS d SET due_at = new.due_at, warn_at = new.warn_at, calendar_version = :version
  FROM new WHERE d.record_id = new.record_id
)
SELECT count(*) FROM logged
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
    """Write the deadlines that moved, each with a line in the log, and answer how many; the others keep their version.

    Each is told on its card, too. Alarms of what lies ahead again are taken back.
    """
    columns = {"ids": found.ids.tolist(), "dues": found.dues.tolist(), "warns": found.warns.tolist()}
    values = {**columns, "at": at, "version": version, "reason": reason}
    return int(connection.execute(sa.text(_WRITE), values).scalar_one())
