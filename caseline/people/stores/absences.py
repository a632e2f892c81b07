"""SQL of absences: who is away on which days, and who stands in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from caseline.people import tables

_absence, _person = tables.absence, tables.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which a person is not there."""

    id: int
    person_id: int
    person: str
    first_day: date
    last_day: date
    deputy_id: int | None
    deputy: str | None
    note: str


def every(connection: sa.Connection) -> list[Absence]:
    """All absences, the latest first."""
    return _read(connection, _query().order_by(_absence.c.first_day.desc(), _absence.c.id.desc()))


def of_person(connection: sa.Connection, person_id: int) -> list[Absence]:
    """Absences of a person, the latest first."""
    return _read(connection, _query().where(_absence.c.person_id == person_id).order_by(_absence.c.first_day.desc()))


def get(connection: sa.Connection, number: int, *, hold: bool = False) -> Absence | None:
    """The absence of that id; `hold`: nobody else changes it until the transaction ends."""
    if hold:
        connection.execute(sa.select(_absence.c.id).where(_absence.c.id == number).with_for_update())
    found = _read(connection, _query().where(_absence.c.id == number))
    return found[0] if found else None


def add(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Make an absence."""
    return int(connection.execute(sa.insert(_absence).values(**values).returning(_absence.c.id)).scalar_one())


def change(connection: sa.Connection, number: int, values: Mapping[str, Any]) -> None:
    """Change an absence."""
    connection.execute(sa.update(_absence).where(_absence.c.id == number).values(**values))


def remove(connection: sa.Connection, number: int) -> None:
    """Remove an absence."""
    connection.execute(sa.delete(_absence).where(_absence.c.id == number))


def _query() -> sa.Select[Any]:
    deputy = _person.alias("deputy")
    joined = _absence.join(_person, _person.c.id == _absence.c.person_id).outerjoin(
        deputy, deputy.c.id == _absence.c.deputy_id
    )
    return sa.select(*_absence.c, _person.c.name.label("person"), deputy.c.name.label("deputy")).select_from(joined)


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Absence]:
    return [Absence(**row) for row in connection.execute(query).mappings()]
