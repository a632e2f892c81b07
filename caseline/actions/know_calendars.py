"""Makes sure that the shipped calendars are in the database, and tells which calendars and versions there are."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.timing import calendar_file, store, trust
from caseline.timing.calendars import Calendar
from caseline.timing.faults import CalendarFault
from caseline.timing.store import Note, Version
from caseline.timing.trust import Notice

BY: Final = "caseline"


def ready(connection: sa.Connection, *, now: datetime) -> None:
    """Put the shipped calendars into a database that has none; done twice, or by two at once, it changes nothing."""
    if store.default(connection) is not None:
        return
    for name in calendar_file.shipped():
        store.add(connection, calendar_file.load(name), Note(at=now, by=BY, reason="shipped"))


def versions(house: House, *, now: datetime, calendar_id: str | None = None) -> list[Version]:
    """Versions of a calendar, or of all, newest first."""
    with house.engine.begin() as connection:
        ready(connection, now=now)
        return store.versions(connection, calendar_id, at=now)


def newest(house: House, calendar_id: str | None, *, now: datetime) -> Calendar:
    """The newest version of a calendar, None: of the default one; raises `CalendarFault` when there is none."""
    with house.engine.begin() as connection:
        ready(connection, now=now)
        return of(connection, calendar_id)


def of(connection: sa.Connection, calendar_id: str | None) -> Calendar:
    """The same on an open connection, where calendars are there."""
    wanted = calendar_id or store.default(connection) or ""
    known = store.newest(connection)
    found = store.find(connection, wanted) if wanted in known else None
    if found is None:
        raise CalendarFault((wanted,), f"there is no such calendar: use one of {', '.join(known)}")
    return found


def any_known(connection: sa.Connection) -> bool:
    """Whether there are calendars yet."""
    return store.default(connection) is not None


def renewals(house: House, *, now: datetime) -> list[Notice]:
    """From 1 October, a warning for each calendar that does not know next year exactly."""
    with house.engine.connect() as connection:
        calendars = [of(connection, name) for name in sorted(store.newest(connection))]
    return [notice for calendar in calendars if (notice := trust.renewal_due(calendar, now))]
