"""SQL of what requests say, read in sets for the keyword dictionary."""

from collections.abc import Sequence

import sqlalchemy as sa

from caseline.crm import tables, vocabulary
from caseline.crm.cards import Labelled, Text

_record = tables.record


def recent(connection: sa.Connection, most: int) -> list[tuple[int, int]]:
    """(id, version) of the newest requests."""
    query = (
        sa.select(_record.c.id, _record.c.version)
        .where(_record.c.kind == vocabulary.REQUEST)
        .order_by(_record.c.created_at.desc(), _record.c.id.desc())
        .limit(most)
    )
    return [(number, version) for number, version in connection.execute(query)]


def texts(connection: sa.Connection, ids: Sequence[int]) -> list[Text]:
    """Subject and description of requests."""
    columns = ("id", "version", "number", "subject", "description", "category")
    query = sa.select(*(_record.c[name] for name in columns)).where(
        _record.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    )
    return [
        Text(number, version, shown or str(number), subject or "", description or "", category)
        for number, version, shown, subject, description, category in connection.execute(query)
    ]


def labelled(connection: sa.Connection, most: int) -> list[Labelled]:
    """The newest requests whose category the dictionary has not set itself, oldest first."""
    columns = ("subject", "description", "category", "contact_id", "created_at")
    newest = (
        sa.select(_record.c.id, *(_record.c[name] for name in columns))
        .where(_record.c.kind == vocabulary.REQUEST, _record.c.category.is_not(None))
        .where(_record.c.category_by.is_distinct_from("keywords"))
        .order_by(_record.c.created_at.desc(), _record.c.id.desc())
        .limit(most)
        .subquery()
    )
    query = sa.select(*(newest.c[name] for name in columns)).order_by(newest.c.created_at, newest.c.id)
    return [
        Labelled(subject or "", description or "", category, str(contact or ""), at)
        for subject, description, category, contact, at in connection.execute(query)
    ]
