"""SQL of the first page: a few figures of now, each of them read from an index."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.crm import tables, vocabulary
from caseline.listing.stores import access
from caseline.people.access import Viewer
from caseline.reports.stores.ground import DEADLINE, RECORD, Condition

MOST: Final = 10_000
"""Up to where the first page counts; what is more is said to be more."""
LIMITS: Final = ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = '2s'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What somebody begins the day with; a number above `MOST` stands for more than that."""

    mine: int | None = None
    """Open requests of the person; None where the login is nobody's."""
    mine_overdue: int | None = None
    overdue: int
    """Of all that are shown to the login."""
    unassigned: int
    """Open requests without a person: of the login's groups, or of all where it has none."""
    in_groups: bool
    """Whether the unassigned ones are those of the login's groups."""
    uncategorised: int
    created: int
    closed: int


def limited(connection: sa.Connection) -> None:
    """From here to the end of the transaction nothing is written, and no query runs for more than two seconds."""
    for statement in LIMITS:
        connection.execute(sa.text(statement))


def figures(connection: sa.Connection, viewer: Viewer, since: datetime, *, now: datetime) -> Today:
    """The figures; the day begins at `since`."""
    stage = tables.stage
    closed = sa.select(stage.c.code).where(stage.c.kind == vocabulary.REQUEST, stage.c.closed)
    codes = list(connection.execute(closed).scalars())
    shown = (RECORD.c.kind == vocabulary.REQUEST, *access.seen(viewer))
    live = (RECORD.c.closed_at.is_(None), RECORD.c.stage.not_in(codes), *shown)
    own = RECORD.c.assignee_id == viewer.person_id
    late = (DEADLINE.c.stopped_at.is_(None), DEADLINE.c.warn_at < now, DEADLINE.c.due_at < now)
    nobody: list[Condition] = [RECORD.c.assignee_id.is_(None)]
    if viewer.groups:
        nobody.append(RECORD.c.group_id.in_(sorted(viewer.groups)))
    with_deadline = RECORD.join(DEADLINE, DEADLINE.c.record_id == RECORD.c.id)

    def number(source: sa.FromClause, *conditions: Condition) -> int:
        capped = sa.select(sa.literal(1)).select_from(source).where(*conditions).limit(MOST + 1).subquery()
        found: int = connection.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one()
        return found

    somebody = viewer.person_id is not None
    return Today(
        mine=number(RECORD, own, *live) if somebody else None,
        mine_overdue=number(with_deadline, own, *late, *live) if somebody else None,
        overdue=number(with_deadline, *late, *live),
        unassigned=number(RECORD, *nobody, *live),
        in_groups=bool(viewer.groups),
        uncategorised=number(RECORD, RECORD.c.category.is_(None), *live),
        created=number(RECORD, RECORD.c.created_at >= since, RECORD.c.created_at <= now, *shown),
        closed=number(RECORD, RECORD.c.closed_at >= since, RECORD.c.closed_at <= now, *shown),
    )
