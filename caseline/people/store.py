"""SQL of the people room: persons and groups by what people call them."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.people import tables

_LONGEST_ID: Final = 18


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a group."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active person with the groups that he works in."""

    id: int
    name: str
    groups: frozenset[int]


def groups(connection: sa.Connection, key: str) -> list[Named]:
    """Groups of that id, name or origin."""
    table = tables.group
    return _found(connection, table, key, table.c.name == key, table.c.origin == key)


def group(connection: sa.Connection, group_id: int) -> list[Named]:
    """The group of that id, alone."""
    table = tables.group
    return [
        Named(*row) for row in connection.execute(sa.select(table.c.id, table.c.name).where(table.c.id == group_id))
    ]


def person(connection: sa.Connection, person_id: int) -> list[Named]:
    """The active person of that id, alone."""
    table = tables.person
    query = sa.select(table.c.id, table.c.name).where(table.c.id == person_id, table.c.active)
    return [Named(*row) for row in connection.execute(query)]


def colleagues(connection: sa.Connection, most: int) -> list[Colleague]:
    """Active persons by name, each with the groups that he works in."""
    table, member = tables.person, tables.membership
    groups = sa.select(member.c.group_id).where(member.c.person_id == table.c.id).correlate(table).scalar_subquery()
    query = sa.select(table.c.id, table.c.name, sa.func.array(groups)).where(table.c.active)
    found = connection.execute(query.order_by(table.c.name, table.c.id).limit(most))
    return [Colleague(number, name, frozenset(within)) for number, name, within in found]


def all_groups(connection: sa.Connection) -> list[Named]:
    """Every group, by name."""
    table = tables.group
    return [
        Named(*row)
        for row in connection.execute(sa.select(table.c.id, table.c.name).order_by(table.c.name, table.c.id))
    ]


def add_group(connection: sa.Connection, name: str) -> Named:
    """Make a group."""
    table = tables.group
    number = connection.execute(sa.insert(table).values(name=name).returning(table.c.id)).scalar_one()
    return Named(number, name)


def persons(connection: sa.Connection, key: str) -> list[Named]:
    """Active persons of that id, mail address, name or origin."""
    table = tables.person
    by_mail = sa.func.lower(table.c.email) == key.lower()
    return _found(connection, table, key, by_mail, table.c.name == key, table.c.origin == key, only=table.c.active)


def name_of(connection: sa.Connection, person_id: int) -> str | None:
    """What a person is called."""
    table = tables.person
    return connection.execute(sa.select(table.c.name).where(table.c.id == person_id)).scalar_one_or_none()


def address_of(connection: sa.Connection, person_id: int) -> str | None:
    """The mail address of a person."""
    table = tables.person
    return connection.execute(sa.select(table.c.email).where(table.c.id == person_id)).scalar_one_or_none()


def _found(
    connection: sa.Connection,
    table: sa.Table,
    key: str,
    *ways: sa.ColumnElement[bool],
    only: sa.ColumnElement[bool] | None = None,
) -> list[Named]:
    by_id = [table.c.id == int(key)] if key.isdecimal() and len(key) <= _LONGEST_ID else []
    for way in (*ways, *by_id):
        query = sa.select(table.c.id, table.c.name).where(way).order_by(table.c.id)
        query = query if only is None else query.where(only)
        if found := [Named(*row) for row in connection.execute(query)]:
            return found
    return []


def is_staff(connection: sa.Connection, address: str) -> bool:
    """Whether a mail address belongs to an active person of the house."""
    table = tables.person
    active = sa.and_(table.c.active, sa.func.lower(table.c.email) == address.lower())
    return bool(connection.execute(sa.select(sa.exists(sa.select(table.c.id).where(active)))).scalar_one())


def active_persons(connection: sa.Connection) -> list[Named]:
    """Everybody who works here, by name."""
    table = tables.person
    query = sa.select(table.c.id, table.c.name).where(table.c.active).order_by(table.c.name, table.c.id)
    return [Named(*row) for row in connection.execute(query)]
