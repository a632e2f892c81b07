"""Asks whose links are known: shipped forms and campaigns, letters that the server has taken, and a clock."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
import sqlalchemy as sa
import yaml

from caseline.actions import judge_ask
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.feedback import answers, ask_links, asks, books, effects, links, ratings
from caseline.feedback.asks import Ask, Draft
from caseline.feedback.links import Link
from caseline.feedback.ratings import Rating
from caseline.feedback.states import State
from caseline.settings import Settings
from caseline.web.public.application import build

SENT: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)
CLIENT: Final = "anna@client.example"
_SHIPPED: Final = files("caseline.feedback") / "shipped"
_HIDDEN: Final = re.compile(r'name="(page-[a-z]+)" value="([^"]*)"')


def shipped(name: str) -> Any:  # noqa: ANN401 - what a YAML file holds
    """A document that ships."""
    return yaml.safe_load((_SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))


@dataclass
class Asking:
    """A house with forms and campaigns, and a clock that a test moves."""

    house: House
    now: datetime = SENT
    subjects: int = 0
    by_campaign: dict[str, int] = field(default_factory=dict)

    def clock(self) -> datetime:
        """The time."""
        return self.now

    def later(self, **spans: float) -> None:
        """Let time pass."""
        self.now += timedelta(**spans)

    def job(self) -> int:
        """What the deployment does."""
        return judge_ask.run(self.house, now=self.now)

    def client(self, *, address: str = "192.0.2.7", **headers: str) -> "Program":
        """A program in front of the public pages, with cookies of its own."""
        return Program(self, address, headers)

    def application(self) -> Any:  # noqa: ANN401 - Starlette's application
        """The public pages, by the clock of the test."""
        return build(self.house, clock=self.clock)

    def campaign(self, code: str, changes: Mapping[str, Any] | None = None) -> int:
        """The id of a shipped campaign, made when it is first asked for."""
        if code not in self.by_campaign:
            document = {**shipped(code), **(changes or {})}
            document.pop("makes", None)
            with self.house.engine.begin() as connection:
                made = books.add(connection, code, document, by="test", now=SENT)
            assert made is not None
            self.by_campaign[code] = made
        return self.by_campaign[code]

    def draft(self, code: str, form: str, **fields: Any) -> int:  # noqa: ANN401 - fields of `Draft`
        """An ask of a campaign that nobody has sent yet."""
        campaign = self.campaign(code)
        self.subjects += 1
        with self.house.engine.begin() as connection:
            newest = books.newest(connection, form)
            assert newest is not None
            values: dict[str, Any] = {
                "public_id": links.mint_id(),
                "campaign_id": campaign,
                "form_version_id": newest.version_id,
                "subject": "request",
                "subject_id": self.subjects,
                "period": "once",
                "service": "support",
                "channel": "mail_link",
                "language": "en",
                "happened_at": self.now,
                "address": CLIENT,
            }
            (number,) = asks.add(connection, [Draft(**{**values, **fields})], by="job", now=self.now)
        return number

    def queued(self, code: str = "smileys-on-closure", form: str = "smileys", **fields: Any) -> "Sent":  # noqa: ANN401
        """An ask that waits for its time; its link is known already."""
        made = Sent(self, self.draft(code, form, **fields), links.mint_secret())
        with self.house.engine.begin() as connection:
            ask_links.keep_secret(connection, made.id, links.digest(made.secret), now=self.now)
        made.move(State.QUEUED)
        return made

    def sent(self, code: str = "smileys-on-closure", form: str = "smileys", **fields: Any) -> "Sent":  # noqa: ANN401
        """An ask whose letter the server has taken now."""
        made = self.queued(code, form, **fields)
        made.move(State.SENT, sent_at=self.now, expires_at=self.now + timedelta(days=30))
        return made

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]


@dataclass
class Sent:
    """An ask with its link."""

    asking: Asking
    id: int
    secret: str

    @property
    def ask(self) -> Ask:
        """As it is now."""
        with self.asking.house.engine.connect() as connection:
            found = asks.one(connection, self.id)
        assert found is not None
        return found

    @property
    def link(self) -> Link:
        """The link in its letter."""
        with self.asking.house.engine.connect() as connection:
            form = books.form_code(connection, self.ask.form_version_id)
        return Link(form, self.ask.service, self.ask.public_id, self.secret)

    @property
    def path(self) -> str:
        """The path of its page."""
        return self.link.path

    @property
    def unsubscribe(self) -> str:
        """The path of the page by which somebody is asked no more."""
        return f"/u/{self.ask.public_id}.{self.secret}"

    @property
    def ratings(self) -> list[Rating]:
        """All that count, or counted."""
        with self.asking.house.engine.connect() as connection:
            return ratings.of(connection, self.id)

    @property
    def counted(self) -> dict[str, int]:
        """The ratings that count now."""
        return {one.question: one.value for one in self.ratings if one.superseded_at is None}

    @property
    def said(self) -> dict[str, Any]:
        """What was sent by Save, together."""
        with self.asking.house.engine.connect() as connection:
            return answers.together(answers.of(connection, self.id))

    @property
    def submissions(self) -> int:
        """How many answers were kept."""
        with self.asking.house.engine.connect() as connection:
            return len(answers.of(connection, self.id))

    @property
    def follows(self) -> list[str]:
        """Kinds of what follows."""
        with self.asking.house.engine.connect() as connection:
            return sorted(kind for kind, _key, _at, _result in effects.of(connection, self.id))

    def move(self, then: State, **changes: object) -> None:
        """Take a step as jobs and people of the house do."""
        with self.asking.house.engine.begin() as connection:
            assert asks.move(connection, self.ask, then, by="job", now=self.asking.now, changes=changes)


class Program:
    """Something with HTTP in front of the public pages: a person's browser, or a machine."""

    def __init__(self, asking: Asking, address: str, headers: Mapping[str, str], application: object = None) -> None:
        self.asking, self._address, self._headers = asking, address, {"Accept-Language": "en", **headers}
        self.application: Any = application or asking.application()

    def ask(self, method: str, path: str, data: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        """One call."""

        async def called() -> httpx.Response:
            transport = httpx.ASGITransport(self.application, client=(self._address, 1), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://feedback.example") as client:
                headers = {**self._headers, **more.pop("headers", {})}
                return await client.request(method, path, data=data, headers=headers, **more)

        return anyio.run(called)

    def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        """Open a page."""
        return self.ask("GET", path, **more)

    def head(self, path: str) -> httpx.Response:
        """Ask for the head alone."""
        return self.ask("HEAD", path)

    def post(self, path: str, data: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        """Send a form."""
        return self.ask("POST", path, data or {}, **more)

    def script(self, page: httpx.Response, path: str, *, looks: float = 2) -> httpx.Response:
        """What the page's script does: it sends the mark of the page after a while."""
        self.asking.later(seconds=looks)
        return self.post(path, {"page-mark": hidden(page)["page-mark"]})

    def save(self, page: httpx.Response, path: str, *, looks: float = 5, **given: str) -> httpx.Response:
        """Fill in the form of a page and press Save."""
        self.asking.later(seconds=looks)
        return self.post(path, {**hidden(page), **given})


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}


@contextmanager
def opened(database_url: str, home: Path, **settings: object) -> Iterator[Asking]:
    """A house with the shipped forms."""
    engine = open_engine(database_url, keep=4)
    values: dict[str, Any] = {"home": home, "mail_name": "Служба поддержки", **settings}
    house = House(Settings(**values), database_url, engine, connect("embedded", engine))
    with engine.begin() as connection:
        for code, document in shipped("forms").items():
            books.save_form(connection, code, document, by="test", now=SENT)
    try:
        yield Asking(house)
    finally:
        engine.dispose()


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Iterator[Asking]:
    """The same for a test; whoever wants it imports it."""
    with opened(database_url, tmp_path) as made:
        yield made
