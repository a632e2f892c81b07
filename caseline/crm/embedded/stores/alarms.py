"""SQL of alarms: which share of its time a request has used, said once; and of sources that have gone live."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import time_tables
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


def ahead(connection: sa.Connection, *, now: datetime) -> list[Ahead]:
    """Running deadlines of imported requests by source."""
    return [Ahead(*row) for row in connection.execute(sa.text(_AHEAD), {"now": now})]


def go_live(connection: sa.Connection, source: str, *, by: str, now: datetime) -> None:
    """From now on imported requests of a source may alarm; said again, it changes nothing."""
    write = insert(time_tables.live_source).values(source=source, live_at=now, by=by)
    connection.execute(write.on_conflict_do_nothing())
