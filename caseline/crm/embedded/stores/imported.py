"""SQL of the stage rows of imported records, in sets and in the transaction of the import.

A source without a history tells of one visit only: from the creation to now, or to the closing of a closed record,
whose stages before are not known. A history tells all of them, by the codes of stages or by their labels. Business time
is counted later, in arrays.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, time_tables

_record, _stage, _row = tables.record, tables.stage, time_tables.stage_row

_NOW: Final = """
WITH now AS MATERIALIZED (
  SELECT r.id, r.stage, s.closed, s.closed OR s.pauses AS stops, r.created_at,
    greatest(r.created_at, CASE WHEN s.closed THEN coalesce(r.closed_at, r.modified_at) ELSE r.modified_at END) AS at
  FROM crm.record AS r
  JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage
  WHERE r.id = ANY(:ids)
)
"""
_SECOND: Final = "floor(extract(epoch FROM {}))::bigint"


def _elapsed(since: str, until: str) -> str:
    return f"{_SECOND.format(until)} - {_SECOND.format(since)}"


_LEAVE: Final = f"""
UPDATE crm.stage_row AS w
SET left_at = greatest(w.entered_at, now.at), elapsed_s = {_elapsed("w.entered_at", "greatest(w.entered_at, now.at)")}
FROM now
WHERE w.record_id = now.id AND w.left_at IS NULL AND w.stage <> now.stage
"""  # noqa: S608 - our own words
_ENTER: Final = """
INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, imported)
SELECT now.id, now.stage, now.stops,
  coalesce((SELECT max(w.left_at) FROM crm.stage_row AS w WHERE w.record_id = now.id), now.created_at), true
FROM now
WHERE NOT now.closed AND NOT EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = now.id AND w.left_at IS NULL)
"""
_STOP: Final = """
UPDATE crm.deadline AS d SET stopped_at = now.at FROM now
WHERE d.record_id = now.id AND now.stops AND d.stopped_at IS NULL
"""
_COUNT_AGAIN: Final = """
DELETE FROM crm.deadline AS d USING now WHERE d.record_id = now.id AND NOT now.stops AND d.stopped_at IS NOT NULL
"""

_LOCK: Final = """
SELECT r.id FROM crm.record AS r
WHERE r.id = ANY(:ids)
  AND NOT EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = r.id AND NOT w.imported)
ORDER BY r.id FOR NO KEY UPDATE
"""
_CLEAR_TOTALS: Final = "DELETE FROM crm.stage_total WHERE record_id = ANY(:ids)"
_CLEAR_ROWS: Final = "DELETE FROM crm.stage_row WHERE record_id = ANY(:ids)"
_LEFT: Final = "coalesce(v.next_at, CASE WHEN now.closed THEN greatest(v.at, now.at) END)"
_CODE: Final = """
  coalesce(
    (
      SELECT s.code FROM crm.stage AS s WHERE s.kind = 'request' AND {0} IN (s.code, s.label)
      ORDER BY s.code <> {0} LIMIT 1
    ),
    {0}
  )
"""
_REBUILD: Final = f"""
, step AS (
  SELECT h.record_id, h.id, {_CODE.format("h.old")} AS old, {_CODE.format("h.new")} AS new, h.author_id,
    greatest(h.at, now.created_at) AS at
  FROM crm.history AS h JOIN now ON now.id = h.record_id
  WHERE h.field = 'stage' AND h.new IS NOT NULL
), visit AS (
  SELECT record_id, id AS place, new AS stage, at, author_id FROM step
  UNION ALL
  SELECT now.id, 0, coalesce((SELECT s.old FROM step AS s WHERE s.record_id = now.id ORDER BY s.at, s.id LIMIT 1), ''),
    now.created_at, NULL
  FROM now
), v AS (
  SELECT *, lead(at) OVER (PARTITION BY record_id ORDER BY at, place) AS next_at FROM visit
)
INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, left_at, elapsed_s, by_id, imported)
SELECT v.record_id, CASE WHEN {_LEFT} IS NULL THEN now.stage ELSE v.stage END,
  CASE WHEN {_LEFT} IS NULL THEN now.stops ELSE coalesce(s.closed OR s.pauses, false) END,
  v.at, {_LEFT}, {_elapsed("v.at", _LEFT)}, v.author_id, true
FROM v
JOIN now ON now.id = v.record_id
LEFT JOIN crm.stage AS s ON s.kind = 'request' AND s.code = v.stage
WHERE NOT (v.next_at IS NULL AND now.closed AND coalesce(s.closed, false))
ORDER BY v.record_id, v.at, v.place
"""  # noqa: S608 - our own words


def with_first_rows(made: sa.Insert) -> sa.Insert:
    """The statement that makes records, which then makes their first stage rows too: one for each."""
    columns = ("id", "kind", "stage", "created_at", "closed_at", "modified_at")
    born = made.returning(*(_record.c[name] for name in columns)).cte("born")
    ended = sa.func.greatest(sa.func.coalesce(born.c.closed_at, born.c.modified_at), born.c.created_at)
    left: sa.ColumnElement[Any] = sa.case((_stage.c.closed, ended))
    rows = sa.select(
        born.c.id,
        sa.case((_stage.c.closed, ""), else_=born.c.stage),
        sa.and_(_stage.c.pauses, sa.not_(_stage.c.closed)),
        born.c.created_at,
        left,
        _whole(left) - _whole(born.c.created_at),
        sa.true(),
    ).join(_stage, sa.and_(_stage.c.kind == born.c.kind, _stage.c.code == born.c.stage))
    names = ["record_id", "stage", "pausing", "entered_at", "left_at", "elapsed_s", "imported"]
    return sa.insert(_row).from_select(names, rows)


def _whole(at: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.floor(sa.extract("epoch", at)), sa.BigInteger)


def follow(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Records that an import has changed: a stage that is another now ends the visit to the old one.

    The clock of a deadline stops with it; a deadline whose clock runs again is taken away, to be counted anew.
    """
    if not ids:
        return
    values = {"ids": list(ids)}
    for statement in (_LEAVE, _ENTER, _STOP, _COUNT_AGAIN):
        connection.execute(sa.text(_NOW + statement), values)


def rebuild(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Records of which an import has brought history: their rows are written anew from all of it.

    Records that somebody has moved here keep the rows that they have.
    """
    ours = list(connection.execute(sa.text(_LOCK), {"ids": sorted(set(ids))}).scalars())
    if not ours:
        return
    for statement in (_CLEAR_TOTALS, _CLEAR_ROWS, _NOW + _REBUILD):
        connection.execute(sa.text(statement), {"ids": ours})
