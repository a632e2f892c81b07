"""The SQL twin of `Viewer.sees`: which requests a list may show to somebody."""

import sqlalchemy as sa

from caseline.crm.tables import record
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Right


def seen(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    """Conditions that hold for the requests that somebody sees; none for who sees all.

    A test compares them with `Viewer.sees`.
    """
    if not viewer.may(Right.SEE_REQUESTS):
        return [sa.false()]
    if viewer.scope is Scope.ALL:
        return []
    ways: list[sa.ColumnElement[bool]] = []
    if viewer.groups:
        ways.append(record.c.group_id.in_(sorted(viewer.groups)))
    if viewer.person_id is not None:
        ways.append(record.c.assignee_id == viewer.person_id)
    return [sa.or_(*ways) if ways else sa.false()]
