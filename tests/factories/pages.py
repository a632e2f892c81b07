"""The desk as a real server on loopback, and browsers that are signed in to it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx
import uvicorn
from starlette.applications import Starlette

from caseline.actions import change_request, edit_keywords, keep_categories, keep_users, learn_keywords, open_request
from caseline.actions.change_request import Changes
from caseline.actions.edit_keywords import Consent
from caseline.actions.keep_users import Wish
from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.web.desk.application import build
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry

PASSWORD: Final = "seven quiet pages 7"  # noqa: S105 - of logins made for a test
_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')


def served(house: House) -> AbstractContextManager[str]:
    """Serve the desk; the value is its address."""
    return listening_at(build(house))


@contextmanager
def listening_at(application: Starlette) -> Iterator[str]:
    """Serve any application; the value is its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # whoever comes before the server is ready waits, and is not refused
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        if (live := getattr(application.state, "live", None)) is not None:
            live.close()
        server.should_exit = True
        thread.join(10)
        listening.close()


@dataclass
class Browser:
    """Somebody's browser without a screen: it keeps cookies and sends the token that stands in pages."""

    base: str
    client: httpx.Client = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.base, headers={"Accept-Language": "en"}, follow_redirects=True, timeout=30
        )

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self._kept(self.client.get(path))

    def post(self, path: str, *, token: str | None = None, **fields: object) -> httpx.Response:
        """Send a form with the token of the last page; lists send a field several times."""
        data = {"form_token": self.token if token is None else token, **fields}
        return self._kept(self.client.post(path, data=data, headers={"Origin": self.base}))

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in by the form."""
        self.get("/sign-in")
        return self.post("/sign-in", name=name, password=password, next="/")

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer


def login(house: House, name: str, role: Role = Role.ADMINISTRATOR, *, language: str = "en") -> None:
    """Make a login."""
    wish = Wish(role=role, password=PASSWORD, language=language)
    keep_users.add(house, name, wish, by=None, now=datetime.now(UTC))


def category(house: House, code: str, label: str | None = None) -> None:
    """Make a category."""
    keep_categories.put_category(
        house, code, keep_categories.Wish(label=label or code, hours=24), now=datetime.now(UTC)
    )


def dictionary(house: House, *entries: Entry) -> list[int]:
    """Save entries; answers their ids in order."""
    now = datetime.now(UTC)
    draft = Draft(login="test", source="edit", title="", edits=tuple(map(Edit, entries)), made_at=now)
    number = edit_keywords.propose(house, draft)
    edit_keywords.save(house, number, Consent(by="test", reason="a test", effect={}), now=now)
    with house.engine.connect() as connection:
        return [kept.id for kept in house.words.now(connection).kept][-len(entries) :]


def request(house: House, text: str, subject: str = "a letter") -> int:
    """Open a request."""
    order = open_request.Order(subject=subject, description=text, channel="mail")
    return open_request.open_request(house, order, now=datetime.now(UTC)).id


def assigned(house: House, number: int, person: str) -> None:
    """Give a request to a person."""
    change_request.change(house, f"id:{number}", Changes(assignee=person), now=datetime.now(UTC))


def labelled(house: House, text: str, category: str) -> None:
    """Open a request whose category somebody names."""
    order = open_request.Order(subject="a letter", description=text, channel="mail", category=category)
    open_request.open_request(house, order, now=datetime.now(UTC))


def learned(house: House) -> int:
    """Learn from such requests; answers the number of the draft."""
    taught, rules = learn_keywords.examples(house), learn_keywords.rules(house, None)
    found = learn_keywords.learn(taught, rules, entries_per_category=3)
    return learn_keywords.propose(house, found, taught, by="test", now=datetime.now(UTC))
