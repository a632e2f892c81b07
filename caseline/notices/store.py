"""SQL of telling: events with what the rules must know, who can be told, and the notices that come of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.notices.kinds import Event, Kind, Member, Told, Way
from caseline.notices.rules import Staff
from caseline.notices.tables import choice, notice
from caseline.people import tables as people
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from caseline.people.stores import presence
from caseline.people.turns import Presence

_SWEPT: Final = 500
# Whoever writes into the log may say a name where others say a number.
_EVENTS: Final = sa.text("""
WITH e AS MATERIALIZED (
  SELECT id, type, at, record_id, coalesce(data, '{}') AS data,
    CASE WHEN jsonb_typeof(data -> 'assignment') = 'number' THEN (data ->> 'assignment')::bigint END AS assignment,
    CASE WHEN jsonb_typeof(data -> 'message') = 'number' AND type = 'message_added'
      THEN (data ->> 'message')::bigint END AS message,
    CASE WHEN jsonb_typeof(data -> 'by') = 'number' THEN (data ->> 'by')::bigint END AS by_id
  FROM crm.event WHERE id = ANY (CAST(:ids AS bigint[]))
)
SELECT e.id, e.type, e.at, e.record_id, e.data,
  r.closed_at IS NOT NULL AS closed, r.group_id, r.assignee_id,
  a.id AS assignment_id, a.assignee_id AS worker_id, a.by_id AS giver_id, a.title,
  CASE WHEN m.kind = 'comment' THEN coalesce(m.text, '') ELSE '' END AS comment, m.author_id,
  m.id IS NOT NULL AND NOT EXISTS (SELECT FROM crm.message AS o WHERE o.record_id = m.record_id AND o.id < m.id)
    AS opening,
  p.name AS by, s.label AS stage
FROM e
JOIN crm.record AS r ON r.id = e.record_id
LEFT JOIN crm.assignment AS a ON a.id = e.assignment
LEFT JOIN crm.message AS m ON m.id = e.message
LEFT JOIN people.person AS p ON p.id = coalesce(e.by_id, m.author_id)
LEFT JOIN crm.stage AS s ON e.type = 'stage_changed' AND s.kind = r.kind AND s.code = e.data ->> 'new'
ORDER BY e.id
""")
_MEMBERS: Final = sa.text("""
SELECT p.id AS person_id, p.name, p.email, l.id AS login_id, l.name AS login, l.role, l.scope,
  ARRAY(SELECT m.group_id FROM people.membership AS m WHERE m.person_id = p.id) AS groups
FROM people.login AS l
JOIN people.person AS p ON p.id = l.person_id AND p.active
WHERE l.active ORDER BY p.id, l.id
""")


def events(connection: sa.Connection, ids: Sequence[int]) -> list[Event]:
    """These events, the oldest first; none of a request that is gone."""
    return [Event(**row) for row in connection.execute(_EVENTS, {"ids": list(ids)}).mappings()]


def staff(connection: sa.Connection, *, today: date) -> Staff:
    """Everybody who may sign in, with groups, choices, and who stands in for whom today."""
    logins: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_MEMBERS):
        logins[row.person_id].append(row)
    ways: dict[int, dict[Kind, Way]] = defaultdict(dict)
    for person_id, kind, way in connection.execute(sa.select(choice.c.person_id, choice.c.kind, choice.c.way)):
        if kind in set(Kind):
            ways[person_id][Kind(kind)] = Way(way)
    groups: dict[int, list[int]] = defaultdict(list)
    member = people.membership
    for group_id, person_id in connection.execute(sa.select(member.c.group_id, member.c.person_id)):
        groups[group_id].append(person_id)
    there = presence.on(connection, today)
    return Staff({number: _member(rows, ways.get(number, {}), there) for number, rows in logins.items()}, groups)


def tell(connection: sa.Connection, told: Sequence[Told]) -> int:
    """Keep what people are told; answers how many notices are new. Each is kept once, however often it is told."""
    rows = [
        {
            "event_id": one.event.id,
            "person_id": one.person_id,
            "kind": one.kind.value,
            "record_id": one.event.record_id,
            "assignment_id": one.event.assignment_id,
            "at": one.event.at,
            "data": one.details,
            "mail": "wanted" if one.by_mail else None,
        }
        for one in told
    ]
    if not rows:
        return 0
    made = insert(notice).values(rows).on_conflict_do_nothing(index_elements=["event_id", "person_id", "kind"])
    return len(connection.execute(made.returning(notice.c.id)).all())


def sweep(connection: sa.Connection, *, before: datetime) -> int:
    """Forget the oldest of what happened before; answers how much."""
    oldest = sa.select(notice.c.id).order_by(notice.c.id).limit(_SWEPT)
    return connection.execute(sa.delete(notice).where(notice.c.id.in_(oldest), notice.c.at < before)).rowcount


def _member(rows: Sequence[Any], ways: dict[Kind, Way], there: Presence) -> Member:
    one = rows[0]
    absent = one.person_id in there.away
    viewers = tuple(
        Viewer(
            login_id=row.login_id,
            name=row.login,
            role=Role(row.role),
            person_id=row.person_id,
            groups=frozenset(row.groups),
            scope=Scope(row.scope),
        )
        for row in rows
    )
    return Member(
        person_id=one.person_id,
        name=one.name,
        email=one.email,
        viewers=viewers,
        ways=ways,
        deputy_id=there.stand_in(one.person_id) if absent else None,
        absent=absent,
    )
