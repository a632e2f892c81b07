"""SQL of who somebody is to others: heads of a division and of those above it, everybody whose login has a role."""

from collections.abc import Collection

import sqlalchemy as sa

from caseline.people import tables, trees
from caseline.people.rights import Role

_division, _person, _login = tables.division, tables.person, tables.login


def heads(connection: sa.Connection, division_id: int) -> list[int]:
    """Heads of a division, the nearest first: its own, then those of the divisions above it; active ones only."""
    tree = connection.execute(sa.select(_division.c.id, _division.c.parent_id, _division.c.head_id)).all()
    led = {row.id: row.head_id for row in tree}
    found = [led.get(one) for one in trees.above({row.id: row.parent_id for row in tree}, division_id)]
    there = active(connection, {one for one in found if one is not None})
    return list(dict.fromkeys(one for one in found if one in there))


def division_of(connection: sa.Connection, person_id: int) -> int | None:
    """The division of a person."""
    return connection.execute(sa.select(_person.c.division_id).where(_person.c.id == person_id)).scalar_one_or_none()


def active(connection: sa.Connection, persons: Collection[int]) -> set[int]:
    """Those of these persons who work here."""
    return set(connection.execute(sa.select(_person.c.id).where(_person.c.id.in_(persons), _person.c.active)).scalars())


def of_role(connection: sa.Connection, role: Role) -> list[int]:
    """Everybody who works here and whose login has a role, by id."""
    joined = _login.join(_person, sa.and_(_person.c.id == _login.c.person_id, _person.c.active))
    query = sa.select(_person.c.id).select_from(joined).where(_login.c.active, _login.c.role == role.value)
    return list(connection.execute(query.distinct().order_by(_person.c.id)).scalars())
