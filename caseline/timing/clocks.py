"""Keeps the clocks of calendars in the database, and builds a new one when a calendar has a new version."""

from functools import lru_cache
from typing import Final

import sqlalchemy as sa

from caseline.timing import store
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import Mode

ZONE: Final = "UTC"
"""As long as there is no calendar."""


@lru_cache(maxsize=64)
def _clock(document: str, mode: Mode) -> Clock:
    """Whoever asks for the same document shares its lines: to build them takes longer than to count by them."""
    return Clock(store.read(document), mode)


class Clocks:
    """Clocks by calendar, version and mode; asks the database for version numbers, and for days only once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, Mode], Clock] = {}

    def newest(self, connection: sa.Connection, calendar_id: str | None, mode: Mode = Mode.WORKING_DAYS) -> Clock:
        """The clock of a calendar's newest version; None asks for the default calendar."""
        wanted = calendar_id or store.default(connection)
        if wanted is None:
            raise CalendarFault((), "there is no calendar yet: `caseline calendar import ru --apply`")
        version = store.newest(connection).get(wanted)
        if version is None:
            raise CalendarFault((wanted,), "there is no such calendar: `caseline calendar list` names them")
        return self.of_version(connection, wanted, version, mode)

    def default(self, connection: sa.Connection) -> Clock | None:
        """The clock of the default calendar; None as long as there is none."""
        wanted = store.default(connection)
        return None if wanted is None else self.newest(connection, wanted)

    def of_version(self, connection: sa.Connection, calendar_id: str, version: int, mode: Mode) -> Clock:
        """The clock of a certain version."""
        key = (calendar_id, version, mode)
        if key not in self._kept:
            text = store.text(connection, calendar_id, version)
            if text is None:
                raise CalendarFault((calendar_id,), f"has no version {version}: `caseline calendar list` names them")
            self._kept[key] = _clock(text, mode)
        return self._kept[key]

    def zone(self, connection: sa.Connection, calendar_id: str | None) -> str:
        """In which zone times of a calendar are shown; None asks for the default one, UTC as long as there is none."""
        found = store.zone(connection, calendar_id)
        return found or (ZONE if calendar_id is None else self.newest(connection, calendar_id).calendar.zone)

    def any(self, connection: sa.Connection) -> bool:
        """Whether there is a default calendar."""
        return store.default(connection) is not None
