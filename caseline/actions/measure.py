"""Measures the house for those who watch it, and says whether it can serve."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.db import schema
from caseline.health import taking
from caseline.health.measures import Taken

KEPT: Final = timedelta(seconds=15)
"""Whoever asks sooner is told what was measured last: several that watch cost no more than one."""
READY_KEPT: Final = timedelta(seconds=2)


@dataclass(slots=True)
class Meter:
    """Measures, not more often than it makes sense."""

    house: House
    _taken: Taken | None = None
    _at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def take(self, *, now: datetime) -> Taken:
        """What was measured within the last 15 seconds, or is now."""
        with self._lock:
            if self._taken is None or self._at is None or not self._at <= now < self._at + KEPT:
                self._taken, self._at = taking.take(self.house.engine, now=now), now
            return self._taken


@dataclass(slots=True)
class Readiness:
    """Whether the house can serve, asked of the database no more often than every two seconds: strangers may ask."""

    house: House
    _why: str | None = None
    _at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def why(self, *, now: datetime) -> str | None:
        """Why nothing could be served within the last two seconds, or cannot be now; None when everything can."""
        with self._lock:
            if self._at is None or not self._at <= now < self._at + READY_KEPT:
                self._why, self._at = unready(self.house), now
            return self._why


def unready(house: House) -> str | None:
    """Why nothing can be served at the moment; None when everything can."""
    try:
        with house.engine.connect() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = '3s'"))
            found, wanted = schema.current(connection), schema.newest()
    except sa.exc.DBAPIError as error:
        return f"the database does not answer: {type(error.orig).__name__}"
    return None if found == wanted else f"the tables are those of migration {found}, and {wanted} is needed"
