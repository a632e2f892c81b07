"""SQL of who leads what: heads of divisions and directors who have a mail address, with the language they read."""

from dataclasses import dataclass

import sqlalchemy as sa

from caseline.people import tables
from caseline.people.rights import Role

_person, _login, _division = tables.person, tables.login, tables.division


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody who leads divisions, or the house."""

    id: int
    name: str
    email: str
    language: str
    everything: bool
    """A director: the whole house."""
    divisions: tuple[int, ...]
    """Of which he is the head."""


def leaders(connection: sa.Connection) -> list[Leader]:
    """Active heads and directors with a mail address, by name."""
    active = sa.and_(_login.c.person_id == _person.c.id, _login.c.active)
    language = sa.select(_login.c.language).where(active).order_by(_login.c.id).limit(1).scalar_subquery()
    director = sa.exists().where(active, _login.c.role == Role.DIRECTOR.value)
    led = sa.select(_division.c.id).where(_division.c.head_id == _person.c.id).order_by(_division.c.id)
    query = (
        sa.select(
            _person.c.id,
            _person.c.name,
            _person.c.email,
            sa.func.coalesce(language, "ru").label("language"),
            director.label("everything"),
            sa.func.array(led.scalar_subquery()).label("divisions"),
        )
        .where(_person.c.active, sa.func.coalesce(_person.c.email, "") != "")
        .order_by(_person.c.name, _person.c.id)
    )
    found = [Leader(**{**row, "divisions": tuple(row["divisions"])}) for row in connection.execute(query).mappings()]
    return [one for one in found if one.everything or one.divisions]
