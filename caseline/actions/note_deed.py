"""Writes a line into the audit log and reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseline.actions.wiring import House
from caseline.people import logins
from caseline.people.logins import Noted


def note(house: House, login: str | None, action: str, subject: str, data: Mapping[str, Any], *, now: datetime) -> None:
    """Add a line."""
    with house.engine.begin() as connection:
        logins.note(connection, login, action, subject, data, now=now)


def noted(house: House, *, before: int | None = None, most: int = 50) -> list[Noted]:
    """Lines, newest first, older than line `before`."""
    with house.engine.connect() as connection:
        return logins.noted(connection, before=before, most=most)
