"""SQL of what leads hold of ours: what the house counts now, beside what was written last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.bitrix24 import sync_tables, values
from caseline.crm.bitrix24.places import HOUSE
from caseline.crm.bitrix24.values import Item

_table = sync_tables.written
_DEADLINE, _DURATIONS, _BUSINESS = HOUSE
# Rows that an import has made are counted later; until then nothing is said of their request's time.
_UNLIKE: Final = """
WITH spent AS (
  SELECT record_id, count(*) AS visits, sum(business_s)::bigint AS business_s, sum(paused_s)::bigint AS paused_s,
    bool_and(business_s IS NOT NULL) AS counted
  FROM crm.stage_row WHERE left_at IS NOT NULL GROUP BY record_id
)
SELECT r.id AS record_id, date_trunc('second', d.due_at) AS due_at, r.category, r.group_id,
  coalesce(s.visits, 0) AS visits, coalesce(s.business_s, 0) AS business_s, coalesce(s.paused_s, 0) AS paused_s
FROM crm.record AS r
LEFT JOIN crm.deadline AS d ON d.record_id = r.id
LEFT JOIN spent AS s ON s.record_id = r.id
LEFT JOIN portal.written AS w ON w.record_id = r.id
WHERE r.kind = 'request' AND r.id > :after AND s.counted IS NOT FALSE
  AND NOT EXISTS (SELECT FROM portal.gone AS g WHERE g.entity = 'request' AND g.id = r.id)
  AND (w.record_id IS NULL
    OR (w.due_at, w.category, w.group_id, w.visits, w.business_s, w.paused_s) IS DISTINCT FROM
      (date_trunc('second', d.due_at), r.category, r.group_id, coalesce(s.visits, 0), coalesce(s.business_s, 0),
       coalesce(s.paused_s, 0)))
ORDER BY r.id LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a lead holds of ours; see `sync_tables.written`."""

    record_id: int
    due_at: datetime | None
    category: str | None
    group_id: int | None
    visits: int
    business_s: int
    paused_s: int


def read(connection: sa.Connection, number: int) -> Written | None:
    """What was written last; None when nothing was, or when it is to be written again."""
    found = connection.execute(sa.select(_table).where(_table.c.record_id == number)).one_or_none()
    return None if found is None else Written(*found)


def several(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Written]:
    """The same of several records."""
    wanted = sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    found = connection.execute(sa.select(_table).where(_table.c.record_id == wanted))
    return {row.record_id: Written(*row) for row in found}


def forget(connection: sa.Connection, number: int) -> None:
    """Somebody has changed in the portal what is ours: it is written again."""
    connection.execute(sa.delete(_table).where(_table.c.record_id == number))


def touched(kept: Written, item: Item) -> bool:
    """Whether the item holds something else in our fields than we have written."""
    due_at = kept.due_at and kept.due_at.astimezone(UTC).replace(microsecond=0)
    told = bool(values.seen(_DURATIONS, item)) == bool(kept.visits)
    return values.seen(_DEADLINE, item) != due_at or (values.seen(_BUSINESS, item) or 0) != kept.business_s or not told


def unlike(connection: sa.Connection, *, after: int, most: int) -> list[Written]:
    """What leads shall hold now, of the next requests by id for which that differs from what was written last."""
    found = connection.execute(sa.text(_UNLIKE), {"after": after, "most": most})
    return [Written(**row) for row in found.mappings()]


def keep(connection: sa.Connection, done: Sequence[Written]) -> None:
    """The leads hold this now; a request that is gone by now is left out."""
    held = "SELECT id FROM crm.record WHERE id = ANY(:ids) FOR KEY SHARE"
    there = set(connection.execute(sa.text(held), {"ids": [one.record_id for one in done]}).scalars())
    rows: list[dict[str, Any]] = [
        {name: getattr(one, name) for name in Written.__slots__} for one in done if one.record_id in there
    ]
    if rows:
        made = insert(_table)
        new = {name: made.excluded[name] for name in Written.__slots__ if name != "record_id"}
        connection.execute(made.on_conflict_do_update(index_elements=["record_id"], set_=new), rows)
