"""What the rows of a page show: values with the names of what they point at, asked for after the page is cut."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.tables import category, company, contact, record, stage
from caseline.crm.time_tables import deadline
from caseline.listing.row import Row
from caseline.people.access import Viewer
from caseline.people.tables import group, person

_TO: Final = {"company": company, "contact": contact, "assignee": person, "group": group}
_SHORT: Final = 300
"""Characters of a description that a list shows."""


def rows(
    connection: sa.Connection, viewer: Viewer, ids: Sequence[int], *, extra: Sequence[str], described: bool
) -> list[Row]:
    """Rows of these ids, in their order; those that are gone meanwhile are left out. `extra`: names of extra fields.

    A request that stands above one of them is named to nobody who may not see it.
    """
    if not ids:
        return []
    query = _query(described)
    if extra:
        query = query.add_columns(record.c.extra)
    read = connection.execute(query.where(record.c.id.in_(ids))).mappings()
    found = {row["id"]: _row(row if _known(viewer, row) else {**row, **_NO_PARENT}, extra) for row in read}
    return [found[number] for number in ids if number in found]


def _known(viewer: Viewer, found: Any) -> bool:  # noqa: ANN401 - a mapping of a row
    above = (found["parent_group"], found["parent_assignee"])
    return found["parent_id"] is None or viewer.sees(*above)


_NO_PARENT: Final = {"parent": None, "parent_id": None}


_OWN: Final = (
    *("number", "subject", "priority", "type", "reason", "channel", "escalated", "origin"),
    *("created_at", "modified_at", "closed_at"),
)


@cache
def _query(described: bool) -> sa.Select[Any]:  # noqa: FBT001 - a key of the cache
    parent = record.alias("parent")
    joined: sa.FromClause = record.outerjoin(
        stage, sa.and_(stage.c.kind == record.c.kind, stage.c.code == record.c.stage)
    )
    joined = joined.outerjoin(category, category.c.code == record.c.category)
    joined = joined.outerjoin(deadline, deadline.c.record_id == record.c.id)
    joined = joined.outerjoin(parent, parent.c.id == record.c.parent_id)
    columns: list[sa.ColumnElement[Any]] = [record.c[name] for name in ("id", "version", *_OWN)]
    for name, table in _TO.items():
        joined = joined.outerjoin(table, table.c.id == record.c[f"{name}_id"])
        columns += [table.c.name.label(name), record.c[f"{name}_id"].label(f"{name}_id")]
    text = sa.func.left(record.c.description, _SHORT) if described else sa.null()
    columns += [
        sa.func.coalesce(stage.c.label, record.c.stage).label("stage"),
        sa.func.coalesce(stage.c.closed, sa.false()).label("stage_closed"),
        sa.func.coalesce(category.c.label, record.c.category).label("category"),
        sa.func.coalesce(parent.c.number, sa.cast(parent.c.id, sa.Text)).label("parent"),
        record.c.parent_id.label("parent_id"),
        parent.c.group_id.label("parent_group"),
        parent.c.assignee_id.label("parent_assignee"),
        text.label("description"),
        *(deadline.c[name] for name in ("due_at", "warn_at", "stopped_at")),
    ]
    return sa.select(*columns).select_from(joined)


def _row(found: Any, extra: Sequence[str]) -> Row:  # noqa: ANN401 - a mapping of a row
    values = {name: found[name] for name in (*_OWN, *_TO, "stage", "category", "parent", "description", "due_at")}
    held = found["extra"] if extra else {}
    values |= {f"extra.{name}": held.get(name) for name in extra}
    targets = {name: found[f"{name}_id"] for name in (*_TO, "parent") if found[f"{name}_id"] is not None}
    plain = {name: found[name] for name in ("id", "version", "stage_closed", "warn_at", "stopped_at")}
    return Row(**plain, values=values, targets=targets)
