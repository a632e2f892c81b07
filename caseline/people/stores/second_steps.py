"""SQL of the second step of signing in: keys, codes for emergencies, sessions that wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.people import logins, tables
from caseline.people.logins import Login

_login, _session, _code = tables.login, tables.session, tables.emergency_code


@dataclass(frozen=True, slots=True)
class Key:
    """What makes the codes of a login."""

    key: str
    used: int | None
    """The half minute of the last code that was used."""


def key(connection: sa.Connection, login_id: int) -> Key | None:
    """The key of a login; None: the password is enough. Nobody else uses its codes until the transaction ends."""
    query = sa.select(_login.c.second_key, _login.c.second_used).where(_login.c.id == login_id)
    found = connection.execute(query.with_for_update(key_share=True)).one()
    return None if found.second_key is None else Key(found.second_key, found.second_used)


def having(connection: sa.Connection) -> frozenset[int]:
    """Logins with a second step."""
    return frozenset(connection.execute(sa.select(_login.c.id).where(_login.c.second_key.is_not(None))).scalars())


def put_key(connection: sa.Connection, login_id: int, new: str | None, used: int | None) -> None:
    """Keep a key; None: the password is enough again, and codes for emergencies are good for nothing."""
    connection.execute(sa.update(_login).where(_login.c.id == login_id).values(second_key=new, second_used=used))
    if new is None:
        put_codes(connection, login_id, ())


def use(connection: sa.Connection, login_id: int, number: int) -> None:
    """Note that the code of a half minute was used."""
    connection.execute(sa.update(_login).where(_login.c.id == login_id).values(second_used=number))


def put_codes(connection: sa.Connection, login_id: int, digests: Sequence[bytes]) -> None:
    """Keep codes for emergencies in place of those from before."""
    connection.execute(sa.delete(_code).where(_code.c.login_id == login_id))
    if digests:
        connection.execute(sa.insert(_code), [{"login_id": login_id, "digest": one} for one in digests])


def spend(connection: sa.Connection, login_id: int, digest: bytes) -> bool:
    """Use a code for emergencies up; False when there is none such."""
    gone = sa.delete(_code).where(_code.c.login_id == login_id, _code.c.digest == digest).returning(sa.literal(1))
    return connection.execute(gone).scalar_one_or_none() is not None


def left(connection: sa.Connection, login_id: int) -> int:
    """How many codes for emergencies are left."""
    return int(connection.execute(sa.select(sa.func.count()).where(_code.c.login_id == login_id)).scalar_one())


def let_wait(connection: sa.Connection, token: bytes) -> None:
    """A session that has just begun opens nothing until its second step."""
    connection.execute(sa.update(_session).where(_session.c.token == token).values(waits=True))


def waiting(connection: sa.Connection, token: bytes, *, begun_after: datetime) -> tuple[Login, str] | None:
    """(login, browser) of a session that waits for its second step."""
    query = sa.select(_session.c.login_id, _session.c.agent).where(
        _session.c.token == token, _session.c.waits, _session.c.begun_at > begun_after
    )
    found = connection.execute(query).one_or_none()
    login = None if found is None else logins.get(connection, found.login_id)
    return None if found is None or login is None or not login.active else (login, found.agent)
