"""What somebody does with the own login: another password, a second step of signing in, open sessions."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import keep_tokens, keep_users, sign_in
from caseline.actions.editing import Fault
from caseline.actions.keep_users import BadLogin
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.people import logins, one_time, passwords
from caseline.people.logins import Login
from caseline.people.stores import second_steps, sessions
from caseline.people.stores.sessions import Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whoever acts on the own login."""

    login: Login
    token: str
    """Of the session that goes on."""
    password: str
    """The one of now, typed again: an open screen is not enough for this."""
    address: str
    """Network address, for the log of failed attempts."""


def open_sessions(house: House, login_id: int, *, now: datetime) -> list[Open]:
    """Open sessions of a login, the one seen last first."""
    with house.engine.connect() as connection:
        return sessions.of_login(connection, login_id, begun_after=now - sign_in.LONGEST, seen_after=now - sign_in.IDLE)


def end_session(house: House, login: Login, key: str, *, now: datetime) -> None:
    """End one of the own sessions; raises `Absent`."""
    try:
        token = bytes.fromhex(key)
    except ValueError as error:
        raise Absent(key) from error
    with house.engine.begin() as connection:
        if not sessions.end(connection, login.id, token):
            raise Absent(key)
        logins.note(connection, login.name, "session_ended", now=now)


def end_others(house: House, login: Login, token: str, *, tokens: bool, now: datetime) -> int:
    """End all own sessions but the one of that token, and tokens of the API if wanted; answers how many of both."""
    with house.engine.begin() as connection:
        logins.hold(connection, login.id)
        count = sessions.end_others(connection, login.id, sign_in.digest(token))
        if count:
            logins.note(connection, login.name, "session_ended", data={"entries": count}, now=now)
        if tokens:
            count += keep_tokens.end_all(connection, login, by=login.name, now=now)
    return count


def make_token(house: House, owner: Owner, name: str, days: int, *, now: datetime) -> str:
    """Make a token of the API; answers its secret. Raises `Refused`, `Faulty` and `NotSignedIn`."""
    proved = _prove(house, owner, now)
    return keep_tokens.make(house, owner.login.id, name, days, now=now, proved=proved)[1]


def change_password(house: House, owner: Owner, new: str, *, tokens: bool, now: datetime) -> None:
    """Take another password; all other sessions end, and tokens of the API if wanted.

    Raises `BadLogin`, and `NotSignedIn` after too many failures.
    """
    kept = keep_users.hashed(new, owner.login.name)
    _prove(house, owner, now)
    with house.engine.begin() as connection:
        logins.hold(connection, owner.login.id)
        logins.change(connection, owner.login.id, {"password": kept})
        _go_on_alone(connection, owner)
        told = {"signs_in_with": "another password"}
        logins.note(connection, owner.login.name, "login_changed", owner.login.name, told, now=now)
        if tokens:
            keep_tokens.end_all(connection, owner.login, by=owner.login.name, now=now)


def second_step(house: House, login_id: int) -> int | None:
    """How many codes for emergencies are left; None: the login has no second step."""
    with house.engine.begin() as connection:
        return None if second_steps.key(connection, login_id) is None else second_steps.left(connection, login_id)


def begin_second_step(house: House, owner: Owner, key: str, typed: str, *, now: datetime) -> list[str]:
    """From now on ask for a code of this key, too; answers the codes for emergencies, which are kept nowhere.

    Raises `BadLogin` for a code that is not of this key: the authenticator has to have it first.
    """
    if not one_time.usable(key):
        raise Absent("a key of ours")
    _prove(house, owner, now)
    used = one_time.match(key, typed, now, None)
    if used is None:
        raise BadLogin(
            Fault(
                "code",
                "is not the code of now: check the clock of the phone, and type the next one",
                "код не подошёл: проверьте часы телефона и введите следующий",
            )
        )
    with house.engine.begin() as connection:
        second_steps.put_key(connection, owner.login.id, key, used)
        _go_on_alone(connection, owner)
        logins.note(connection, owner.login.name, "second_step_on", now=now)
        return _fresh_codes(connection, owner.login)


def renew_codes(house: House, owner: Owner, *, now: datetime) -> list[str]:
    """New codes for emergencies in place of the old ones. Raises `BadLogin`."""
    _prove(house, owner, now)
    with house.engine.begin() as connection:
        if second_steps.key(connection, owner.login.id) is None:
            raise Absent("a second step")
        logins.note(connection, owner.login.name, "codes_renewed", now=now)
        return _fresh_codes(connection, owner.login)


def end_second_step(house: House, owner: Owner, *, now: datetime) -> None:
    """The password is enough again. Raises `BadLogin`."""
    _prove(house, owner, now)
    with house.engine.begin() as connection:
        second_steps.put_key(connection, owner.login.id, None, None)
        _go_on_alone(connection, owner)
        logins.note(connection, owner.login.name, "second_step_off", now=now)


def _fresh_codes(connection: sa.Connection, login: Login) -> list[str]:
    codes = one_time.emergency_codes()
    second_steps.put_codes(connection, login.id, [one_time.digest(one) for one in codes])
    return codes


def _go_on_alone(connection: sa.Connection, owner: Owner) -> None:
    sessions.end_others(connection, owner.login.id, sign_in.digest(owner.token))


def _prove(house: House, owner: Owner, now: datetime) -> str:
    """What is kept of the password that was typed; raises `BadLogin` for a wrong one.

    A failure counts like one at the door, in a transaction of its own.
    """
    name = owner.login.name
    with sign_in.one_of_few(), house.engine.begin() as connection:
        sign_in.let_try(connection, name, owner.address, now)
        kept = logins.password(connection, owner.login.id)
        right = passwords.right(owner.password[: passwords.LONGEST], kept)
        if right:
            logins.forgive(connection, name)
        else:
            logins.failed(connection, name, owner.address, now=now)
            told = {"address": owner.address, "what": "password"}
            logins.note(connection, name, "sign_in_failed", name, told, now=now)
    if not right:
        raise BadLogin(keep_tokens.WRONG)
    return kept
