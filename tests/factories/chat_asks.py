"""A house with a contact, his request and a queued ask whose dialogue can be begun."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import yaml
from pydantic import SecretStr

import caseline.feedback
from caseline.actions import chat_begin, open_request, wiring
from caseline.actions.wiring import Blueprint, House
from caseline.chat import links
from caseline.chat.links import Link
from caseline.crm import connect
from caseline.crm.clients import Entity
from caseline.db.engine import open_engine
from caseline.feedback import asks, books, dialogues
from caseline.feedback.asks import Ask, Draft
from caseline.feedback.dialogues import Kept
from caseline.feedback.links import mint_id
from caseline.feedback.states import State
from caseline.outbox import store as outbox
from caseline.settings import Settings

NOW: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)
PUBLIC: Final = "https://desk.example/out"
PHONE: Final = "+79161234567"
_SHIPPED: Final = Path(caseline.feedback.__file__).parent / "shipped"


@dataclass
class Asking:
    """A house in which somebody is asked."""

    house: House
    contact_id: int
    request_id: int
    campaign_id: int
    version_id: int
    now: datetime = NOW
    _number: int = field(default=0)

    def queued(self, **fields: Any) -> Ask:  # noqa: ANN401 - columns of an ask
        """A new ask that is due."""
        self._number += 1
        draft = Draft(
            public_id=mint_id(),
            campaign_id=self.campaign_id,
            form_version_id=fields.pop("version_id", self.version_id),
            subject="request",
            subject_id=self.request_id,
            period=str(self._number),
            service="support",
            channel="chat",
            language=fields.pop("language", "ru"),
            happened_at=self.now,
            contact_id=fields.pop("contact_id", self.contact_id),
            **fields,
        )
        with self.house.engine.begin() as connection:
            (number,) = asks.add(connection, [draft], by="job", now=self.now)
            made = asks.one(connection, number)
            assert made is not None
            asks.move(
                connection, made, State.QUEUED, by="job", now=self.now, changes={"address": PHONE, "due_at": self.now}
            )
        return self.ask(number)

    def start(self, ask: Ask | None = None, document: Mapping[str, Any] | None = None) -> tuple[Ask, str | None]:
        """Begin the dialogue of an ask, a new one unless one is given; answers it as it is then, and what was said."""
        chosen = ask or self.queued()
        with self.house.engine.begin() as connection:
            kept = books.campaign(connection, self.campaign_id)
            assert kept is not None
            if document is not None:
                changed = books.change(connection, kept, {**kept.document, **document}, by="test", now=self.now)
                assert changed is not None
                kept = changed
        with closing(wiring.chat_gateway(self.house.settings)) as gateway:
            begun = chat_begin.begin(self.house, gateway, chosen.id, lambda *_: True, now=self.now)
        return self.ask(chosen.id), None if begun is None else begun.said

    def ask(self, ask_id: int) -> Ask:
        """The ask as it is now."""
        with self.house.engine.connect() as connection:
            found = asks.one(connection, ask_id)
        assert found is not None
        return found

    def dialogue(self, ask: Ask) -> Kept:
        """Its dialogue as it is now."""
        with self.house.engine.connect() as connection:
            found = dialogues.of_ask(connection, ask.id)
        assert found is not None
        return found

    def letters(self) -> list[str]:
        """The texts of all letters."""
        with self.house.engine.connect() as connection:
            ids = connection.execute(sa.text("SELECT id FROM outbox.letter ORDER BY id")).scalars().all()
            return [found.text for one in ids if (found := outbox.get(connection, one)) is not None]

    def link(self, base: str = PUBLIC) -> Link:
        """The link in the last letter."""
        (line,) = [line for line in self.letters()[-1].splitlines() if f"{base}/c/" in line]
        found = links.read(line.rpartition("/")[2])
        assert found is not None
        return found

    def contact(self, **values: str) -> int:
        """Another contact."""
        with self.house.engine.begin() as connection:
            return connect.clients("embedded").make(connection, Entity.CONTACT, {"name": "Пётр", **values}, at=self.now)

    def version(self, *questions: Mapping[str, Any]) -> int:
        """Another form, that asks these questions."""
        document = {"title": "Другая", "questions": list(questions)}
        with self.house.engine.begin() as connection:
            return books.save_form(connection, "other", document, by="test", now=self.now)

    def signals(self, ask: Ask) -> list[tuple[Any, ...]]:
        """What came for an ask."""
        return self.rows(f"SELECT question, value FROM feedback.signal WHERE ask_id = {ask.id} ORDER BY id")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]


def asking(database_url: str, home: Path, *, now: datetime = NOW, **settings: Any) -> Asking:  # noqa: ANN401 - settings
    """A house where Ivan has a request, and a campaign that asks in chats."""
    chosen = {
        "home": home,
        "database_url": SecretStr(database_url),
        "mail_address": "support@desk.example",
        "mail_name": "Служба поддержки",
        "public_url": PUBLIC,
        **settings,
    }
    house = Blueprint(Settings.model_validate(chosen), database_url).join()
    card = open_request.open_request(house, open_request.Order(subject="Принтер не печатает"), now=now)
    shipped = yaml.safe_load((_SHIPPED / "chat-rating-with-bonus.yaml").read_text(encoding="utf-8"))
    shipped.pop("makes")
    form = yaml.safe_load((_SHIPPED / "forms.yaml").read_text(encoding="utf-8"))["chat"]
    with house.engine.begin() as connection:
        values = {"name": "Иван Пример", "email": "ivan@client.example", "mobile": "8 916 123-45-67"}
        contact_id = connect.clients("embedded").make(connection, Entity.CONTACT, values, at=now)
        changed = sa.text("UPDATE crm.record SET contact_id = :contact WHERE id = :id")
        connection.execute(changed, {"contact": contact_id, "id": card.id})
        version_id = books.save_form(connection, "chat", form, by="test", now=now)
        campaign_id = books.add(connection, "chat", shipped, by="test", now=now)
    assert campaign_id is not None
    return Asking(house, contact_id, card.id, campaign_id, version_id, now)


@contextmanager
def pooled(made: Asking) -> Iterator[Asking]:
    """The same with connections that stay open, as a server has them."""
    engine = open_engine(made.house.url, keep=5)
    made.house = replace(made.house, engine=engine)
    try:
        yield made
    finally:
        engine.dispose()
