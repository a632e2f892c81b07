"""SQL of assignments, merged requests and links between requests."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables, timeline_tables
from caseline.crm.timeline import Assignment, AssignmentState, NewAssignment, Successor
from caseline.db import named_locks
from caseline.people import tables as people

_assignment, _merge, _link = timeline_tables.assignment, timeline_tables.merge, timeline_tables.link
_SUCCESSORS: Final = sa.text("""
WITH RECURSIVE reached (id) AS (
  SELECT unnest(CAST(:ids AS bigint[]))
  UNION
  SELECT further.id FROM reached CROSS JOIN LATERAL (
    SELECT record_id FROM crm.link WHERE other_id = reached.id AND kind = 'follows'
    UNION ALL SELECT into_id FROM crm.merge WHERE record_id = reached.id
  ) AS further (id)
)
SELECT l.record_id, bool_or(l.other_id = ANY (CAST(:ids AS bigint[])))
FROM reached JOIN crm.link AS l ON l.other_id = reached.id AND l.kind = 'follows'
GROUP BY l.record_id ORDER BY max(l.at) DESC, l.record_id DESC
""")
_MERGES: Final = sa.text("""
WITH RECURSIVE chain AS (
  SELECT record_id, into_id FROM crm.merge WHERE record_id = :id
  UNION
  SELECT further.record_id, further.into_id FROM crm.merge AS further JOIN chain ON chain.into_id = further.record_id
)
SELECT record_id, into_id FROM chain
""")


def make(connection: sa.Connection, new: NewAssignment, *, by_id: int | None, at: datetime) -> int:
    """Insert an assignment; answers its id."""
    made = sa.insert(_assignment).values(**asdict(new), by_id=by_id, created_at=at)
    return int(connection.execute(made.returning(_assignment.c.id)).scalar_one())


def get(connection: sa.Connection, assignment_id: int) -> Assignment | None:
    """The assignment of that id."""
    found = _read(connection, _assignment.c.id == assignment_id)
    return found[0] if found else None


def of_record(connection: sa.Connection, record_id: int) -> list[Assignment]:
    """Assignments of a request, the oldest first."""
    return _read(connection, _assignment.c.record_id == record_id)


def of_contact(connection: sa.Connection, contact_id: int) -> list[Assignment]:
    """Open assignments of a contact, the oldest first."""
    return _read(connection, _assignment.c.contact_id == contact_id, _assignment.c.state == AssignmentState.OPEN.value)


def requests_of(connection: sa.Connection, ids: Sequence[int]) -> dict[int, int]:
    """The request of each of these assignments."""
    named = _assignment.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    return {
        row.id: row.record_id
        for row in connection.execute(sa.select(_assignment.c.id, _assignment.c.record_id).where(named))
    }


def to_remind(connection: sa.Connection, *, now: datetime, most: int) -> list[Assignment]:
    """Open assignments whose reminder is due, the most urgent first.

    Where nobody can be written to yet, it waits for an address until the deadline.
    """
    contact = tables.contact
    address = sa.exists().where(contact.c.id == _assignment.c.contact_id, contact.c.email.is_not(None))
    due = sa.and_(
        _assignment.c.state == AssignmentState.OPEN.value,
        _assignment.c.remind_at <= now,
        sa.or_(_assignment.c.due_at < now, address),
    )
    query = sa.select(_assignment.c.id).where(due).order_by(_assignment.c.remind_at, _assignment.c.id).limit(most)
    ids = list(connection.execute(query).scalars())
    return _read(connection, _assignment.c.id.in_(ids))


def write(connection: sa.Connection, one: Assignment, values: Mapping[str, Any]) -> bool:
    """Change columns of an assignment if it still has this version."""
    changed = (
        sa.update(_assignment)
        .values(**values, version=_assignment.c.version + 1)
        .where(_assignment.c.id == one.id, _assignment.c.version == one.version)
    )
    return connection.execute(changed).rowcount == 1


@dataclass(frozen=True, slots=True)
class Moved:
    """What went from a request into another one."""

    record_id: int
    into_id: int
    messages: Sequence[int]
    assignments: Sequence[int]


def merge(connection: sa.Connection, moved: Moved, *, by_id: int | None, at: datetime) -> None:
    """From now on a request goes on in another one."""
    connection.execute(sa.insert(_merge).values(**asdict(moved), by_id=by_id, at=at))


def merges(connection: sa.Connection, record_id: int) -> dict[int, int]:
    """Into which request this one is merged, and that one, and so on."""
    return {row.record_id: row.into_id for row in connection.execute(_MERGES, {"id": record_id})}


def unmerge(connection: sa.Connection, record_id: int) -> Moved | None:
    """A request stands by itself again; answers what had moved, None when it was not merged."""
    columns = (_merge.c.record_id, _merge.c.into_id, _merge.c.messages, _merge.c.assignments)
    gone = sa.delete(_merge).where(_merge.c.record_id == record_id).returning(*columns)
    row = connection.execute(gone).one_or_none()
    return None if row is None else Moved(*row)


def link(connection: sa.Connection, record_id: int, others: Sequence[int], kind: str, *, at: datetime) -> None:
    """Say what a request has to do with others."""
    rows = [
        {"record_id": record_id, "other_id": other, "kind": kind, "at": at} for other in others if other != record_id
    ]
    if rows:
        connection.execute(insert(_link).on_conflict_do_nothing(), rows)


def successors(connection: sa.Connection, ids: Sequence[int]) -> list[Successor]:
    """Requests that go on where these were closed, over any number of generations and merges, the newest first."""
    return [Successor(*row) for row in connection.execute(_SUCCESSORS, {"ids": list(ids)})]


def hold(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Nobody else lets requests go on where these were closed until the transaction ends."""
    named_locks.hold(connection, [f"successor of {one}" for one in ids])


def succeed(connection: sa.Connection, record_id: int, into_id: int, others: Sequence[int], *, at: datetime) -> None:
    """What goes on where others were closed is another request by now."""
    mine = sa.and_(_link.c.record_id == record_id, _link.c.kind == "follows", _link.c.other_id.in_(others))
    connection.execute(sa.delete(_link).where(mine))
    link(connection, into_id, others, "follows", at=at)


def _read(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[Assignment]:
    person, contact, giver = people.person, tables.contact, people.person.alias()
    query = (
        sa.select(
            *(column for column in _assignment.c if column.name != "overdue_at"),
            giver.c.name.label("by"),
            person.c.name.label("assignee"),
            contact.c.name.label("contact"),
            sa.func.coalesce(contact.c.email, person.c.email).label("address"),
        )
        .outerjoin(person, person.c.id == _assignment.c.assignee_id)
        .outerjoin(giver, giver.c.id == _assignment.c.by_id)
        .outerjoin(contact, contact.c.id == _assignment.c.contact_id)
        .where(*which)
        .order_by(_assignment.c.id)
    )
    return [
        Assignment(**{**row, "state": AssignmentState(row["state"])}) for row in connection.execute(query).mappings()
    ]
