"""Keeps the clocks of calendars in the database, and builds a new one when a calendar has a new version."""

import sqlalchemy as sa

from caseline.timing import store
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import Mode


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

    def of_version(self, connection: sa.Connection, calendar_id: str, version: int, mode: Mode) -> Clock:
        """The clock of a certain version."""
        key = (calendar_id, version, mode)
        if key not in self._kept:
            calendar = store.find(connection, calendar_id, version)
            if calendar is None:
                raise CalendarFault((calendar_id,), f"has no version {version}: `caseline calendar list` names them")
            self._kept[key] = Clock(calendar, mode)
        return self._kept[key]

    def zone(self, connection: sa.Connection, calendar_id: str | None) -> str:
        """In which zone times of a calendar are shown; None asks for the default one, UTC as long as there is none."""
        if calendar_id is None and not self.any(connection):
            return "UTC"
        return self.newest(connection, calendar_id).calendar.zone

    def any(self, connection: sa.Connection) -> bool:
        """Whether there is a default calendar."""
        return store.default(connection) is not None
