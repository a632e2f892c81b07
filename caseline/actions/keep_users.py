"""Makes logins of the desk and changes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseline.actions.wiring import House
from caseline.people import logins, passwords
from caseline.people.logins import Login
from caseline.people.rights import Role
from caseline.timing import zones
from caseline.timing.faults import CalendarFault

LANGUAGES = ("ru", "en")


class BadLogin(Exception):
    """A login cannot be made or changed so; the message names the field and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a login shall be; None leaves the old value."""

    role: Role | None = None
    password: str | None = None
    active: bool | None = None
    language: str | None = None
    zone: str | None = None


def users(house: House) -> list[Login]:
    """All logins by name."""
    with house.engine.connect() as connection:
        return logins.logins(connection)


def add(house: House, name: str, wish: Wish, *, by: str | None, now: datetime) -> Login:
    """Make a login; role and password must be given. Raises `BadLogin`."""
    name = name.strip()
    if not name or any(mark.isspace() for mark in name):
        raise BadLogin(f"name {name!r}: give one word, for example a mail address")
    if wish.password is None or wish.role is None:
        raise BadLogin("a new login needs a role and a password")
    kept = _hashed(wish.password, name)
    with house.engine.begin() as connection:
        if logins.named(connection, name) is not None:
            raise BadLogin(f"name {name!r}: there is a login of that name: change it with `caseline user set`")
        made = logins.add(connection, name, kept, _columns(wish), now=now)
        logins.note(connection, by, "login_added", made.name, {"role": made.role.value}, now=now)
    return made


def change(house: House, name: str, wish: Wish, *, by: str | None, now: datetime) -> Login:
    """Change a login. Whoever loses it, or gets another password or role, is signed out everywhere."""
    with house.engine.begin() as connection:
        login = logins.named(connection, name.strip())
        if login is None:
            raise BadLogin(f"name {name!r}: there is no such login; `caseline user list` shows all")
        values = _columns(wish)
        told: dict[str, Any] = {key: value for key, value in values.items() if getattr(login, key) != value}
        if wish.password is not None:
            values["password"] = _hashed(wish.password, login.name)
            told["signs_in_with"] = "another password"
        if values:
            logins.change(connection, login.id, values)
        if {"signs_in_with", "role", "active"} & told.keys():
            logins.end_all(connection, login.id)
        if told:
            logins.note(connection, by, "login_changed", login.name, told, now=now)
        changed = logins.named(connection, login.name)
    return changed or login


def speak(house: House, login: Login, language: str) -> None:
    """Keep the language that somebody has chosen for the pages."""
    if language in LANGUAGES:
        with house.engine.begin() as connection:
            logins.change(connection, login.id, {"language": language})


def _columns(wish: Wish) -> dict[str, Any]:
    if wish.zone is not None:
        try:
            zones.zone(wish.zone)
        except CalendarFault as error:
            raise BadLogin(str(error)) from error
    wanted = {"role": wish.role, "active": wish.active, "language": wish.language, "zone": wish.zone}
    return {name: value for name, value in wanted.items() if value is not None}


def _hashed(password: str, name: str) -> str:
    try:
        passwords.check(password, name)
    except passwords.Weak as error:
        raise BadLogin(str(error)) from error
    return passwords.hashed(password)
