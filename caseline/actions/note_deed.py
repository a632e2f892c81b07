"""Writes a line into the audit log and reads it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from caseline.actions.wiring import House
from caseline.people import logins
from caseline.people.logins import Noted
from caseline.people.stores import deeds
from caseline.people.stores.deeds import Wanted

ANY = Wanted()


def note(house: House, login: str | None, action: str, subject: str, data: Mapping[str, Any], *, now: datetime) -> None:
    """Add a line."""
    with house.engine.begin() as connection:
        logins.note(connection, login, action, subject, data, now=now)


def noted(house: House, wanted: Wanted = ANY, *, before: int | None = None, most: int = 50) -> list[Noted]:
    """Lines, newest first, older than line `before`."""
    with house.engine.connect() as connection:
        return deeds.noted(connection, wanted, before=before, most=most)


def all_of(house: House, wanted: Wanted) -> Iterator[Noted]:
    """All lines, newest first; the database is held as long as they are read."""
    with house.engine.connect() as connection:
        yield from deeds.all_of(connection, wanted)
