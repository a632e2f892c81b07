"""SQL of reading the event log: each event once for each consumer, whichever order transactions end in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.crm.event_tables import consumer, handled
from caseline.db.arrays import bigints

MARGIN: Final = timedelta(seconds=5)
"""Between the number of an event and the moment at which the database knows its transaction; in truth microseconds."""
_MARKS: Final = sa.text("""
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next,
  coalesce((SELECT max(id) FROM crm.event), 0) AS last
""")
# The mark stands twice: from the first alone the planner does not see that what is done before it need not be read.
_WAITING: Final = sa.text("""
SELECT e.id FROM crm.event AS e
WHERE e.id > :done AND NOT e.imported AND e.type = ANY (CAST(:types AS text[]))
  AND (CAST(:stages AS text[]) IS NULL OR e.type <> 'created' OR e.data ->> 'stage' = ANY (:stages))
  AND NOT EXISTS (
    SELECT FROM crm.handled_event AS h WHERE h.consumer = :name AND h.event_id = e.id AND h.event_id > :done
  )
ORDER BY e.id LIMIT :most
""")
_DONE: Final = sa.text(
    "INSERT INTO crm.handled_event (consumer, event_id) SELECT :name, unnest(CAST(:ids AS bigint[]))"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a consumer is, and what the database knows of the log; see `event_tables.consumer`."""

    name: str
    done: int
    seen: tuple[int, int, datetime] | None
    """(event, transaction, when)"""
    oldest: int
    next: int
    last: int

    @property
    def idle(self) -> bool:
        """Whether nothing was written since all was done."""
        return self.last <= self.done


def claim(connection: sa.Connection, name: str) -> Cursor | None:
    """Read on as this consumer until the transaction ends; None while somebody else does."""
    query = sa.select(consumer).where(consumer.c.name == name).with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    marks = connection.execute(_MARKS).one()
    seen = None if row.seen_id is None else (row.seen_id, row.seen_xid, row.seen_at)
    return Cursor(name, row.event_id, seen, marks.oldest, marks.next, marks.last)


def waiting(
    connection: sa.Connection,
    cursor: Cursor,
    types: Sequence[str],
    most: int,
    *,
    after: int = 0,
    stages: Sequence[str] | None = None,
) -> list[int]:
    """The next events of these types that are not done, the oldest first; never what an import has written.

    `after`: none up to that one, so that whoever does many parts does not go through those again that he has just done.
    What has come to light among them meanwhile is answered without it, as must be asked before `advance`.
    `stages`: of what was created only what began in one of these.
    """
    values = {
        "done": max(cursor.done, after),
        "types": list(types),
        "stages": None if stages is None else list(stages),
        "name": cursor.name,
        "most": most,
    }
    return list(connection.execute(_WAITING, values).scalars().all())


def done(connection: sa.Connection, cursor: Cursor, ids: Sequence[int]) -> None:
    """These events are done."""
    if ids:
        connection.execute(_DONE, {"name": cursor.name, "ids": bigints(ids)})


def advance(connection: sa.Connection, cursor: Cursor, *, now: datetime) -> None:
    """Go on from where nothing can come to light any more. All that was there when `cursor` was read must be done."""
    values: dict[str, object] = {}
    safe = cursor.done
    if cursor.seen is not None and cursor.oldest >= cursor.seen[1] and now - cursor.seen[2] >= MARGIN:
        safe = max(safe, cursor.seen[0])
        values = {"event_id": safe, "seen_id": None, "seen_xid": None, "seen_at": None}
        gone = sa.and_(handled.c.consumer == cursor.name, handled.c.event_id <= safe)
        connection.execute(sa.delete(handled).where(gone))
    if (cursor.seen is None or values) and cursor.last > safe:
        values |= {"seen_id": cursor.last, "seen_xid": cursor.next, "seen_at": now}
    if values:
        connection.execute(sa.update(consumer).where(consumer.c.name == cursor.name).values(values))
