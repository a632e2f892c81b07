"""Makes logins of the desk and changes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import editing, keep_tokens
from caseline.actions.editing import Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.people import logins, passwords, store
from caseline.people.access import Scope
from caseline.people.logins import Login
from caseline.people.rights import Role
from caseline.people.stores import persons, second_steps
from caseline.timing import zones
from caseline.timing.faults import CalendarFault

LANGUAGES = ("ru", "en")


class BadLogin(Faulty):
    """A login cannot be made or changed so; the message names the field and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a login shall be; None leaves the old value."""

    role: Role | None = None
    password: str | None = None
    active: bool | None = None
    language: str | None = None
    zone: str | None = None
    scope: Scope | None = None
    person: str | None = None
    """By name, mail address or id; empty: nobody again."""
    second_step: bool | None = None
    """False takes the second step of signing in away: whoever wants one makes it."""


def users(house: House) -> list[Login]:
    """All logins by name."""
    with house.engine.connect() as connection:
        return logins.logins(connection)


def find(house: House, login_id: int) -> Login:
    """The login of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        found = logins.get(connection, login_id)
    if found is None:
        raise Absent(f"login {login_id}")
    return found


def with_second_step(house: House) -> frozenset[int]:
    """Logins that have a second step of signing in."""
    with house.engine.connect() as connection:
        return second_steps.having(connection)


def plain(login: Login) -> Plain:
    """A login as plain values."""
    return {
        "role": login.role.value,
        "scope": login.scope.value,
        "person": login.person_id,
        "active": login.active,
        "language": login.language,
        "zone": login.zone,
    }


def add(house: House, name: str, wish: Wish, *, by: str | None, now: datetime) -> Login:
    """Make a login; role and password must be given. Raises `BadLogin`."""
    name = name.strip()
    if not name or any(mark.isspace() for mark in name):
        raise BadLogin(
            Fault(
                "name",
                f"{name!r}: give one word, for example a mail address",
                "укажите одно слово без пробелов, например адрес почты",
            )
        )
    if wish.password is None or wish.role is None:
        raise BadLogin(
            Fault("password", "a new login needs a role and a password", "новой учётной записи нужны роль и пароль")
        )
    kept = hashed(wish.password, name)
    with house.engine.begin() as connection:
        if logins.named(connection, name) is not None:
            raise BadLogin(
                Fault(
                    "name",
                    f"{name!r}: there is a login of that name: change it with `caseline user set`",
                    "учётная запись с таким именем уже есть: измените её",
                )
            )
        made = logins.add(connection, name, kept, _columns(connection, wish), now=now)
        logins.note(connection, by, "login_added", made.name, {"role": made.role.value}, now=now)
    return made


def change(house: House, name: str, wish: Wish, *, by: str | None, seen: str | None = None, now: datetime) -> Login:
    """Change a login; raises `BadLogin`, and `Overtaken`.

    Whoever loses it, or gets another password or role, is signed out everywhere; with another password, or out of use,
    it loses its tokens, too. The last administrator who can sign in stays one.
    """
    with house.engine.begin() as connection:
        login = _held(connection, name)
        editing.check(seen, plain(login))
        values = _columns(connection, wish)
        _keep_an_administrator(connection, login, values)
        before = {key: getattr(login, key) for key, value in values.items() if getattr(login, key) != value}
        after: dict[str, Any] = {key: values[key] for key in before}
        if wish.password is not None:
            values["password"] = hashed(wish.password, login.name)
            after["signs_in_with"] = "another password"
        if values:
            logins.change(connection, login.id, values)
        if wish.second_step is False and login.id in second_steps.having(connection):
            second_steps.put_key(connection, login.id, None, None)
            after["second_step"] = False
        if {"signs_in_with", "role", "active"} & after.keys():
            logins.end_all(connection, login.id)
        if wish.password is not None:
            logins.forgive(connection, login.name)
        if after:
            told = {"before": _named(connection, before), "after": _named(connection, after)}
            logins.note(connection, by, "login_changed", login.name, told, now=now)
        if wish.password is not None or after.get("active") is False:
            keep_tokens.end_all(connection, login, by=by, now=now)
        changed = logins.named(connection, login.name)
    return changed or login


def sign_out_everywhere(house: House, name: str, *, by: str | None, tokens: bool, now: datetime) -> None:
    """End all sessions of a login, and its tokens if wanted; raises `BadLogin` where there is none of this name."""
    with house.engine.begin() as connection:
        login = _held(connection, name)
        logins.end_all(connection, login.id)
        logins.note(connection, by, "signed_out_everywhere", login.name, now=now)
        if tokens:
            keep_tokens.end_all(connection, login, by=by, now=now)


def speak(house: House, login: Login, language: str) -> None:
    """Keep the language that somebody has chosen for the pages."""
    if language in LANGUAGES:
        with house.engine.begin() as connection:
            logins.change(connection, login.id, {"language": language})


def hashed(password: str, name: str) -> str:
    """What is kept of a new password; raises `BadLogin` for one that would be guessed."""
    try:
        passwords.check(password, name)
    except passwords.Weak as error:
        raise BadLogin(Fault("password", str(error), _WEAK[error.code])) from error
    return passwords.hashed(password)


_WEAK = {
    "length": f"нужно от {passwords.SHORTEST} до {passwords.LONGEST} символов",
    "guessed": "такой пароль подбирают одним из первых: возьмите несколько слов или фразу",
    "name": "пароль содержит имя учётной записи: придумайте другой",
}


def _held(connection: sa.Connection, name: str) -> Login:
    """A login that nobody else changes until the transaction ends, nor makes or ends administrators."""
    login = logins.named(connection, name.strip())
    if login is None:
        raise BadLogin(
            Fault(
                "name", f"{name!r}: there is no such login; `caseline user list` shows all", "такой учётной записи нет"
            )
        )
    logins.hold(connection, login.id)
    return logins.get(connection, login.id) or login


def _keep_an_administrator(connection: sa.Connection, login: Login, values: dict[str, Any]) -> None:
    stays = values.get("role", login.role) is Role.ADMINISTRATOR and values.get("active", login.active)
    if login.role is not Role.ADMINISTRATOR or not login.active or stays:
        return
    if any(one.role is Role.ADMINISTRATOR and one.active and one.id != login.id for one in logins.logins(connection)):
        return
    raise BadLogin(
        Fault(
            "active" if values.get("active") is False else "role",
            f"{login.name} is the last administrator who can sign in: make another one first",
            f"{login.name} — последний администратор, который может войти: сначала назначьте другого",
        )
    )


def _named(connection: sa.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """Values as the log tells them: the person by name."""
    number = values.get("person_id")
    told = {name: value for name, value in values.items() if name != "person_id"}
    if "person_id" not in values:
        return told
    person = None if number is None else persons.get(connection, number)
    return told | {"person": person.name if person else None}


def _columns(connection: sa.Connection, wish: Wish) -> dict[str, Any]:
    if wish.zone is not None:
        try:
            zones.zone(wish.zone)
        except CalendarFault as error:
            raise BadLogin(
                Fault("zone", f"{error}", "такого часового пояса нет: укажите, например, Europe/Moscow")
            ) from error
    wanted = {
        "role": wish.role,
        "active": wish.active,
        "language": wish.language,
        "zone": wish.zone,
        "scope": wish.scope,
    }
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if wish.person is not None:
        values["person_id"] = _person(connection, wish.person) if wish.person else None
    return values


def _person(connection: sa.Connection, key: str) -> int:
    found = store.persons(connection, key)
    if len(found) != 1:
        what = "several have this name: give the id" if found else "there is no active person of this name, mail or id"
        raise BadLogin(Fault("person", f"{key!r}: {what}", "такого сотрудника нет или он не работает: выберите снова"))
    return found[0].id
