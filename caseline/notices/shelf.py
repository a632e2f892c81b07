"""SQL of notices as those read them who were told, and of what they choose to be told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables, timeline_tables
from caseline.notices.kinds import USUAL, Kind, Way
from caseline.notices.tables import choice, notice
from caseline.people.access import Scope, Viewer

MOST_COUNTED: Final = 100
_record, _assignment = tables.record, timeline_tables.assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody was told."""

    id: int
    kind: Kind
    at: datetime
    read_at: datetime | None
    record_id: int
    number: str
    subject: str
    assignment_id: int | None
    details: Mapping[str, str]
    whole: bool
    """Whether the reader may open the request itself, not only his assignment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which notices are asked for."""

    unread: bool = False
    before: int | None = None
    """Only those told before this one."""
    most: int = 50


def listed(connection: sa.Connection, viewer: Viewer, asked: Asked) -> list[Notice]:
    """Notices of somebody, the newest first."""
    query = _mine(viewer, *_shown()).order_by(notice.c.id.desc()).limit(asked.most)
    if asked.unread:
        query = query.where(notice.c.read_at.is_(None))
    if asked.before is not None:
        query = query.where(notice.c.id < asked.before)
    return [_read(row) for row in connection.execute(query).mappings()]


def get(connection: sa.Connection, viewer: Viewer, number: int) -> Notice | None:
    """One of somebody's notices."""
    found = connection.execute(_mine(viewer, *_shown()).where(notice.c.id == number)).mappings().one_or_none()
    return None if found is None else _read(found)


def unread(connection: sa.Connection, viewer: Viewer) -> int:
    """How many somebody has not read, at most `MOST_COUNTED`."""
    some = _mine(viewer, notice.c.id).where(notice.c.read_at.is_(None)).limit(MOST_COUNTED).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def states(connection: sa.Connection, persons: Collection[int]) -> dict[int, tuple[int, int]]:
    """(how many are unread, the newest of them) by person: another one whenever somebody was told or has read."""
    mine = notice.c.person_id.in_(persons)
    columns = (notice.c.person_id, sa.func.count(), sa.func.max(notice.c.id))
    query = sa.select(*columns).where(mine, notice.c.read_at.is_(None)).group_by(notice.c.person_id)
    return {person: (int(count), int(newest)) for person, count, newest in connection.execute(query)}


def read(connection: sa.Connection, person_id: int, number: int, *, now: datetime) -> None:
    """Somebody has read a notice."""
    _mark(connection, notice.c.person_id == person_id, notice.c.id == number, now=now)


def read_all(connection: sa.Connection, person_id: int, up_to: int, *, now: datetime) -> int:
    """Somebody has read all up to one of them; answers how many."""
    return _mark(connection, notice.c.person_id == person_id, notice.c.id <= up_to, now=now)


def choices(connection: sa.Connection, person_id: int) -> dict[Kind, Way]:
    """How somebody wants to be told of each kind."""
    query = sa.select(choice.c.kind, choice.c.way).where(choice.c.person_id == person_id)
    chosen = {row.kind: Way(row.way) for row in connection.execute(query)}
    return {kind: chosen.get(kind.value, USUAL) for kind in Kind}


def choose(connection: sa.Connection, person_id: int, wanted: Mapping[Kind, Way]) -> None:
    """Keep how somebody wants to be told."""
    rows = [{"person_id": person_id, "kind": kind.value, "way": way.value} for kind, way in wanted.items()]
    if rows:
        made = insert(choice).values(rows)
        kept = made.on_conflict_do_update(index_elements=["person_id", "kind"], set_={"way": made.excluded.way})
        connection.execute(kept)


def _mark(connection: sa.Connection, *which: sa.ColumnElement[bool], now: datetime) -> int:
    unread_ones = sa.update(notice).where(*which, notice.c.read_at.is_(None))
    return connection.execute(unread_ones.values(read_at=now)).rowcount


def _shown() -> tuple[Any, ...]:
    own = ("id", "kind", "at", "read_at", "record_id", "assignment_id")
    return (*(notice.c[name] for name in own), notice.c.data.label("details"), _record.c.number, _record.c.subject)


def _mine(viewer: Viewer, *columns: Any) -> sa.Select[Any]:  # noqa: ANN401 - columns of any type
    """What somebody was told and may still know: he sees the request, or works on the assignment."""
    person = viewer.person_id
    joined = notice.join(_record, _record.c.id == notice.c.record_id)
    joined = joined.outerjoin(_assignment, _assignment.c.id == notice.c.assignment_id)
    sees: sa.ColumnElement[bool] = sa.true()
    if viewer.scope is Scope.GROUPS:
        own = sa.func.coalesce(_record.c.assignee_id == person, sa.false())
        sees = sa.or_(own, sa.func.coalesce(_record.c.group_id.in_(viewer.groups), sa.false()))
    works = sa.func.coalesce(_assignment.c.assignee_id == person, sa.false())
    query = sa.select(*columns, sees.label("whole")).select_from(joined)
    return query.where(notice.c.person_id == person, sa.or_(sees, works))


def _read(row: Any) -> Notice:  # noqa: ANN401 - a mapping of a row
    return Notice(**{**row, "kind": Kind(row["kind"]), "number": row["number"] or str(row["record_id"])})
