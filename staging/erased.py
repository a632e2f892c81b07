"""Knows again what was erased as data of a person: by the digest of its key, so that an import leaves it."""

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from staging import tables

HIDDEN: Final = "erased:"
"""With this begins the digest that stands for a key which says who somebody is."""
CODE: Final = "ERASED"
"""Of the error of a row that was erased before it was imported."""
ERROR: Final = {
    "code": CODE,
    "field": None,
    "value": None,
    "text": "erased as data of a person: an import leaves it",
}
REASON: Final = "erased"
"""Why a line that names an erased person is left out, among what the mapping filters."""
Sql = Any
"""An SQL expression."""


def parts(connection: sa.Connection, ids: Iterable[int]) -> frozenset[int]:
    """Those of the parts of which anything was erased: mostly none."""
    erased = tables.erased
    query = sa.select(erased.c.part_id).where(erased.c.part_id.in_(list(ids))).distinct()
    return frozenset(connection.execute(query).scalars())


def is_erased(part_id: int, key: Sql) -> sa.ColumnElement[bool]:
    """Whether the record of this key was erased."""
    erased = tables.erased
    return sa.exists().where(erased.c.part_id == part_id, erased.c.digest == _digest(key))


def row_is(row: sa.FromClause, part_id: int) -> sa.ColumnElement[bool]:
    """Whether a staging row is that of an erased record."""
    return sa.or_(
        row.c.key.startswith(HIDDEN, autoescape=True),
        is_erased(part_id, row.c.key),
        sa.func.coalesce(row.c.errors.contains([{"code": CODE}]), sa.false()),
    )


def known(part_id: int, key: Sql) -> Sql:
    """The key, or the digest that stands for it in the row of an erased record."""
    row = tables.row.alias("hidden")
    hidden = sa.literal(HIDDEN).concat(sa.func.encode(_digest(key), "hex"))
    there = sa.exists().where(row.c.part_id == part_id, row.c.key == hidden, row.c.duplicate_of.is_(None))
    return sa.case((there, hidden), else_=key)


def _digest(key: Sql) -> Sql:
    return sa.func.sha256(sa.func.convert_to(key, "UTF8"))
