"""SQL of how much work people have."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from caseline.crm import tables, vocabulary


def open_of(connection: sa.Connection, persons: Sequence[int]) -> Mapping[int, int]:
    """How many open requests each of these persons has; who has none is left out."""
    record = tables.record
    query = (
        sa.select(record.c.assignee_id, sa.func.count())
        .where(record.c.assignee_id.in_(persons), record.c.closed_at.is_(None), record.c.kind == vocabulary.REQUEST)
        .group_by(record.c.assignee_id)
    )
    return {int(person): int(count) for person, count in connection.execute(query)}
