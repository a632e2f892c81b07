"""SQL of divisions: the tree with its heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from caseline.people import tables

_division, _person = tables.division, tables.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A part of the company."""

    id: int
    name: str
    parent_id: int | None
    head_id: int | None
    head: str | None
    persons: int
    """How many active persons belong to it directly."""


def every(connection: sa.Connection) -> list[Division]:
    """All divisions by name."""
    return _read(connection, _query().order_by(_division.c.name))


def get(connection: sa.Connection, number: int) -> Division | None:
    """The division of that id."""
    found = _read(connection, _query().where(_division.c.id == number))
    return found[0] if found else None


def hold(connection: sa.Connection) -> None:
    """Nobody else changes the tree until the transaction ends: two who move divisions at once could make a circle."""
    connection.execute(sa.text("LOCK TABLE people.division IN SHARE ROW EXCLUSIVE MODE"))


def add(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Make a division."""
    return int(connection.execute(sa.insert(_division).values(**values).returning(_division.c.id)).scalar_one())


def change(connection: sa.Connection, number: int, values: Mapping[str, Any]) -> None:
    """Change a division."""
    connection.execute(sa.update(_division).where(_division.c.id == number).values(**values))


def remove(connection: sa.Connection, number: int) -> None:
    """Remove a division; its persons belong to none then."""
    connection.execute(sa.delete(_division).where(_division.c.id == number))


def _query() -> sa.Select[Any]:
    head = _person.alias("head")
    persons = (
        sa.select(sa.func.count())
        .where(_person.c.division_id == _division.c.id, _person.c.active)
        .correlate(_division)
        .scalar_subquery()
    )
    joined = _division.outerjoin(head, head.c.id == _division.c.head_id)
    return sa.select(*_division.c, head.c.name.label("head"), persons.label("persons")).select_from(joined)


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Division]:
    return [Division(**row) for row in connection.execute(query).mappings()]


def led(connection: sa.Connection, person_id: int | None) -> frozenset[int]:
    """Ids of the divisions whose head a person is, and of all their parts."""
    if person_id is None:
        return frozenset()
    parts = sa.select(_division.c.id).where(_division.c.head_id == person_id).cte("parts", recursive=True)
    below = sa.select(_division.c.id).join(parts, _division.c.parent_id == parts.c.id)
    return frozenset(connection.execute(sa.select(parts.union(below).c.id)).scalars())
