"""SQL of persons: read with their division and groups, made, changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.people import tables

_person, _member, _group, _division = tables.person, tables.membership, tables.group, tables.division
_PLAIN: Final = ("id", "name", "email", "phone", "title", "active", "division_id", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works in the support centre, or did."""

    id: int
    name: str
    email: str | None
    phone: str | None
    title: str | None
    active: bool
    division_id: int | None
    division: str | None
    source: str | None
    """The system that an import has brought it from."""
    groups: tuple[int, ...]
    group_names: tuple[str, ...]


def every(connection: sa.Connection) -> list[Person]:
    """All persons by name."""
    return _read(connection, _query().order_by(*by_name(_person.c.name), _person.c.id))


def get(connection: sa.Connection, number: int, *, hold: bool = False) -> Person | None:
    """The person of that id; `hold`: nobody else changes it until the transaction ends."""
    if hold:
        connection.execute(sa.select(_person.c.id).where(_person.c.id == number).with_for_update())
    found = _read(connection, _query().where(_person.c.id == number))
    return found[0] if found else None


def of_mail(connection: sa.Connection, address: str) -> list[int]:
    """Active persons with that mail address."""
    same = sa.func.lower(_person.c.email) == address.lower()
    return list(connection.execute(sa.select(_person.c.id).where(same, _person.c.active)).scalars())


def add(connection: sa.Connection, values: Mapping[str, Any], *, now: datetime) -> int:
    """Make a person."""
    made = sa.insert(_person).values(**values, created_at=now, modified_at=now).returning(_person.c.id)
    return int(connection.execute(made).scalar_one())


def change(connection: sa.Connection, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change columns of a person."""
    raised = {**values, "modified_at": now, "version": _person.c.version + 1}
    connection.execute(sa.update(_person).where(_person.c.id == number).values(raised))


def put_groups(connection: sa.Connection, number: int, groups: Iterable[int]) -> None:
    """Let a person be a member of these groups, and of no other."""
    connection.execute(sa.delete(_member).where(_member.c.person_id == number))
    if rows := [{"group_id": group, "person_id": number} for group in sorted(set(groups))]:
        connection.execute(sa.insert(_member), rows)


def by_name(column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """An order of names in which letter case does not count, and ё stands where people look for it."""
    return sa.func.translate(sa.func.lower(column), "ё", "е"), column


def _query() -> sa.Select[Any]:
    member = (
        sa.select(
            sa.func.coalesce(
                sa.func.jsonb_agg(
                    sa.func.jsonb_build_array(_group.c.id, _group.c.name),
                ),
                sa.text("'[]'::jsonb"),
            )
        )
        .select_from(_member.join(_group, _group.c.id == _member.c.group_id))
        .where(_member.c.person_id == _person.c.id)
        .correlate(_person)
        .scalar_subquery()
    )
    columns = (*(_person.c[name] for name in _PLAIN), _division.c.name.label("division"), member.label("member"))
    joined = _person.outerjoin(_division, _division.c.id == _person.c.division_id)
    return sa.select(*columns).select_from(joined)


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Person]:
    found = []
    for row in connection.execute(query).mappings():
        member = sorted(row["member"], key=lambda one: one[1])
        plain = {name: row[name] for name in (*_PLAIN, "division")}
        found.append(
            Person(**plain, groups=tuple(one[0] for one in member), group_names=tuple(one[1] for one in member))
        )
    return found
