"""The SQL twin of `Viewer.sees`: which requests a list may show to somebody."""

from collections.abc import Collection

import sqlalchemy as sa

from caseline.crm.tables import record
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Right


def seen(viewer: Viewer, table: sa.FromClause = record) -> list[sa.ColumnElement[bool]]:
    """Conditions that hold for the requests that somebody sees; none for who sees all.

    `table`: another name of the requests, where a query has one.

    A test compares them with `Viewer.sees`.
    """
    if not viewer.may(Right.SEE_REQUESTS):
        return [sa.false()]
    if viewer.scope is Scope.ALL:
        return []
    ways: list[sa.ColumnElement[bool]] = []
    if viewer.groups:
        ways.append(table.c.group_id.in_(sorted(viewer.groups)))
    if viewer.person_id is not None:
        ways.append(table.c.assignee_id == viewer.person_id)
    return [sa.or_(*ways) if ways else sa.false()]


def among(connection: sa.Connection, viewer: Viewer, ids: Collection[int]) -> set[int]:
    """Those of these requests that somebody sees."""
    if not (known := seen(viewer)):
        return set(ids)
    return set(connection.execute(sa.select(record.c.id).where(record.c.id.in_(ids), *known)).scalars())
