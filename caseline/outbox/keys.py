"""SQL of the secrets by which letters are known again; they never leave the database but into a mint."""

from datetime import datetime
from secrets import token_bytes
from typing import Final

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.db.fixed import Fixed, Wanted
from caseline.outbox.tables import secret

_BYTES: Final = 32
_ALL: Final = Fixed(sa.select(secret.c.value).order_by(secret.c.id.desc()))


def known(connection: sa.Connection) -> list[bytes]:
    """All secrets, the newest first; none as long as no letter was written. Makes nothing."""
    return wanted().on(connection)


def wanted() -> Wanted[list[bytes]]:
    """The same, still to be asked."""
    return Wanted(_ALL, {}, lambda rows: [bytes(value) for (value,) in rows])


def ready(connection: sa.Connection, *, now: datetime) -> list[bytes]:
    """All secrets, the newest first; the first one is made when it is first asked for, by one machine only."""
    if found := known(connection):
        return found
    _alone(connection)
    if found := known(connection):
        return found
    _make(connection, now)
    return known(connection)


def rotate(connection: sa.Connection, *, now: datetime) -> int:
    """Mint with a new secret from now on; answers how many older ones are still known again."""
    _alone(connection)
    _make(connection, now)
    return len(known(connection)) - 1


def _make(connection: sa.Connection, now: datetime) -> None:
    connection.execute(sa.insert(secret).values(value=token_bytes(_BYTES), made_at=now))


def _alone(connection: sa.Connection) -> None:
    named_locks.hold(connection, ["outbox.secret"])
