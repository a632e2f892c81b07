"""SQL of what is counted in arrays after an import: business time of stage rows, deadlines of open requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import sqlalchemy as sa

from caseline.crm.terms import Dues, Numbers, Spans, Terms
from caseline.timing.vocabulary import Mode

_UNCOUNTED: Final = """
SELECT record_id, id, floor(extract(epoch FROM entered_at))::bigint, floor(extract(epoch FROM left_at))::bigint
FROM crm.stage_row
WHERE left_at IS NOT NULL AND business_s IS NULL AND (record_id, id) > (:record, :row)
ORDER BY record_id, id
LIMIT :most
"""
_COUNTED: Final = """
WITH new AS (
  SELECT * FROM unnest(CAST(:records AS bigint[]), CAST(:rows AS bigint[]), CAST(:business AS bigint[]))
    AS n (record_id, id, business)
), done AS (
  UPDATE crm.stage_row AS w
  SET business_s = CASE WHEN w.pausing THEN 0 ELSE new.business END,
    paused_s = CASE WHEN w.pausing THEN new.business ELSE 0 END,
    calendar_id = :calendar, calendar_version = :version, mode = :mode
  FROM new
  WHERE w.record_id = new.record_id AND w.id = new.id AND w.business_s IS NULL
  RETURNING w.record_id, w.stage, w.elapsed_s, w.business_s, w.paused_s
)
INSERT INTO crm.stage_total AS t (record_id, stage, visits, elapsed_s, business_s, paused_s)
SELECT record_id, stage, count(*), sum(elapsed_s), sum(business_s), sum(paused_s) FROM done GROUP BY record_id, stage
ON CONFLICT (record_id, stage) DO UPDATE SET visits = t.visits + excluded.visits,
  elapsed_s = t.elapsed_s + excluded.elapsed_s, business_s = t.business_s + excluded.business_s,
  paused_s = t.paused_s + excluded.paused_s
"""
_WITHOUT: Final = """
FROM crm.record AS r
JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage AND NOT s.closed
JOIN crm.category AS c ON c.code = r.category
"""
_MISSING: Final = f"""
SELECT r.id, floor(extract(epoch FROM r.created_at))::bigint,
  3600 * coalesce((c.hours_by_priority ->> r.priority)::bigint, c.hours), c.mode,
  EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = r.id AND w.pausing AND w.left_at > w.entered_at)
{_WITHOUT}
WHERE r.source IS NOT NULL AND r.closed_at IS NULL AND coalesce(c.calendar_id, :default) = :calendar
  AND NOT EXISTS (SELECT FROM crm.deadline AS d WHERE d.record_id = r.id)
"""  # noqa: S608 - our own words
_SET: Final = f"""
WITH new AS (
  SELECT id, to_timestamp(due) AS due_at, to_timestamp(warn) AS warn_at
  FROM unnest(CAST(:ids AS bigint[]), CAST(:dues AS bigint[]), CAST(:warns AS bigint[])) AS n (id, due, warn)
), made AS (
  INSERT INTO crm.deadline (record_id, due_at, warn_at, target_s, clock_started_at, calendar_id, calendar_version, mode,
    stopped_at, quiet_until)
  SELECT r.id, new.due_at, new.warn_at, 3600 * coalesce((c.hours_by_priority ->> r.priority)::bigint, c.hours),
    r.created_at, :calendar, :version, c.mode, CASE WHEN s.pauses THEN CAST(:now AS timestamptz) END, :now
  {_WITHOUT}
  JOIN new ON new.id = r.id
  ON CONFLICT DO NOTHING
  RETURNING record_id, due_at, calendar_id, calendar_version
)
INSERT INTO crm.deadline_change (record_id, at, new_due_at, calendar_id, new_version, reason)
SELECT record_id, :now, due_at, calendar_id, calendar_version, 'imported' FROM made
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Counted:
    """How stage rows were counted."""

    calendar_id: str
    version: int
    mode: Mode


def uncounted(connection: sa.Connection, after: tuple[int, int], most: int) -> Spans:
    """The next rows, by (record, row), that were left and not counted."""
    values = {"record": after[0], "row": after[1], "most": most}
    found = connection.execute(sa.text(_UNCOUNTED), values).all()
    table = np.array([tuple(row) for row in found], dtype=np.int64).reshape(-1, 4)
    return Spans(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def count(connection: sa.Connection, spans: Spans, business: Numbers, by: Counted) -> None:
    """Write the business time of rows and add it to the totals; a row that was counted meanwhile is left alone."""
    values = {
        "records": spans.records.tolist(),
        "rows": spans.rows.tolist(),
        "business": business.tolist(),
        "calendar": by.calendar_id,
        "version": by.version,
        "mode": by.mode.value,
    }
    connection.execute(sa.text(_COUNTED), values)


def missing(connection: sa.Connection, calendar_id: str, default: str) -> Terms:
    """What the deadlines of open, categorised, imported requests that have none are counted from."""
    found = connection.execute(sa.text(_MISSING), {"calendar": calendar_id, "default": default}).all()
    numbers = np.array([tuple(row[:3]) for row in found], dtype=np.int64).reshape(-1, 3)
    paused = np.array([row[4] for row in found], dtype=np.bool_)
    return Terms(numbers[:, 0], numbers[:, 1], numbers[:, 2], [Mode(row[3]) for row in found], paused)


def set_missing(connection: sa.Connection, found: Dues, calendar_id: str, version: int, *, now: datetime) -> None:
    """Give requests their first deadline; one that has got one meanwhile keeps it. What is past now never alarms."""
    values = {"ids": found.ids.tolist(), "dues": found.dues.tolist(), "warns": found.warns.tolist()}
    connection.execute(sa.text(_SET), {**values, "calendar": calendar_id, "version": version, "now": now})
