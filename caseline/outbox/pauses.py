"""SQL of pauses: a server that cannot be used is left alone for longer and longer, by every sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.outbox.tables import pause


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when nothing is sent, and why."""

    until: datetime
    failures: int
    reason: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a first pause is, and how long one can get by doubling."""

    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """The pause after so many failures in a row."""
        return min(self.longest, self.first * (1 << min(failures - 1, 20)))


def paused(connection: sa.Connection, server: bytes, *, now: datetime) -> Pause | None:
    """The pause that a server has now."""
    query = sa.select(pause.c.until, pause.c.failures, pause.c.reason).where(pause.c.server == server)
    row = connection.execute(query.where(pause.c.until > now)).one_or_none()
    return None if row is None else Pause(*row)


def stumble(connection: sa.Connection, server: bytes, patience: Patience, reason: str, *, now: datetime) -> Pause:
    """One more failure in a row."""
    query = sa.select(pause.c.failures).where(pause.c.server == server).with_for_update()
    failures = (connection.execute(query).scalar_one_or_none() or 0) + 1
    made = Pause(now + patience.after(failures), failures, reason)
    values = {"until": made.until, "failures": failures, "reason": reason}
    put = insert(pause).values(server=server, **values)
    connection.execute(put.on_conflict_do_update(index_elements=["server"], set_=values))
    return made


def lift(connection: sa.Connection, server: bytes) -> None:
    """The server works."""
    connection.execute(sa.delete(pause).where(pause.c.server == server))
