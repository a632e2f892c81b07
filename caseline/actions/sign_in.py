"""Signs people in to the desk and out again, and tells whose session a token is."""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.people import logins, passwords
from caseline.people.logins import Session

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
_SEEN_EVERY: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=1)
_LONGEST_TEXT: Final = 200


_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""A password costs 64 MB and much time to check: many at once would take both from everybody else."""


class NotSignedIn(Exception):
    """A sign-in that failed: `wrong` name or password, or `wait`, too many have failed."""

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


def sign_in(house: House, attempt: Attempt, *, now: datetime) -> str:
    """Open a session; answers its token, which only the browser keeps. Raises `NotSignedIn`.

    A name that does not exist takes as long as a wrong password and says the same.
    """
    with _AT_ONCE, house.engine.begin() as connection:
        token = _enter(connection, attempt, now)
    if token is None:
        raise NotSignedIn("wrong")
    return token


def _enter(connection: sa.Connection, attempt: Attempt, now: datetime) -> str | None:
    name = attempt.name.strip()[:_LONGEST_TEXT]
    by_name, by_address = logins.failures(connection, name, attempt.address, now=now, span=SPAN)
    if by_name >= TRIES or by_address >= TRIES_OF_ADDRESS:
        raise NotSignedIn("wait")
    login = logins.named(connection, name)
    kept = passwords.NOBODYS if login is None else logins.password(connection, login.id)
    matches = passwords.right(attempt.password[: passwords.LONGEST], kept)
    if login is None or not login.active or not matches:
        logins.failed(connection, name, attempt.address, now=now)
        logins.note(connection, None, "sign_in_failed", name, {"address": attempt.address}, now=now)
        return None
    if passwords.outdated(kept):
        logins.change(connection, login.id, {"password": passwords.hashed(attempt.password)})
    token = secrets.token_urlsafe(32)
    logins.begin(
        connection, login, digest(token), secrets.token_urlsafe(32), agent=attempt.agent[:_LONGEST_TEXT], now=now
    )
    logins.forgive(connection, name)
    logins.sweep(connection, before=now - _KEPT)
    logins.note(connection, login.name, "signed_in", data={"address": attempt.address}, now=now)
    return token


def session(house: House, token: str, *, now: datetime) -> Session | None:
    """The open session of a token."""
    with house.engine.begin() as connection:
        key = digest(token)
        found = logins.session(connection, key, begun_after=now - LONGEST, seen_after=now - IDLE)
        if found is not None and now - found.seen_at > _SEEN_EVERY:
            logins.see(connection, key, now=now)
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
