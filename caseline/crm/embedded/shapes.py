"""Where each entity lies in the register and how its fields are called there."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import agreement_tables, tables, time_tables, vocabulary
from caseline.crm.vocabulary import Type
from caseline.people import tables as people

TABLES: Final[dict[str, sa.Table]] = {
    "person": people.person,
    "group": people.group,
    "company": tables.company,
    "contact": tables.contact,
    "request": tables.record,
    "message": tables.message,
    "history": time_tables.history,
    "service": agreement_tables.service,
    "agreement": agreement_tables.agreement,
}
_DEFAULTS: Final[dict[str, sa.ColumnElement[Any]]] = {"active": sa.true(), "public": sa.true(), "escalated": sa.false()}


@dataclass(frozen=True, slots=True)
class Shape:
    """The table of an entity and what every row of it must hold."""

    entity: str
    table: sa.Table
    constants: dict[str, str]

    def fill(self, name: str, rows: sa.FromClause) -> sa.ColumnElement[Any]:
        """Value of column `name` from incoming rows, with the register's default where it must not be empty."""
        column: sa.ColumnElement[Any] = rows.c[name]
        if name in _DEFAULTS:
            return sa.func.coalesce(column, _DEFAULTS[name])
        if name == "created_at":
            return sa.func.coalesce(column, sa.func.now())
        if name == "modified_at" and "created_at" in rows.c:
            return sa.func.coalesce(column, rows.c.created_at, sa.func.now())
        return sa.func.coalesce(column, sa.func.now()) if name == "modified_at" else column


def shape(entity: str) -> Shape:
    """Shape of `entity`; KeyError for an unknown one."""
    return Shape(entity, TABLES[entity], {"kind": "request"} if entity == vocabulary.REQUEST else {})


def readable(entity: str) -> tuple[sa.FromClause, list[sa.ColumnElement[Any]]]:
    """(tables joined, columns): id, source, origin, version, core fields with references as origins, extra."""
    table = TABLES[entity]
    joined: sa.FromClause = table
    columns: list[sa.ColumnElement[Any]] = [table.c.id, table.c.source, table.c.origin, table.c.version]
    for field in vocabulary.ENTITIES[entity]:
        if field.type is Type.REFERENCE and field.to is not None:
            target = TABLES[field.to].alias(f"to_{field.name}")
            joined = joined.outerjoin(target, target.c.id == table.c[f"{field.name}_id"])
            columns.append(sa.func.coalesce(target.c.origin, sa.cast(target.c.id, sa.Text)).label(field.name))
        else:
            columns.append(table.c[field.name])
    return joined, [*columns, table.c.extra]
