"""SQL of the lists of assignments: whose, in which state, until when; a page at a time, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, timeline_tables
from caseline.crm.timeline import AssignmentState
from caseline.listing.stores import access
from caseline.people import tables as people
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Right

MOST_COUNTED: Final = 10_000
_assignment, _record, _item = timeline_tables.assignment, tables.record, timeline_tables.assignment_item
_OPEN: Final = _assignment.c.state == AssignmentState.OPEN.value


class Whose(StrEnum):
    """Which assignments a list is about."""

    MINE = "mine"
    GROUPS = "groups"
    """Those of requests of the groups that somebody works in."""
    GIVEN = "given"
    """Those that somebody has given."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a page begins: after this assignment."""

    due_at: datetime | None
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which assignments are asked for."""

    whose: Whose = Whose.ALL
    state: AssignmentState | None = AssignmentState.OPEN
    """None: whatever state they are in."""
    overdue_at: datetime | None = None
    """Those whose deadline is past at that time, and which are open."""
    due_before: datetime | None = None
    assignee_id: int | None = None
    external: bool = False
    """Those of outsiders only."""
    after: Mark | None = None
    most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An assignment as a list shows it."""

    id: int
    title: str
    state: AssignmentState
    due_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    assignee: str | None
    contact: str | None
    address: str | None
    by: str | None
    record_id: int
    number: str
    subject: str
    whole: bool
    """Whether the viewer sees its request."""
    steps: int
    ticked: int


def listed(connection: sa.Connection, viewer: Viewer, wanted: Wanted) -> list[Row]:
    """A page: open ones by their deadline, those without one last; others by number, the newest first."""
    if wanted.state is not AssignmentState.OPEN:
        newest = (_assignment.c.id.desc(),)
        past = [] if wanted.after is None else [_assignment.c.id < wanted.after.id]
        return _rows(connection, viewer, _ids(viewer, wanted, *past).order_by(*newest), wanted.most, newest)
    found: list[Row] = []
    after = wanted.after
    if after is None or after.due_at is not None:
        later: list[sa.ColumnElement[bool]] = [_assignment.c.due_at.is_not(None)]
        if after is not None and after.due_at is not None:
            later = [sa.tuple_(_assignment.c.due_at, _assignment.c.id) > sa.tuple_(after.due_at, after.id)]
        order = (_assignment.c.due_at, _assignment.c.id)
        found = _rows(connection, viewer, _ids(viewer, wanted, *later).order_by(*order), wanted.most, order)
    left = wanted.most - len(found)
    if left and wanted.overdue_at is None and wanted.due_before is None:
        none: list[sa.ColumnElement[bool]] = [_assignment.c.due_at.is_(None)]
        if after is not None and after.due_at is None:
            none.append(_assignment.c.id > after.id)
        by_id = (_assignment.c.id,)
        found += _rows(connection, viewer, _ids(viewer, wanted, *none).order_by(*by_id), left, by_id)
    return found


def count(connection: sa.Connection, viewer: Viewer, wanted: Wanted) -> int:
    """How many there are, at most `MOST_COUNTED` and one."""
    some = _ids(viewer, replace(wanted, after=None)).limit(MOST_COUNTED + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def assignees(connection: sa.Connection, viewer: Viewer, most: int) -> list[tuple[int, str]]:
    """(id, name) of people who have open assignments that the viewer may see."""
    person = people.person
    ids = sa.select(_assignment.c.assignee_id).select_from(_joined()).where(*_seen(viewer), _OPEN)
    query = sa.select(person.c.id, person.c.name).where(person.c.id.in_(ids)).order_by(person.c.name, person.c.id)
    return [(row.id, row.name) for row in connection.execute(query.limit(most))]


def _joined() -> sa.Join:
    return _assignment.join(_record, _record.c.id == _assignment.c.record_id)


def _whole(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Whether the viewer sees the request."""
    return sa.func.coalesce(sa.and_(sa.true(), *access.seen(viewer)), sa.false())


def _seen(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    """What the viewer may know of: assignments of requests that he sees, and his own."""
    if not viewer.may(Right.SEE_REQUESTS):
        return [sa.false()]
    if viewer.scope is Scope.ALL:
        return []
    if viewer.person_id is None:
        return [_whole(viewer)]
    return [sa.or_(_whole(viewer), _assignment.c.assignee_id == viewer.person_id)]


def _ids(viewer: Viewer, wanted: Wanted, *further: sa.ColumnElement[bool]) -> sa.Select[Any]:
    query = sa.select(_assignment.c.id).select_from(_joined()).where(*_seen(viewer), *further)
    query = query.where(_whose(viewer, wanted.whose))
    if wanted.state is not None:
        query = query.where(_assignment.c.state == wanted.state.value)
    if wanted.overdue_at is not None:
        query = query.where(_OPEN, _assignment.c.due_at <= wanted.overdue_at)
    if wanted.due_before is not None:
        query = query.where(_assignment.c.due_at < wanted.due_before)
    if wanted.assignee_id is not None:
        query = query.where(_assignment.c.assignee_id == wanted.assignee_id)
    if wanted.external:
        query = query.where(_assignment.c.contact_id.is_not(None))
    return query


def _whose(viewer: Viewer, whose: Whose) -> sa.ColumnElement[bool]:
    if whose is Whose.ALL:
        return sa.true()
    if whose is Whose.GROUPS:
        return _record.c.group_id.in_(sorted(viewer.groups)) if viewer.groups else sa.false()
    if viewer.person_id is None:
        return sa.false()
    column = _assignment.c.assignee_id if whose is Whose.MINE else _assignment.c.by_id
    return column == viewer.person_id


def _rows(connection: sa.Connection, viewer: Viewer, ids: sa.Select[Any], most: int, order: Sequence[Any]) -> list[Row]:
    """Names are joined after the limit."""
    person, giver, contact = people.person, people.person.alias(), tables.contact
    steps = sa.select(sa.func.count()).where(_item.c.assignment_id == _assignment.c.id).correlate(_assignment)
    own = ("id", "title", "state", "due_at", "created_at", "ended_at", "record_id")
    query = (
        sa.select(
            *(_assignment.c[name] for name in own),
            person.c.name.label("assignee"),
            contact.c.name.label("contact"),
            contact.c.email.label("address"),
            giver.c.name.label("by"),
            sa.func.coalesce(_record.c.number, sa.cast(_record.c.id, sa.Text)).label("number"),
            _record.c.subject,
            _whole(viewer).label("whole"),
            steps.scalar_subquery().label("steps"),
            steps.where(_item.c.ticked_at.is_not(None)).scalar_subquery().label("ticked"),
        )
        .select_from(
            _joined()
            .outerjoin(person, person.c.id == _assignment.c.assignee_id)
            .outerjoin(contact, contact.c.id == _assignment.c.contact_id)
            .outerjoin(giver, giver.c.id == _assignment.c.by_id)
        )
        .where(_assignment.c.id.in_(ids.limit(most).correlate(None)))
        .order_by(*order)
    )
    return [Row(**{**row, "state": AssignmentState(row["state"])}) for row in connection.execute(query).mappings()]
