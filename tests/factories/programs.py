"""Programs that call the API: each has the token of a login that is made for it."""

from datetime import UTC, datetime

import httpx

from caseline.actions import keep_tokens
from caseline.actions.wiring import House
from caseline.people import logins
from caseline.people.rights import Role
from tests.factories import pages


def token(house: House, name: str, *, now: datetime | None = None, days: int = 30) -> str:
    """A token of a login that there is."""
    with house.engine.connect() as connection:
        login = logins.named(connection, name)
    assert login is not None
    return keep_tokens.make(house, login.id, "a test", days, now=now or datetime.now(UTC))[1]


def program(house: House, desk: str, role: Role = Role.ADMINISTRATOR) -> httpx.Client:
    """A program that calls as somebody of this role."""
    name = f"program-{role}"
    pages.login(house, name, role)
    return calling(desk, token(house, name))


def calling(desk: str, secret: str) -> httpx.Client:
    """A program that sends this token."""
    return httpx.Client(base_url=f"{desk}/api/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=30)
