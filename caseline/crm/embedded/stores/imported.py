"""SQL of the stage rows of imported records, in sets and in the transaction of the import.

A source without a history tells of one visit only: from the creation to now, or to the closing of a closed record,
whose stages before are not known. A history tells all, by codes of stages or labels. Business time is counted later.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, time_tables

_Pauses = dict[int, list[list[int]] | None]
_record, _stage, _row = tables.record, tables.stage, time_tables.stage_row

_NOW: Final = """
WITH now AS MATERIALIZED (
  SELECT r.id, r.stage, s.closed, s.closed OR s.pauses AS stops, r.created_at, r.closed_at,
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
WHERE w.record_id = now.id AND w.record_id = ANY(:ids) AND w.left_at IS NULL AND w.stage <> now.stage
"""  # noqa: S608 - our own words
# A record that was closed is open again: of the time between nobody knows more than that its clock stood still.
_ENTER: Final = f"""
, opened AS (
  SELECT now.id, now.stage, now.stops, coalesce(last.left_at, now.created_at) AS since,
    CASE WHEN last.left_at IS NULL THEN now.created_at ELSE now.at END AS at
  FROM now
  LEFT JOIN (
    SELECT record_id, max(left_at) AS left_at, bool_or(left_at IS NULL) AS open
    FROM crm.stage_row WHERE record_id = ANY(:ids) GROUP BY record_id
  ) AS last ON last.record_id = now.id
  WHERE NOT now.closed AND last.open IS NOT TRUE
)
INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, left_at, elapsed_s, imported)
SELECT id, '', true, since, at, {_elapsed("since", "at")}, true FROM opened WHERE since < at
UNION ALL
SELECT id, stage, stops, greatest(since, at), NULL, NULL, true FROM opened
"""  # noqa: S608 - our own words
_SET: Final = f"""
UPDATE crm.stage_row AS w
SET entered_at = moved.since, left_at = moved.until, elapsed_s = {_elapsed("moved.since", "moved.until")},
  business_s = NULL, paused_s = NULL
FROM moved
WHERE w.record_id = moved.record_id AND w.id = moved.id
"""  # noqa: S608 - our own words
_BEGIN: Final = f"""
, moved AS MATERIALIZED (
  SELECT w.record_id, w.id,
    CASE WHEN w.first THEN now.created_at ELSE greatest(w.entered_at, now.created_at) END AS since,
    CASE WHEN w.left_at IS NOT NULL THEN greatest(w.left_at, now.created_at) END AS until
  FROM now
  CROSS JOIN LATERAL (
    SELECT *, lag(w.id) OVER (ORDER BY w.entered_at, w.id) IS NULL AS first
    FROM crm.stage_row AS w WHERE w.record_id = now.id
  ) AS w
  WHERE w.imported AND CASE WHEN w.first THEN w.entered_at <> now.created_at ELSE w.entered_at < now.created_at END
)
{_SET}"""  # noqa: S608 - our own words
"""What was made at another time than it was believed."""
_END: Final = f"""
, moved AS MATERIALIZED (
  SELECT w.record_id, w.id, w.entered_at AS since, now.at AS until
  FROM now
  CROSS JOIN LATERAL (
    SELECT * FROM crm.stage_row AS w WHERE w.record_id = now.id ORDER BY w.entered_at DESC, w.id DESC LIMIT 1
  ) AS w
  WHERE w.imported AND now.closed AND now.closed_at IS NOT NULL AND w.entered_at <= now.at AND w.left_at <> now.at
)
{_SET}"""  # noqa: S608 - our own words
"""What was closed at another time than it was believed."""
_STANDS: Final = """
(now.closed OR EXISTS (SELECT FROM crm.stage_row AS w WHERE w.record_id = now.id AND w.left_at IS NULL AND w.pausing))
"""
_STOP: Final = f"""
UPDATE crm.deadline AS d SET stopped_at = now.at FROM now
WHERE d.record_id = now.id AND d.record_id = ANY(:ids) AND d.stopped_at IS NULL AND {_STANDS}
"""  # noqa: S608 - our own words
# What was said of it stays said; of one that lies ahead when it is counted it is taken back.
_COUNT_AGAIN: Final = f"""
DELETE FROM crm.deadline AS d USING now
WHERE d.record_id = now.id AND d.record_id = ANY(:ids) AND NOT now.closed
  AND (now.id = ANY(:altered) OR d.stopped_at IS NOT NULL AND NOT {_STANDS})
"""  # noqa: S608 - our own words

_LOCK: Final = "SELECT r.id FROM crm.record AS r WHERE r.id = ANY(:ids) ORDER BY r.id FOR NO KEY UPDATE"
_MOVED_HERE: Final = (
    "SELECT DISTINCT w.record_id FROM crm.stage_row AS w WHERE w.record_id = ANY(:ids) AND NOT w.imported"
)
# By the seconds that deadlines are counted in.
_PAUSES: Final = f"""
SELECT d.record_id, array_agg(ARRAY[{_SECOND.format("w.entered_at")}, {_SECOND.format("w.left_at")}]
  ORDER BY w.entered_at, w.id) FILTER (WHERE w.left_at > w.entered_at)
FROM crm.deadline AS d JOIN crm.stage_row AS w ON w.record_id = d.record_id AND w.pausing
WHERE d.record_id = ANY(:ids) AND w.record_id = ANY(:ids)
GROUP BY d.record_id
"""  # noqa: S608 - our own words
_CLEAR_ROWS: Final = "DELETE FROM crm.stage_row WHERE record_id = ANY(:ids)"
# A record's own time of closing is believed before the one that its history tells, if it can be that of the last visit.
_LEFT: Final = """
CASE
  WHEN now.closed AND v.last THEN greatest(v.at, now.at)
  WHEN now.closed AND v.before_closing AND now.closed_at >= v.at THEN now.at
  ELSE v.next_at
END
"""
# Every set is read once and by its ids: the conversion around this may forbid the planner loops over an index. Changes
# of one moment count in the order of their keys, which is that of the source whatever came into the register first.
_REBUILD: Final = f"""
, word AS MATERIALIZED (
  SELECT DISTINCT ON (said) said, code FROM (
    SELECT code AS said, code, 0 AS rank, position FROM crm.stage WHERE kind = 'request'
    UNION ALL SELECT unnest(spellings), code, 1, position FROM crm.stage WHERE kind = 'request'
    UNION ALL SELECT label, code, 2, position FROM crm.stage WHERE kind = 'request'
  ) AS spelling
  ORDER BY said, rank, position, code
), step AS MATERIALIZED (
  SELECT h.record_id, h.old, h.new, h.author_id, greatest(h.at, now.created_at) AS at,
    row_number() OVER (PARTITION BY h.record_id ORDER BY h.at, length(h.origin), h.origin, h.id) AS place
  FROM crm.history AS h JOIN now ON now.id = h.record_id
  WHERE h.record_id = ANY(:ids) AND h.field = 'stage' AND h.new IS NOT NULL
), visit AS (
  SELECT record_id, place, new AS said, at, author_id FROM step
  UNION ALL
  SELECT now.id, 0, coalesce(first.old, ''), now.created_at, NULL
  FROM now LEFT JOIN step AS first ON first.record_id = now.id AND first.place = 1
), v AS (
  SELECT visit.record_id, place, coalesce(word.code, visit.said) AS stage, at, author_id,
    coalesce(s.closed, false) AS closing, coalesce(s.closed OR s.pauses, false) AS stops,
    lead(at) OVER later AS next_at, lead(visit.record_id) OVER later IS NULL AS last,
    coalesce(lead(s.closed) OVER later, false) AND lead(visit.record_id, 2) OVER later IS NULL AS before_closing
  FROM visit
  LEFT JOIN word ON word.said = visit.said
  LEFT JOIN crm.stage AS s ON s.kind = 'request' AND s.code = coalesce(word.code, visit.said)
  WINDOW later AS (PARTITION BY visit.record_id ORDER BY place)
)
INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, left_at, elapsed_s, by_id, imported)
SELECT v.record_id, CASE WHEN {_LEFT} IS NULL THEN now.stage ELSE v.stage END,
  CASE WHEN {_LEFT} IS NULL THEN now.stops ELSE v.stops END,
  v.at, {_LEFT}, {_elapsed("v.at", _LEFT)}, v.author_id, true
FROM v
JOIN now ON now.id = v.record_id
WHERE NOT (v.last AND now.closed AND v.closing)
ORDER BY v.record_id, v.place
"""  # noqa: S608 - our own words


_NOTHING_LEFT: Final = """
DELETE FROM crm.live_source AS l WHERE NOT EXISTS (SELECT FROM crm.record AS r WHERE r.source = l.source)
"""


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


def follow(connection: sa.Connection, ids: Sequence[int], altered: Sequence[int]) -> None:
    """Records that an import has changed: a stage that is another now ends the visit to the old one.

    The clock of a deadline stops with it; a deadline whose clock runs again is taken away, to be counted anew, and so
    is the one of an open record of which something was `altered` that deadlines are counted from, or a pause has ended.
    """
    if not ids:
        return
    before = _pauses(connection, ids)
    for statement in (_LEAVE, _ENTER, _BEGIN, _END):
        connection.execute(sa.text(_NOW + statement), {"ids": list(ids)})
    _follow_with_deadlines(connection, ids, [*altered, *_moved(before, _pauses(connection, ids))])


def _follow_with_deadlines(connection: sa.Connection, ids: Sequence[int], altered: Sequence[int]) -> None:
    """Deadlines of open records whose clock has stopped or goes on, or that were `altered`, are to be counted anew."""
    connection.execute(sa.text(_NOW + _STOP), {"ids": list(ids)})
    connection.execute(sa.text(_NOW + _COUNT_AGAIN), {"ids": list(ids), "altered": list(altered)})


def forget(connection: sa.Connection, ids: Sequence[int]) -> None:
    """What stays of records that a rollback has deleted: the log of their deadlines, what the dictionary said of them.

    A source of which nothing is left is not live any more: imported again, it is silent until it goes live again.
    """
    for table in ("crm.deadline_change", "keywords.scored"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE record_id = ANY(:ids)"), {"ids": list(ids)})  # noqa: S608 - above
    connection.execute(sa.text(_NOTHING_LEFT))


def rebuild(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Records whose history an import has brought or a rollback has taken: their rows are written anew from all of it.

    Records that somebody has moved here keep the rows that they have. The deadline of an open record whose clock has
    stood still at other times than before is taken away, to be counted anew.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return
    # Locked first, and asked in a statement of its own: somebody who moves a record at this moment is waited for, and
    # what he did is seen.
    locked = set(connection.execute(sa.text(_LOCK), {"ids": wanted}).scalars())
    moved = connection.execute(sa.text(_MOVED_HERE), {"ids": wanted}).scalars()
    ours = sorted(locked.difference(moved))
    if not ours:
        return
    before = _pauses(connection, ours)
    for statement in (_CLEAR_ROWS, _NOW + _REBUILD):
        connection.execute(sa.text(statement), {"ids": ours})
    _follow_with_deadlines(connection, ours, _moved(before, _pauses(connection, ours)))


def _moved(before: _Pauses, after: _Pauses) -> list[int]:
    return [number for number in before.keys() | after.keys() if before.get(number) != after.get(number)]


def _pauses(connection: sa.Connection, ids: Sequence[int]) -> _Pauses:
    """When the clocks of records that have a deadline have stood still, in seconds."""
    return {row[0]: row[1] for row in connection.execute(sa.text(_PAUSES), {"ids": list(ids)})}
