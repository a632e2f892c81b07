"""SQL of the tokens by which programs call the API as a login."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.people import logins, tables
from caseline.people.access import Viewer
from caseline.people.logins import Login

_token, _login = tables.api_token, tables.login
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, without its secret."""

    id: int
    name: str
    """What it is for, in the words of whoever made it."""
    made_at: datetime
    seen_at: datetime | None
    """When it was used last, to the minute."""
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whoever calls with a token."""

    login: Login
    groups: frozenset[int]
    """Groups that the person of the login is a member of."""

    @property
    def viewer(self) -> Viewer:
        """Who looks at requests by it."""
        return logins.viewer(self.login, self.groups)


def make(connection: sa.Connection, login_id: int, name: str, digest: bytes, made: tuple[datetime, datetime]) -> int:
    """Keep a token; `made`: now, and when it ends. Answers its id."""
    values = {"login_id": login_id, "name": name, "digest": digest, "made_at": made[0], "ends_at": made[1]}
    return int(connection.execute(sa.insert(_token).values(values).returning(_token.c.id)).scalar_one())


def of(connection: sa.Connection, login_id: int) -> list[Token]:
    """The tokens of a login, the newest first; those that have ended, too."""
    columns = [_token.c[name] for name in ("id", "name", "made_at", "seen_at", "ends_at")]
    query = sa.select(*columns).where(_token.c.login_id == login_id).order_by(_token.c.id.desc())
    return [Token(**row) for row in connection.execute(query).mappings()]


def end(connection: sa.Connection, login_id: int, token_id: int) -> str | None:
    """Forget a token of a login; answers its name, None when it has none of this id."""
    gone = sa.delete(_token).where(_token.c.id == token_id, _token.c.login_id == login_id).returning(_token.c.name)
    name: str | None = connection.execute(gone).scalar_one_or_none()
    return name


def good(connection: sa.Connection, login_id: int, *, now: datetime) -> int:
    """How many tokens of a login have not ended."""
    query = sa.select(sa.func.count()).where(_token.c.login_id == login_id, _token.c.ends_at > now)
    return int(connection.execute(query).scalar_one())


def end_all(connection: sa.Connection, login_id: int, *, now: datetime) -> list[str]:
    """Forget all tokens of a login; answers the names of those that had not ended, the oldest first."""
    gone = sa.delete(_token).where(_token.c.login_id == login_id)
    found = connection.execute(gone.returning(_token.c.id, _token.c.name, _token.c.ends_at)).all()
    return [row.name for row in sorted(found, key=lambda row: row.id) if row.ends_at > now]


def bearer(connection: sa.Connection, digest: bytes, *, now: datetime) -> Bearer | None:
    """Whose token that is, if it has not ended and its login is in use; notes that it was used."""
    query = sa.select(_token.c.id, _token.c.login_id, _token.c.seen_at).where(
        _token.c.digest == digest, _token.c.ends_at > now
    )
    found = connection.execute(query).one_or_none()
    login = None if found is None else logins.get(connection, found.login_id)
    if found is None or login is None or not login.active:
        return None
    if found.seen_at is None or now - found.seen_at > _SEEN_EVERY:
        connection.execute(sa.update(_token).where(_token.c.id == found.id).values(seen_at=now))
    return Bearer(login=login, groups=logins.groups(connection, login))
