"""An outsider with an assignment, and the pages behind the link in the letter that came with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import sqlalchemy as sa

from caseline.actions import assign
from caseline.actions.assign import Order
from caseline.crm import connect
from caseline.crm.timeline import Assignment, Message
from caseline.outbox import keys
from caseline.outbox import store as outbox
from caseline.outbox import tables as outbox_tables
from caseline.outbox.letters import Letter
from caseline.outbox.minting import LinkMint
from caseline.web.public.application import build
from tests.factories import conversations
from tests.factories.conversations import Centre, mail
from tests.factories.pages import listening_at

PUBLIC: Final = "https://desk.example/out"
SMITH: Final = "smith@repair.example"
TABLES: Final = ("crm.assignment", "crm.message", "crm.event", "outbox.letter", "outbox.secret", "crm.record")


@dataclass(frozen=True)
class Work:
    """A centre whose outsider has an assignment."""

    centre: Centre
    assignment_id: int

    @property
    def link(self) -> str:
        """The last part of the link in the first letter."""
        return link(self.letters()[0])

    def give(self, title: str, text: str = "Please look", hours: int | None = 24) -> "Work":
        """Another one for the same outsider."""
        return give(self.centre, title, text, hours)

    def read(self) -> Assignment:
        """The assignment as it is now."""
        with self.centre.house.engine.connect() as connection:
            found = connect.timelines("embedded").assignment(connection, self.assignment_id)
        assert found is not None
        return found

    def letters(self) -> list[Letter]:
        """Letters of the assignment, the oldest first."""
        table = outbox_tables.letter
        query = sa.select(table.c.id).where(table.c.assignment_id == self.assignment_id).order_by(table.c.id)
        with self.centre.house.engine.connect() as connection:
            ids = connection.execute(query).scalars().all()
            return [found for one in ids if (found := outbox.get(connection, one)) is not None]

    def messages(self) -> list[Message]:
        """Messages of the assignment, the oldest first."""
        return [one for one in self.centre.timeline(self.read().record_id) if one.assignment_id == self.assignment_id]

    def contents(self) -> dict[str, list[object]]:
        """All rows of all tables that a page could touch."""
        with self.centre.house.engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(sa.text(f"SELECT t.*::text FROM {name} t ORDER BY 1"))]
                for name in TABLES
            }


def work(database_url: str, home: Path, title: str = "Printer", text: str = "Please look", **settings: object) -> Work:
    """A centre with a request of Anna's and an assignment of Smith's."""
    centre = conversations.centre(database_url, home, **{"public_url": PUBLIC, **settings})
    centre.get(mail(Message_ID="<1@client.example>"))
    return give(centre, title, text, 24)


def give(centre: Centre, title: str, text: str, hours: int | None) -> Work:
    """An assignment of the first request."""
    order = Order(request=f"id:{centre.landed()[0]}", title=title, text=text, contact=SMITH, hours=hours)
    return Work(centre, assign.give(centre.house, order, now=centre.now).assignment.id)


def link(letter: Letter) -> str:
    """The last part of the link in a letter."""
    (found,) = [line for line in letter.text.splitlines() if PUBLIC in line]
    return found.rpartition("/")[2]


def minted(connection: sa.Connection, assignment_id: int) -> str:
    """The same of an assignment, whatever its letters say."""
    one = connect.timelines("embedded").assignment(connection, assignment_id)
    assert one is not None
    return LinkMint(keys.known(connection)).link(assignment_id, one.address or "")


@contextmanager
def pages(made: Work) -> Iterator[httpx.Client]:
    """The public pages, and a client that follows nothing by itself."""
    with (
        listening_at(build(made.centre.house)) as address,
        httpx.Client(base_url=address, headers={"Accept-Language": "en"}, timeout=30) as client,
    ):
        yield client
