"""SQL of what filters offer and call by name: companies, contacts, persons, groups, values in use."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.request_fields import RequestField
from caseline.crm.tables import company, contact, record
from caseline.listing import kinds
from caseline.listing.kinds import Kind
from caseline.listing.stores import access, extra_values
from caseline.people.access import Viewer
from caseline.people.tables import group, person

_TABLES: Final = {"company": company, "contact": contact, "assignee": person, "group": group}
_LOOKED_AT: Final = 10_000
_OFFERED: Final = 200
_LISTS: Final = ("priority", "type", "reason", "channel")
_FEW_LOOKED_AT: Final = 2_000
_FEW_OFFERED: Final = 50
"""In the form of a request."""
Named = tuple[int, str]


def names(connection: sa.Connection, viewer: Viewer, field: str, ids: Collection[int]) -> dict[int, str]:
    """Names of the companies, contacts, persons or groups of these ids; of requests, numbers of those that he sees."""
    if not ids:
        return {}
    table = _TABLES.get(field, record)
    name = record.c.number if table is record else table.c.name
    known = access.seen(viewer) if table is record else []
    found = connection.execute(sa.select(table.c.id, name).where(table.c.id.in_(sorted(ids)), *known))
    return {number: text for number, text in found if text}


def groups(connection: sa.Connection) -> list[Named]:
    """All groups, by name."""
    return _named(connection, sa.select(group.c.id, group.c.name).order_by(_folded(group.c.name), group.c.id))


def persons(connection: sa.Connection) -> list[Named]:
    """Persons who are there, by name."""
    query = sa.select(person.c.id, person.c.name).where(person.c.active)
    return _named(connection, query.order_by(_folded(person.c.name), person.c.id).limit(_LOOKED_AT))


def like(connection: sa.Connection, field: str, text: str, most: int) -> list[Named]:
    """Companies or contacts whose name begins with a text, then those that have it in it."""
    table = _TABLES[field]
    folded = text.strip().lower().replace("ё", "е")
    guarded = folded.translate({ord(sign): f"\\{sign}" for sign in "\\%_"})
    name = _folded(table.c.name)
    found = dict(_named(connection, _first(table, sa.and_(name >= folded, name < f"{folded}\U0010ffff"), most)))
    if len(found) < most:
        found |= dict(_named(connection, _first(table, name.like(f"%{guarded}%"), most)))
    return list(found.items())[:most]


def _first(table: sa.Table, which: sa.ColumnElement[bool], most: int) -> sa.Select[tuple[int, str]]:
    return sa.select(table.c.id, table.c.name).where(which).order_by(_folded(table.c.name), table.c.id).limit(most)


def _folded(name: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.translate(sa.func.lower(name), sa.literal_column("'ё'"), sa.literal_column("'е'"), type_=sa.Text)


def _named(connection: sa.Connection, query: sa.Select[tuple[int, str]]) -> list[Named]:
    return [(row.id, row.name) for row in connection.execute(query)]


def in_use(connection: sa.Connection, viewer: Viewer, field: RequestField) -> list[str]:
    """Values of a list that the newest requests have that somebody sees, where nobody has fixed what there may be."""
    found = extra_values.value(field) if field.extra else record.c[field.name]
    newest = sa.select(found.label("value")).where(*access.seen(viewer))
    newest = newest.order_by(record.c.created_at.desc(), record.c.id.desc()).limit(_LOOKED_AT)
    some = newest.subquery()
    value: sa.ColumnElement[str] = some.c.value
    if kinds.kind(field) is Kind.MANY:
        each = sa.func.jsonb_array_elements_text(
            sa.case((sa.func.jsonb_typeof(value) == "array", value), else_=sa.literal([], JSONB))
        )
        value = sa.select(each.label("value")).select_from(some).subquery().c.value
    distinct = sa.select(value).where(value.is_not(None), value != "").distinct().order_by(value).limit(_OFFERED)
    return [str(one) for one in connection.execute(distinct).scalars()]


def in_lists(connection: sa.Connection, viewer: Viewer) -> dict[str, tuple[str, ...]]:
    """Values that the newest requests that somebody sees have in the register's own lists, by key."""
    newest = sa.select(*(record.c[name] for name in _LISTS)).where(*access.seen(viewer))
    rows = newest.order_by(record.c.created_at.desc()).limit(_FEW_LOOKED_AT).subquery()
    asked = [sa.func.array_agg(sa.distinct(rows.c[name])).filter(rows.c[name].is_not(None)) for name in _LISTS]
    found = connection.execute(sa.select(*asked)).one()
    return {name: tuple(sorted(values or ()))[:_FEW_OFFERED] for name, values in zip(_LISTS, found, strict=True)}
