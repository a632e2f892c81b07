"""SQL of what is counted in arrays after an import: business time of stage rows, deadlines of open requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import sqlalchemy as sa

from caseline.crm.embedded.stores.deadlines import QUIET
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
UPDATE crm.stage_row AS w
SET business_s = CASE WHEN w.pausing THEN 0 ELSE new.business END,
  paused_s = CASE WHEN w.pausing THEN new.business ELSE 0 END,
  calendar_id = :calendar, calendar_version = :version, mode = :mode
FROM unnest(CAST(:records AS bigint[]), CAST(:rows AS bigint[]), CAST(:business AS bigint[]))
  AS new (record_id, id, business)
WHERE w.record_id = new.record_id AND w.id = new.id AND w.business_s IS NULL
"""
# The start of `crm.deadlines.first_start`, for a set.
_START: Final = """
CASE WHEN r.source IS NULL AND :by_category THEN coalesce(r.category_first_set_at, r.created_at) ELSE r.created_at END
"""
_MISSING: Final = f"""
SELECT r.id, (1000000 * extract(epoch FROM {_START}))::bigint,
  3600 * coalesce((c.hours_by_priority ->> r.priority)::bigint, c.hours), c.mode,
  EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = r.id AND w.pausing AND w.left_at > w.entered_at)
FROM crm.record AS r
JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage AND NOT s.closed
JOIN crm.category AS c ON c.code = r.category
WHERE (r.source IS NOT NULL OR r.category_by = 'keywords') AND r.closed_at IS NULL
  AND coalesce(c.calendar_id, :default) = :calendar
  AND NOT EXISTS (SELECT FROM crm.deadline AS d WHERE d.record_id = r.id)
"""  # noqa: S608 - our own words
# By what was read, and by nothing that has changed since: hours of a category, the time of a creation.
_SET: Final = f"""
WITH new AS (
  SELECT id, to_timestamp(due) AS due_at, to_timestamp(warn) AS warn_at,
    timestamptz 'epoch' + start * interval '1 microsecond' AS started_at, target
  FROM unnest(CAST(:ids AS bigint[]), CAST(:dues AS bigint[]), CAST(:warns AS bigint[]), CAST(:starts_us AS bigint[]),
    CAST(:targets AS bigint[])) AS n (id, due, warn, start, target)
), made AS (
  INSERT INTO crm.deadline (record_id, due_at, warn_at, target_s, clock_started_at, calendar_id, calendar_version, mode,
    stopped_at, quiet_until)
  SELECT r.id, new.due_at, new.warn_at, new.target, new.started_at, :calendar, :version, :mode,
    CASE WHEN EXISTS (
      SELECT FROM crm.stage_row AS w WHERE w.record_id = r.id AND w.left_at IS NULL AND w.pausing
    ) THEN CAST(:now AS timestamptz) END,
    {QUIET}
  FROM new
  JOIN crm.record AS r ON r.id = new.id AND r.closed_at IS NULL
  JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage AND NOT s.closed
  ON CONFLICT DO NOTHING
  RETURNING record_id, due_at, warn_at, calendar_id, calendar_version, quiet_until IS NOT NULL AS imported
), taken_back AS (
  DELETE FROM crm.alarm AS a USING made
  WHERE a.record_id = made.record_id AND CASE a.percent WHEN 100 THEN made.due_at ELSE made.warn_at END > :now
), told AS (
  INSERT INTO crm.event (entity, record_id, type, at, data)
  SELECT 'request', record_id, 'deadline_set', :now,
    jsonb_build_object('due_at', to_jsonb(due_at), 'reason', 'category set')
  FROM made WHERE NOT imported ORDER BY record_id
)
INSERT INTO crm.deadline_change (record_id, at, old_due_at, old_version, new_due_at, calendar_id, new_version, reason)
SELECT made.record_id, :now, was.new_due_at, was.new_version, made.due_at, made.calendar_id, made.calendar_version,
  CASE WHEN made.imported THEN 'imported' ELSE 'category set' END
FROM made
LEFT JOIN LATERAL (
  SELECT c.new_due_at, c.new_version FROM crm.deadline_change AS c
  WHERE c.record_id = made.record_id ORDER BY c.id DESC LIMIT 1
) AS was ON true
WHERE was.new_due_at IS DISTINCT FROM made.due_at
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
    """Write the business time of rows; a row that was counted meanwhile is left alone."""
    values = {
        "records": spans.records.tolist(),
        "rows": spans.rows.tolist(),
        "business": business.tolist(),
        "calendar": by.calendar_id,
        "version": by.version,
        "mode": by.mode.value,
    }
    connection.execute(sa.text(_COUNTED), values)


def missing(connection: sa.Connection, calendar_id: str, default: str, *, by_category: bool) -> Terms:
    """What the deadlines of open, categorised requests that have none are counted from: imported, or sorted here."""
    values = {"calendar": calendar_id, "default": default, "by_category": by_category}
    found = connection.execute(sa.text(_MISSING), values).all()
    numbers = np.array([tuple(row[:3]) for row in found], dtype=np.int64).reshape(-1, 3)
    paused = np.array([row[4] for row in found], dtype=np.bool_)
    return Terms(numbers[:, 0], numbers[:, 1], numbers[:, 2], [Mode(row[3]) for row in found], paused)


def set_missing(connection: sa.Connection, found: Dues, calendar: tuple[str, int], *, now: datetime) -> None:
    """Give requests their first deadline; one that has got one meanwhile keeps it, and one that was closed gets none.

    What is past now never alarms of an imported request that has its first one.
    """
    columns = {name: getattr(found, name).tolist() for name in ("ids", "dues", "warns", "starts_us", "targets")}
    values = {"calendar": calendar[0], "version": calendar[1], "mode": found.mode.value, "now": now}
    connection.execute(sa.text(_SET), columns | values)
