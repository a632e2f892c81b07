"""SQL of logins, their sessions, failed sign-ins, and the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.people import tables
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role

_login, _session, _attempt, _audit = tables.login, tables.session, tables.attempt, tables.audit
_KNOWN: Final = ("id", "name", "role", "active", "language", "zone", "person_id", "scope", "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody who may sign in."""

    id: int
    name: str
    role: Role
    active: bool
    language: str
    zone: str
    person_id: int | None
    scope: Scope
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open session with its login."""

    login: Login
    form_token: str
    begun_at: datetime
    seen_at: datetime
    groups: frozenset[int] = frozenset()
    """Groups that the person of the login is a member of."""
    unread: int | None = None
    """How many notices he has not read; None: nobody has asked."""

    @property
    def viewer(self) -> Viewer:
        """Who looks at requests in this session."""
        return viewer(self.login, self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A line of the audit log."""

    id: int
    at: datetime
    login: str | None
    action: str
    subject: str
    data: Mapping[str, Any]


# ---------------------------------------------------------------------------------------------------- logins


def logins(connection: sa.Connection) -> list[Login]:
    """All logins by name."""
    found = connection.execute(sa.select(*(_login.c[name] for name in _KNOWN)).order_by(_login.c.name))
    return [_read(row) for row in found.mappings()]


def named(connection: sa.Connection, name: str) -> Login | None:
    """The login of that name."""
    query = sa.select(*(_login.c[column] for column in _KNOWN)).where(_login.c.name == name.lower())
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _read(found)


def of_person(connection: sa.Connection, person_id: int) -> list[Login]:
    """Active logins of a person."""
    query = sa.select(*(_login.c[name] for name in _KNOWN)).where(_login.c.person_id == person_id, _login.c.active)
    return [_read(row) for row in connection.execute(query.order_by(_login.c.name)).mappings()]


def password(connection: sa.Connection, login_id: int) -> str:
    """The kept hash."""
    kept: str = connection.execute(sa.select(_login.c.password).where(_login.c.id == login_id)).scalar_one()
    return kept


def get(connection: sa.Connection, login_id: int) -> Login | None:
    """The login of that id."""
    query = sa.select(*(_login.c[column] for column in _KNOWN)).where(_login.c.id == login_id)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _read(found)


def groups(connection: sa.Connection, login: Login) -> frozenset[int]:
    """Groups that the person of a login is a member of."""
    member = tables.membership
    query = sa.select(member.c.group_id).where(member.c.person_id == login.person_id)
    return frozenset(connection.execute(query).scalars())


def viewer(login: Login, groups: frozenset[int]) -> Viewer:
    """Who looks at requests as that login, whose person is a member of these groups."""
    return Viewer(
        login_id=login.id,
        name=login.name,
        role=login.role,
        person_id=login.person_id,
        groups=groups,
        scope=login.scope,
    )


def hold(connection: sa.Connection, login_id: int) -> None:
    """Nobody else changes this login, or who the administrators are, until the transaction ends."""
    which = sa.or_(_login.c.id == login_id, _login.c.role == Role.ADMINISTRATOR.value)
    connection.execute(sa.select(_login.c.id).where(which).order_by(_login.c.id).with_for_update(key_share=True))


def add(connection: sa.Connection, name: str, kept: str, values: Mapping[str, Any], *, now: datetime) -> Login:
    """Make a login; the name is new."""
    connection.execute(sa.insert(_login).values(name=name.lower(), password=kept, created_at=now, **values))
    made = named(connection, name)
    if made is None:
        raise RuntimeError(f"login {name} is gone again")
    return made


def change(connection: sa.Connection, login_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of a login."""
    connection.execute(sa.update(_login).where(_login.c.id == login_id).values(dict(values)))


def _read(row: Any) -> Login:  # noqa: ANN401 - a mapping of a row
    plain = {name: row[name] for name in _KNOWN}
    return Login(**plain | {"role": Role(row["role"]), "scope": Scope(row["scope"])})


# -------------------------------------------------------------------------------------------------- sessions


def begin(connection: sa.Connection, login: Login, token: bytes, form_token: str, *, agent: str, now: datetime) -> None:
    """Open a session."""
    values = {"token": token, "login_id": login.id, "form_token": form_token, "agent": agent}
    connection.execute(sa.insert(_session).values(**values, begun_at=now, seen_at=now))


def session(connection: sa.Connection, token: bytes, *, begun_after: datetime, seen_after: datetime) -> Session | None:
    """The session of that token, if it is not too old and its login is in use."""
    member = tables.membership
    groups = sa.select(member.c.group_id).where(member.c.person_id == _login.c.person_id).correlate(_login)
    own = (_session.c.form_token, _session.c.begun_at, _session.c.seen_at)
    query = (
        sa.select(*own, sa.func.array(groups.scalar_subquery()).label("groups"), *(_login.c[n] for n in _KNOWN))
        .join(_login, _login.c.id == _session.c.login_id)
        .where(_session.c.token == token, _session.c.begun_at > begun_after, _session.c.seen_at > seen_after)
        .where(_login.c.active, ~_session.c.waits)
    )
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        return None
    kept = {name: found[name] for name in ("form_token", "begun_at", "seen_at")}
    return Session(login=_read(found), groups=frozenset(found["groups"]), **kept)


def open_of(
    connection: sa.Connection, tokens: Sequence[bytes], *, begun_after: datetime, seen_after: datetime
) -> list[bytes]:
    """Those of these tokens whose session is open, as `session` would find it."""
    query = (
        sa.select(_session.c.token)
        .join(_login, _login.c.id == _session.c.login_id)
        .where(_session.c.token.in_(tokens), _session.c.begun_at > begun_after, _session.c.seen_at > seen_after)
        .where(_login.c.active, ~_session.c.waits)
    )
    return [bytes(token) for token in connection.execute(query).scalars()]


def see(connection: sa.Connection, token: bytes, *, now: datetime) -> None:
    """Note that a session is in use."""
    connection.execute(sa.update(_session).where(_session.c.token == token).values(seen_at=now))


def end(connection: sa.Connection, token: bytes) -> None:
    """Close a session."""
    connection.execute(sa.delete(_session).where(_session.c.token == token))


def end_all(connection: sa.Connection, login_id: int) -> None:
    """Close all sessions of a login."""
    connection.execute(sa.delete(_session).where(_session.c.login_id == login_id))


def sweep(connection: sa.Connection, *, before: datetime) -> None:
    """Forget sessions and failed sign-ins from before."""
    connection.execute(sa.delete(_session).where(_session.c.begun_at < before))
    connection.execute(sa.delete(_attempt).where(_attempt.c.at < before))


# -------------------------------------------------------------------------------------------- failed sign-ins


def failed(connection: sa.Connection, name: str, address: str, *, now: datetime) -> None:
    """Note a failed sign-in."""
    connection.execute(sa.insert(_attempt).values(name=name.lower(), address=address, at=now))


def failures(connection: sa.Connection, name: str, address: str, *, now: datetime, span: timedelta) -> tuple[int, int]:
    """How many sign-ins failed in the span before now: of that name, from that address.

    Whoever asks for the same name waits until this transaction ends, so that many tries at once count too.
    """
    named_locks.hold(connection, [f"login {name.lower()}"])
    recent = _attempt.c.at > now - span
    by_name = sa.select(sa.func.count()).where(recent, _attempt.c.name == name.lower())
    by_address = sa.select(sa.func.count()).where(recent, _attempt.c.address == address)
    one, other = connection.execute(sa.select(by_name.scalar_subquery(), by_address.scalar_subquery())).one()
    return int(one), int(other)


def forgive(connection: sa.Connection, name: str) -> None:
    """Forget the failed sign-ins of a name."""
    connection.execute(sa.delete(_attempt).where(_attempt.c.name == name.lower()))


# -------------------------------------------------------------------------------------------------- audit log


def note(
    connection: sa.Connection,
    login: str | None,
    action: str,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
    *,
    now: datetime,
) -> None:
    """Add a line."""
    connection.execute(
        sa.insert(_audit).values(at=now, login=login, action=action, subject=subject, data=dict(data or {}))
    )
