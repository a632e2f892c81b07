"""SQL of alarms: what is late, or has waited too long, said once; and of sources that have gone live."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import time_tables, vocabulary
from caseline.crm.cards import Ahead, Alarm
from caseline.crm.embedded.stores import deadlines

# Held before anything is said, so that no deadline moves meanwhile; one that somebody is moving just now is left to the
# next look, so that nobody waits for another.
_DUE: Final = """
WITH held AS MATERIALIZED (
  SELECT d.record_id, d.warn_at, d.due_at, d.quiet_until
  FROM crm.deadline AS d
  JOIN crm.record AS r ON r.id = d.record_id AND r.closed_at IS NULL
  WHERE d.stopped_at IS NULL AND d.warn_at <= :now
    AND (r.source IS NULL OR EXISTS (SELECT FROM crm.live_source AS l WHERE l.source = r.source))
    AND EXISTS (
      SELECT FROM (VALUES (75, d.warn_at), (100, d.due_at)) AS p (percent, at)
      WHERE p.at <= :now AND (d.quiet_until IS NULL OR p.at > d.quiet_until)
        AND NOT EXISTS (SELECT FROM crm.alarm AS a WHERE a.record_id = d.record_id AND a.percent = p.percent)
    )
  FOR KEY SHARE OF r SKIP LOCKED FOR NO KEY UPDATE OF d SKIP LOCKED
), due AS (
  SELECT held.record_id, p.percent, held.due_at
  FROM held CROSS JOIN LATERAL (VALUES (75, held.warn_at), (100, held.due_at)) AS p (percent, at)
  WHERE p.at <= :now AND (held.quiet_until IS NULL OR p.at > held.quiet_until)
), said AS (
  INSERT INTO crm.alarm (record_id, percent, at) SELECT record_id, percent, :now FROM due
  ON CONFLICT DO NOTHING
  RETURNING record_id, percent
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT 'request', record_id, 'deadline_share_used', :now,
    jsonb_build_object('percent', said.percent, 'due_at', to_jsonb(due.due_at))
  FROM said JOIN due USING (record_id, percent)
  ORDER BY record_id, percent
)
SELECT record_id, percent FROM said ORDER BY record_id, percent
"""
_LATE: Final = """
WITH late AS MATERIALIZED (
  SELECT id FROM crm.assignment
  WHERE state = 'open' AND due_at <= :now AND overdue_at IS NULL
  ORDER BY due_at, id FOR NO KEY UPDATE SKIP LOCKED
), said AS (
  UPDATE crm.assignment AS a SET overdue_at = :now FROM late WHERE a.id = late.id RETURNING a.id, a.record_id
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT 'request', record_id, 'assignment_overdue', :now, jsonb_build_object('assignment', id) FROM said ORDER BY id
)
SELECT id FROM said ORDER BY id
"""
_UNSORTED: Final = """
SELECT id, created_at FROM crm.record AS r
WHERE closed_at IS NULL AND category IS NULL AND source IS NULL AND kind = :kind AND created_at <= :before
  AND NOT EXISTS (SELECT FROM crm.triage AS t WHERE t.record_id = r.id)
ORDER BY created_at, id LIMIT :most
"""
_TRIAGE: Final = """
WITH waiting AS MATERIALIZED (
  SELECT id FROM crm.record
  WHERE id = ANY (CAST(:ids AS bigint[])) AND closed_at IS NULL AND category IS NULL
  ORDER BY id FOR KEY SHARE SKIP LOCKED
), said AS (
  INSERT INTO crm.triage (record_id, at) SELECT id, :now FROM waiting ON CONFLICT DO NOTHING RETURNING record_id
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT :kind, record_id, 'category_missing', :now, '{}' FROM said ORDER BY record_id
)
SELECT record_id FROM said ORDER BY record_id
"""
_AHEAD: Final = """
SELECT r.source, l.live_at IS NOT NULL AS live,
  count(d.record_id) FILTER (WHERE d.due_at > :now) AS ahead,
  count(d.record_id) FILTER (WHERE d.due_at <= :now) AS past
FROM crm.record AS r
LEFT JOIN crm.live_source AS l ON l.source = r.source
LEFT JOIN crm.deadline AS d ON d.record_id = r.id AND d.stopped_at IS NULL AND r.closed_at IS NULL
WHERE r.source IS NOT NULL
GROUP BY r.source, l.live_at
ORDER BY r.source
"""


def sound(connection: sa.Connection, *, now: datetime) -> list[Alarm]:
    """Say what is due to be said, each once; answers what was."""
    deadlines.hold(connection)
    return [Alarm(*row) for row in connection.execute(sa.text(_DUE), {"now": now})]


def say_late(connection: sa.Connection, *, now: datetime) -> list[int]:
    """Say which assignments are past their deadline, each once; answers which."""
    return list(connection.execute(sa.text(_LATE), {"now": now}).scalars())


def unsorted(connection: sa.Connection, *, before: datetime, most: int) -> list[tuple[int, datetime]]:
    """(request, made at) of the oldest open ones without category of which it was not said that they wait."""
    values = {"kind": vocabulary.REQUEST, "before": before, "most": most}
    return [(row.id, row.created_at) for row in connection.execute(sa.text(_UNSORTED), values)]


def say_unsorted(connection: sa.Connection, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Say of these that they wait too long, each once; answers of which it was said."""
    values = {"ids": list(ids), "now": now, "kind": vocabulary.REQUEST}
    return list(connection.execute(sa.text(_TRIAGE), values).scalars())


def ahead(connection: sa.Connection, *, now: datetime) -> list[Ahead]:
    """Running deadlines of imported requests by source."""
    return [Ahead(*row) for row in connection.execute(sa.text(_AHEAD), {"now": now})]


def go_live(connection: sa.Connection, source: str, *, by: str, now: datetime) -> None:
    """From now on imported requests of a source may alarm; said again, it changes nothing."""
    write = insert(time_tables.live_source).values(source=source, live_at=now, by=by)
    connection.execute(write.on_conflict_do_nothing())
