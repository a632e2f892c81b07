"""Makes tokens for programs that call the API, lists and ends them, and tells whose one is."""

import secrets
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import sign_in
from caseline.actions.editing import Fault, Faulty
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.people import bearers, logins
from caseline.people.bearers import Bearer, Token
from caseline.people.logins import Login
from caseline.people.rights import Right

DAYS: Final = (30, 90, 365)
"""How long a token may live."""
MOST: Final = 20
"""Tokens of a login."""
WRONG: Final = Fault("current", "is wrong: type the password of now", "неверно: введите действующий пароль")
"""What is said to somebody who has typed another password than the own one."""
_LONGEST_NAME: Final = 100
_LONGEST_SECRET: Final = 200


def make(
    house: House, login_id: int, name: str, days: int, *, now: datetime, proved: str | None = None
) -> tuple[int, str]:
    """Make a token of a login; answers its id and its secret, which is kept nowhere. Raises `Refused`.

    `proved`: what is kept of the password that was typed for it. Where another one has come in its place meanwhile,
    `Faulty` is raised: the tokens that ended with the old one do not come back.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Told("the token has no name: say what it is for, in 1 to %(most)s characters", most=_LONGEST_NAME)
    if days not in DAYS:
        raise Told("a token lives %(days)s days: choose one of these", days=", ".join(map(str, DAYS)))
    secret = f"cl_{secrets.token_urlsafe(32)}"
    with house.engine.begin() as connection:
        logins.hold(connection, login_id)  # until it is there: whoever ends all tokens meanwhile ends this one, too
        login = logins.get(connection, login_id)
        if login is None or not login.active:
            raise Told("login %(number)s: there is none in use", number=login_id)
        if proved is not None and logins.password(connection, login_id) != proved:
            raise Faulty(WRONG)
        if len(bearers.of(connection, login_id)) >= MOST:
            raise Told("%(name)s has %(most)s tokens: end one that is not used any more", name=login.name, most=MOST)
        ends_at = now + timedelta(days=days)
        number = bearers.make(connection, login_id, name, sign_in.digest(secret), (now, ends_at))
        logins.note(connection, login.name, "token_made", name, {"id": number, "ends_at": str(ends_at)}, now=now)
    return number, secret


def tokens(house: House, login_id: int) -> list[Token]:
    """The tokens of a login, the newest first."""
    with house.engine.connect() as connection:
        return bearers.of(connection, login_id)


def end(house: House, login_id: int, token_id: int, *, now: datetime) -> bool:
    """End a token of a login at once; False when it has none of this id."""
    with house.engine.begin() as connection:
        name = bearers.end(connection, login_id, token_id)
        login = logins.get(connection, login_id)
        if name is not None and login is not None:
            logins.note(connection, login.name, "token_ended", name, {"id": token_id}, now=now)
    return name is not None


def good(house: House, login_id: int, *, now: datetime) -> int:
    """How many tokens of a login programs can call with."""
    with house.engine.connect() as connection:
        return bearers.good(connection, login_id, now=now)


def end_all(connection: sa.Connection, login: Login, *, by: str | None, now: datetime) -> int:
    """End all tokens of a login, which the caller holds, and note which; answers how many programs could call with."""
    names = bearers.end_all(connection, login.id, now=now)
    if names:
        logins.note(connection, by, "tokens_ended", login.name, {"tokens": names}, now=now)
    return len(names)


def bearer(house: House, secret: str, *, now: datetime) -> Bearer | None:
    """Whose token that is."""
    if not 0 < len(secret) <= _LONGEST_SECRET:
        return None
    with house.engine.begin() as connection:
        return bearers.bearer(connection, sign_in.digest(secret), now=now)


def turned_away(house: House, one: Bearer, what: str, needs: Right, *, now: datetime) -> None:
    """Note in the audit log that a program has asked for what its login may not do."""
    with house.engine.begin() as connection:
        logins.note(connection, one.login.name, "turned_away", what, {"what": needs.value, "by": "api"}, now=now)
