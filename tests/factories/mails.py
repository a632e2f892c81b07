"""Mails for tests, a house to fetch them into, and somebody who takes them in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from caseline.actions import fetch_mail, know_calendars, open_request, take_in_mails, wiring
from caseline.actions.fetch_mail import Fetched
from caseline.actions.take_in_mails import TakenIn
from caseline.actions.wiring import House, Post
from caseline.crm.cards import Deed, NewCard
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.mail import mailboxes
from caseline.mail.mailboxes import After
from caseline.mail.outcome import Outcome, State
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw
from caseline.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def raw(number: int, *, text: str = "It does not work", size: int = 0) -> bytes:
    """A made-up mail; `size` bytes of attachment."""
    body = text + "\r\n" + ("x" * 76 + "\r\n") * (size // 78)
    head = f"From: client{number}@client.example\r\nTo: support@example.org\r\nSubject: Matter {number}\r\n"
    return f"{head}Message-ID: <matter-{number}@client.example>\r\nX-Made-Up: yes\r\n\r\n{body}".encode()


def subject(content: Raw) -> str:
    """The subject of such a mail."""
    found = re.search(rb"^Subject: (.*?)\r?$", content, re.MULTILINE)
    assert found, content[:200]
    return found[1].decode()


class Taking:
    """Makes one request of each mail by the register's ports, in the caller's transaction."""

    def __init__(self, house: House) -> None:
        self.intake = wiring.intake(house)

    def __call__(self, connection: sa.Connection, mail: Claimed, content: Raw) -> Outcome:
        know_calendars.ready(connection, now=NOW)
        stage = open_request.stages(connection, self.intake.cards)[0]
        new = NewCard(subject=subject(content), description=f"mail {mail.id}", stage=stage.code)
        card = self.intake.cards.create(connection, new, Deed(at=mail.received_at))
        return Outcome(state=State.DONE, record_id=card.id, subject=new.subject)


@dataclass
class Hours:
    """A clock that goes only when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class PostRoom:
    """A house with mailboxes."""

    house: House
    clock: Hours
    post: Post

    def name(self, *addresses: str) -> None:
        """Let these be the mailboxes."""
        self.post = Post(tuple(map(mailboxes.read, addresses)), self.post.after, self.post.ca, self.post.largest)

    def after(self, words: str) -> None:
        self.post = Post(self.post.mailboxes, mailboxes.read_after(words), self.post.ca, self.post.largest)

    def fetch(self, *, now_too: bool = False) -> Fetched:
        return fetch_mail.fetch(self.house, self.post, clock=self.clock, now_too=now_too)

    def take_in(self, taking: take_in_mails.TakeIn | None = None) -> TakenIn:
        return take_in_mails.take_in_mails(self.house, taking or Taking(self.house), clock=self.clock)

    def ask(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement), values)]

    def subjects(self) -> list[str]:
        """What requests were made, each once or more."""
        return sorted(str(row[0]) for row in self.ask("SELECT subject FROM crm.record"))

    def count(self, table: str) -> object:
        return self.ask(f"SELECT count(*) FROM {table}")[0][0]


def post_room(url: str, **settings: object) -> PostRoom:
    """A house on a database, without mailboxes yet."""
    engine = open_engine(url)
    made = Settings.model_validate(settings)
    house = House(made, url, engine, connect("embedded", engine))
    return PostRoom(house, Hours(), Post((), After(), None, made.mail_largest))
