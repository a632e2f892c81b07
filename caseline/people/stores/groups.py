"""SQL of groups: read with their members, made, changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.people import tables
from caseline.people.stores.persons import by_name
from caseline.people.turns import Turns

_group, _member, _person = tables.group, tables.membership, tables.person
_PLAIN: Final = ("id", "name", "active", "turns", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A team or queue that requests are assigned to."""

    id: int
    name: str
    active: bool
    turns: Turns
    source: str | None
    members: tuple[int, ...]
    member_names: tuple[str, ...]


def every(connection: sa.Connection) -> list[Group]:
    """All groups by name."""
    return _read(connection, _query().order_by(*by_name(_group.c.name), _group.c.id))


def get(connection: sa.Connection, number: int, *, hold: bool = False) -> Group | None:
    """The group of that id; `hold`: nobody else changes it until the transaction ends."""
    if hold:
        connection.execute(sa.select(_group.c.id).where(_group.c.id == number).with_for_update(key_share=True))
    found = _read(connection, _query().where(_group.c.id == number))
    return found[0] if found else None


def add(connection: sa.Connection, values: Mapping[str, Any], *, now: datetime) -> int:
    """Make a group."""
    made = sa.insert(_group).values(**values, created_at=now, modified_at=now).returning(_group.c.id)
    return int(connection.execute(made).scalar_one())


def change(connection: sa.Connection, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change columns of a group."""
    raised = {**values, "modified_at": now, "version": _group.c.version + 1}
    connection.execute(sa.update(_group).where(_group.c.id == number).values(raised))


def put_members(connection: sa.Connection, number: int, members: Iterable[int]) -> None:
    """Let these persons be the members of a group."""
    connection.execute(sa.delete(_member).where(_member.c.group_id == number))
    if rows := [{"group_id": number, "person_id": person} for person in sorted(set(members))]:
        connection.execute(sa.insert(_member), rows)


def _query() -> sa.Select[Any]:
    member = (
        sa.select(
            sa.func.coalesce(
                sa.func.jsonb_agg(sa.func.jsonb_build_array(_person.c.id, _person.c.name)), sa.text("'[]'::jsonb")
            )
        )
        .select_from(_member.join(_person, _person.c.id == _member.c.person_id))
        .where(_member.c.group_id == _group.c.id)
        .correlate(_group)
        .scalar_subquery()
    )
    return sa.select(*(_group.c[name] for name in _PLAIN), member.label("member"))


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Group]:
    found = []
    for row in connection.execute(query).mappings():
        member = sorted(row["member"], key=lambda one: one[1])
        plain = {name: row[name] for name in _PLAIN} | {"turns": Turns(row["turns"])}
        names = tuple(one[1] for one in member)
        found.append(Group(**plain, members=tuple(one[0] for one in member), member_names=names))
    return found
