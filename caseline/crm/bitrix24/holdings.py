"""SQL that walks the register as the mirror of a portal."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24.book_tables import intent
from caseline.crm.bitrix24.mirror import TABLES

PIECE: Final = 1000


def sources(connection: sa.Connection) -> list[str]:
    """Sources of what a portal keeps, in alphabetical order."""
    found: set[str] = set()
    for entity in ("company", "contact", "request"):
        query = sa.select(TABLES[entity].c.source).distinct().where(TABLES[entity].c.source.is_not(None))
        found |= set(connection.execute(query).scalars())
    return sorted(found)


def between(
    connection: sa.Connection, entity: str, sources: Sequence[str], after: int, upto: int | None, most: int = PIECE
) -> list[int]:
    """The next ids above `after`, up to and with `upto`; no more than `most`."""
    table = TABLES[entity]
    query = sa.select(table.c.id).where(table.c.id > after, _of(table, sources)).order_by(table.c.id).limit(most)
    return list(connection.execute(query if upto is None else query.where(table.c.id <= upto)).scalars())


def messages(connection: sa.Connection, records: Sequence[int], sources: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Messages of these requests by id."""
    table = TABLES["message"]
    wanted = sa.any_(sa.literal(list(records), sa.ARRAY(sa.BigInteger)))
    query = sa.select(table).where(table.c.record_id == wanted, _of(table, sources)).order_by(table.c.id)
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def coming(connection: sa.Connection, entity: str, source: str, origins: Sequence[str]) -> set[str]:
    """Those of the origins that an import is about to write, or may have written."""
    wanted = sa.any_(sa.literal(list(origins), sa.ARRAY(sa.Text)))
    query = sa.select(intent.c.origin).where(
        intent.c.entity == entity, intent.c.source == source, intent.c.origin == wanted
    )
    return set(connection.execute(query).scalars())


def _of(table: sa.Table, sources: Sequence[str]) -> sa.ColumnElement[bool]:
    return table.c.source == sa.any_(sa.literal(list(sources), sa.ARRAY(sa.Text)))
