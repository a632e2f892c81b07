"""SQL of the checklists of assignments."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from caseline.crm import timeline_tables
from caseline.crm.timeline import Item

_item = timeline_tables.assignment_item
_SHOWN = (_item.c.id, _item.c.assignment_id, _item.c.text, _item.c.ticked_at, _item.c.ticked_by)


def items(connection: sa.Connection, assignments: Sequence[int]) -> list[Item]:
    """Steps of these assignments, each one's in order."""
    query = sa.select(*_SHOWN).where(_item.c.assignment_id.in_(assignments))
    order = (_item.c.assignment_id, _item.c.position, _item.c.id)
    return [Item(*row) for row in connection.execute(query.order_by(*order))]


def add(connection: sa.Connection, assignment_id: int, texts: Sequence[str]) -> None:
    """Put steps at the end."""
    last = sa.select(sa.func.coalesce(sa.func.max(_item.c.position), 0)).where(_item.c.assignment_id == assignment_id)
    begin = connection.execute(last).scalar_one()
    rows = [
        {"assignment_id": assignment_id, "position": begin + number, "text": text}
        for number, text in enumerate(texts, start=1)
    ]
    if rows:
        connection.execute(sa.insert(_item), rows)


def tick(connection: sa.Connection, assignment_id: int, item_id: int, *, by: str | None, at: datetime) -> str | None:
    """Say that a step is done, by whom, or not (`by` is None); answers what it says, None where that is nothing new."""
    mine = sa.and_(_item.c.id == item_id, _item.c.assignment_id == assignment_id)
    other = _item.c.ticked_at.is_(None) if by is not None else _item.c.ticked_at.is_not(None)
    values = {"ticked_at": at if by is not None else None, "ticked_by": by}
    change = sa.update(_item).where(mine, other).values(values).returning(_item.c.text)
    return connection.execute(change).scalar_one_or_none()


def remove(connection: sa.Connection, assignment_id: int, item_id: int) -> str | None:
    """Take a step away; answers what it said, None where it is gone already."""
    mine = sa.and_(_item.c.id == item_id, _item.c.assignment_id == assignment_id)
    return connection.execute(sa.delete(_item).where(mine).returning(_item.c.text)).scalar_one_or_none()
