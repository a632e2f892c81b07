"""Signs people in to the desk and out again, and tells whose session a token is."""

import hashlib
import secrets
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.notices import shelf
from caseline.people import known_browsers, logins, one_time, passwords, sent_forms
from caseline.people.logins import Login, Session
from caseline.people.stores import second_steps

LONGEST: Final = timedelta(hours=12)
"""How long a session lasts at most."""
IDLE: Final = timedelta(hours=2)
"""How long it lasts without a request."""
SPAN: Final = timedelta(minutes=15)
"""In so much time …"""
TRIES: Final = 5
"""… this many sign-ins of a name may fail,"""
TRIES_OF_ADDRESS: Final = 50
"""and this many from an address, where a whole office may sit; then the next has to wait."""
STEP_LASTS: Final = timedelta(minutes=10)
"""How long a right password waits for the second step."""
_SEEN_EVERY: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=1)
_LONGEST_TEXT: Final = 200


_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""A password costs 64 MB and much time to check: many at once would take both from everybody else."""


def one_of_few() -> AbstractContextManager[object]:
    """Hold this while a password is checked."""
    return _AT_ONCE


class NotSignedIn(Exception):
    """A sign-in that failed.

    `wrong` name or password, a `code` that is wrong, too `late` for the second step, or `wait`: too many have failed.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody at the door."""

    name: str
    password: str
    address: str
    """Network address that the request came from."""
    agent: str = ""
    known: str = ""
    """The mark that the browser has kept since somebody signed in there."""


def sign_in(house: House, attempt: Attempt, *, now: datetime) -> str:
    """Open a session; answers its token, which only the browser keeps. Raises `NotSignedIn`.

    Where the login has a second step, the session `waits` for it and opens nothing yet.

    A name that does not exist takes as long as a wrong password and says the same.
    """
    with _AT_ONCE, house.engine.begin() as connection:
        token = _enter(connection, attempt, now)
    if token is None:
        raise NotSignedIn("wrong")
    return token


def _enter(connection: sa.Connection, attempt: Attempt, now: datetime) -> str | None:
    name = attempt.name.strip()[:_LONGEST_TEXT]
    login = logins.named(connection, name)
    kept = passwords.NOBODYS if login is None else logins.password(connection, login.id)
    counted = _counted(name if login is None else login.name, kept, attempt)
    let_try(connection, *counted, now)
    matches = passwords.right(attempt.password[: passwords.LONGEST], kept)
    if login is None or not login.active or not matches:
        logins.failed(connection, counted[0], attempt.address, now=now)
        logins.note(connection, None, "sign_in_failed", name, {"address": attempt.address}, now=now)
        return None
    if passwords.outdated(kept):
        logins.change(connection, login.id, {"password": passwords.hashed(attempt.password)})
    if second_steps.key(connection, login.id) is None:
        return _begin(connection, login, attempt, now, counted[0])
    token = secrets.token_urlsafe(32)
    logins.begin(connection, login, digest(token), secrets.token_urlsafe(32), agent=_agent(attempt), now=now)
    second_steps.let_wait(connection, digest(token))
    return token


def _counted(name: str, kept: str, attempt: Attempt) -> tuple[str, str]:
    """Under which name and address failures count: a browser that is known has its own, apart from all others."""
    own = known_browsers.counted(name, kept, attempt.known)
    return (name, attempt.address) if own is None else (own, own)


def _begin(connection: sa.Connection, login: Login, attempt: Attempt, now: datetime, counted: str) -> str:
    token = secrets.token_urlsafe(32)
    logins.begin(connection, login, digest(token), secrets.token_urlsafe(32), agent=_agent(attempt), now=now)
    for name in {login.name, counted}:
        logins.forgive(connection, name)
    logins.sweep(connection, before=now - _KEPT)
    sent_forms.sweep(connection, now=now)
    logins.note(connection, login.name, "signed_in", data={"address": attempt.address}, now=now)
    return token


def _agent(attempt: Attempt) -> str:
    return attempt.agent[:_LONGEST_TEXT]


def let_try(connection: sa.Connection, name: str, address: str, now: datetime) -> None:
    """Raise `NotSignedIn` where too many attempts have failed; whoever tries the same name waits for this one."""
    by_name, by_address = logins.failures(connection, name, address, now=now, span=SPAN)
    if by_name >= TRIES or by_address >= TRIES_OF_ADDRESS:
        raise NotSignedIn("wait")


def waits(house: House, token: str, *, now: datetime) -> bool:
    """Whether the session of a token waits for its second step."""
    with house.engine.connect() as connection:
        return second_steps.waiting(connection, digest(token), begun_after=now - STEP_LASTS) is not None


def finish(house: House, token: str, typed: str, attempt: Attempt, *, now: datetime) -> str:
    """Take the second step with a code of the authenticator, or one for emergencies; answers another token.

    Of the attempt address and mark count. Wrong codes count like wrong passwords. Raises `NotSignedIn`.
    """
    with house.engine.begin() as connection:
        found = second_steps.waiting(connection, digest(token), begun_after=now - STEP_LASTS)
        if found is None:
            raise NotSignedIn("late")
        login, agent = found
        counted = _counted(login.name, logins.password(connection, login.id), attempt)
        let_try(connection, *counted, now)
        new = None
        if how := _step(connection, login, typed, now):
            logins.end(connection, digest(token))
            new = _begin(connection, login, replace(attempt, agent=agent), now, counted[0])
            if how == "emergency":
                left = second_steps.left(connection, login.id)
                logins.note(connection, login.name, "emergency_code_used", data={"left": left}, now=now)
        else:
            logins.failed(connection, counted[0], attempt.address, now=now)
            told = {"address": attempt.address, "what": "code"}
            logins.note(connection, None, "sign_in_failed", login.name, told, now=now)
    if new is None:
        raise NotSignedIn("code")
    return new


def mark(house: House, token: str, *, now: datetime) -> str:
    """What the browser of an open session keeps to be known by, so that strangers cannot lock its owner out of it."""
    with house.engine.begin() as connection:
        found = logins.session(connection, digest(token), begun_after=now - LONGEST, seen_after=now - IDLE)
        if found is None:
            return ""
        return known_browsers.mark(found.login.name, logins.password(connection, found.login.id))


def _step(connection: sa.Connection, login: Login, typed: str, now: datetime) -> str | None:
    """How the second step was taken: `code` or `emergency`; None: it was not."""
    key = second_steps.key(connection, login.id)
    if key is None:  # it was taken away meanwhile, and with it the session: signing in anew is all there is to do
        return None
    number = one_time.match(key.key, typed, now, key.used)
    if number is not None:
        second_steps.use(connection, login.id, number)
        return "code"
    return "emergency" if second_steps.spend(connection, login.id, one_time.digest(typed)) else None


def session(house: House, token: str, *, now: datetime, used: bool = True, bell: bool = False) -> Session | None:
    """The open session of a token.

    `used`: somebody does something in it, so that it goes on; `bell`: its unread notices are counted at once.
    """
    with house.engine.begin() as connection:
        key = digest(token)
        found = logins.session(connection, key, begun_after=now - LONGEST, seen_after=now - IDLE)
        if used and found is not None and now - found.seen_at > _SEEN_EVERY:
            logins.see(connection, key, now=now)
        if bell and found is not None:
            person = found.login.person_id
            found = replace(found, unread=0 if person is None else shelf.unread(connection, found.viewer))
    return found


def sign_out(house: House, token: str, *, now: datetime) -> None:
    """Close the session of a token."""
    with house.engine.begin() as connection:
        found = logins.session(connection, digest(token), begun_after=now - LONGEST, seen_after=now - IDLE)
        logins.end(connection, digest(token))
        if found is not None:
            logins.note(connection, found.login.name, "signed_out", now=now)


def digest(token: str) -> bytes:
    """What is kept of a token: it is long and random, so one pass of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()
