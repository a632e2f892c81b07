"""SQL of the open sessions of a login, as it looks at them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.people import tables

_session = tables.session


@dataclass(frozen=True, slots=True)
class Open:
    """An open session."""

    token: bytes
    """SHA-256 of what the browser holds."""
    begun_at: datetime
    seen_at: datetime
    agent: str

    @property
    def key(self) -> str:
        """How a form names it; nobody can make the browser's token of it."""
        return self.token.hex()


def of_login(connection: sa.Connection, login_id: int, *, begun_after: datetime, seen_after: datetime) -> list[Open]:
    """Open sessions of a login, the one seen last first."""
    query = (
        sa.select(_session.c.token, _session.c.begun_at, _session.c.seen_at, _session.c.agent)
        .where(_session.c.login_id == login_id, ~_session.c.waits)
        .where(_session.c.begun_at > begun_after, _session.c.seen_at > seen_after)
        .order_by(_session.c.seen_at.desc(), _session.c.begun_at.desc())
    )
    return [Open(bytes(row.token), row.begun_at, row.seen_at, row.agent) for row in connection.execute(query)]


def end(connection: sa.Connection, login_id: int, token: bytes) -> bool:
    """End a session of a login; False when it has none such."""
    gone = sa.delete(_session).where(_session.c.login_id == login_id, _session.c.token == token)
    return connection.execute(gone.returning(sa.literal(1))).scalar_one_or_none() is not None


def end_others(connection: sa.Connection, login_id: int, keep: bytes) -> int:
    """End all sessions of a login but one; answers how many."""
    gone = sa.delete(_session).where(_session.c.login_id == login_id, _session.c.token != keep)
    return len(connection.execute(gone.returning(sa.literal(1))).all())
