"""D1-D4 and the chat half of D10: a stage change opens a chat, three ratings come back, variants differ in their words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import chat_asks, keep_campaigns, trigger_asks
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.feedback import asks, books
from caseline.feedback.asks import Ask
from caseline.feedback.states import State
from tests.factories import chat_gateways
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.chat_gateways import TOKEN, FakeTelegram

BEGIN = "2026-04-06 10:00"
CAMPAIGN = {
    "name": "Оценка визита",
    "kind": "chat",
    "trigger": {"by": "stage", "closed": True},
    "channel": "chat",
    "form": "chat",
    "texts": {"first": {"ru": "Это сервис «Пример»: оцените работу, чтобы мы стали лучше."}},
}


@dataclass
class Town:
    """A service desk whose clients use Telegram."""

    desk: ServiceDesk
    telegram: FakeTelegram
    now: datetime = field(default_factory=lambda: moscow(BEGIN))

    def switch_on(self, **changes: object) -> None:
        with self.desk.house.engine.begin() as connection:
            keep_campaigns.ship(connection, now=self.now)
            books.add(connection, "visit", {**CAMPAIGN, **changes}, by="test", now=self.now)
            kept = books.by_code(connection, "visit")
            assert kept is not None
            assert books.switch(connection, kept, self.now)

    def client(self, name: str, chat: int, phone: str) -> int:
        """A contact who has started the bot."""
        with self.desk.house.engine.begin() as connection:
            made = sa.text("INSERT INTO crm.contact (name, mobile) VALUES (:name, :phone) RETURNING id")
            number = connection.execute(made, {"name": name, "phone": phone}).scalar_one()
            connect.clients("embedded").know_phones(connection, "RU", 100)
        digits = "7" + "".join(sign for sign in phone if sign.isdigit())[1:]
        self.telegram.writes(chat, "", contact={"phone_number": digits, "user_id": chat})
        self.run()
        return int(number)

    def closed(self, contact_id: int) -> Card:
        card = self.desk.open("2026-04-06 11:00", contact_id=contact_id)
        return self.desk.move(card, "closed", "2026-04-06 12:00")

    def run(self) -> None:
        """What the jobs do every minute."""
        self.now = max(self.now + timedelta(minutes=1), moscow("2026-04-06 12:05"))
        house = self.desk.house
        trigger_asks.run(house, now=self.now)
        with house.engine.begin() as connection:
            due = sa.text("SELECT id FROM feedback.ask WHERE state = 'queued' AND due_at <= :now ORDER BY id")
            ids = list(connection.execute(due, {"now": self.now}).scalars())
        chat_asks.start(house, ids, lambda _connection, _ask: True, now=self.now, clock=lambda: self.now)
        chat_asks.run(house, now=self.now)

    def says(self, chat: int, *texts: str) -> None:
        for text in texts:
            self.telegram.writes(chat, text)
            self.run()

    def asks(self) -> list[Ask]:
        with self.desk.house.engine.connect() as connection:
            ids = connection.execute(sa.text("SELECT id FROM feedback.ask ORDER BY id")).scalars().all()
            return [found for one in ids if (found := asks.one(connection, one)) is not None]

    def heard(self, chat: int) -> list[str]:
        return [one["text"] for one in self.telegram.sent if one["chat_id"] == chat]


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with chat_gateways.telegram() as (fake, address):
        chosen: dict[str, Any] = {"chat": "telegram", "chat_token": SecretStr(TOKEN), "chat_url": address}
        desk = service_desk(database_url, feedback_rest_days=0, **chosen)
        yield Town(desk, fake)
        desk.house.engine.dispose()


def test_d1_to_d4_a_closed_record_is_rated_in_a_chat_with_whoever_has_the_phone(town: Town) -> None:
    town.switch_on()
    anna = town.client("Анна", 501, "8 916 111-11-11")
    boris = town.client("Борис", 502, "+7 (916) 222-22-22")
    with town.desk.house.engine.begin() as connection:  # somebody else of the same phone, made later
        connection.exec_driver_sql("INSERT INTO crm.contact (name, mobile) VALUES ('Вера', '89161111111')")
    first, second = town.closed(anna), town.closed(boris)
    town.run()

    # D1, D3: each at his own phone, each about his own record; D2: who, what and why come first.
    assert [(one.subject_id, one.state) for one in town.asks()] == [(first.id, State.SENT), (second.id, State.SENT)]
    assert town.heard(501)[-2] == "Это сервис «Пример»: оцените работу, чтобы мы стали лучше."
    # D4: three ratings, whichever of them comes first from whom.
    town.says(501, "10")
    town.says(502, "4", "четыре", "4/10")
    town.says(501, "9", "девять")

    found = {one.subject_id: one for one in town.asks()}
    assert (found[first.id].state, found[first.id].mean) == (State.ANSWERED, 28 / 3)
    assert (found[second.id].state, found[second.id].mean) == (State.ANSWERED, 4.0)
    rows = town.desk.query(
        "SELECT a.subject_id, r.question, r.value FROM feedback.rating r JOIN feedback.ask a ON a.id = r.ask_id"
    )
    assert {(one[0], one[1]): one[2] for one in map(tuple, rows)} == {
        **{(first.id, key): value for key, value in (("quality", 10), ("speed", 9), ("courtesy", 9))},
        **{(second.id, key): 4 for key in ("quality", "speed", "courtesy")},
    }


def test_d10_variants_differ_in_words_and_buttons_and_are_kept_with_each_ask(town: Town) -> None:
    buttons = {"code": "buttons", "share": 50, "changes": {"buttons": True}}
    plain = {
        "code": "plain",
        "share": 50,
        "changes": {"buttons": False, "texts": {"first": {"ru": "Ответьте числом."}}},
    }
    town.switch_on(variants=[buttons, plain])
    for number in range(6):
        town.closed(town.client(f"Клиент {number}", 600 + number, f"8 916 333-33-0{number}"))
    town.run()

    with town.desk.house.engine.connect() as connection:
        codes = {one.contact_id: books.variant_code(connection, one.variant_id) for one in town.asks()}
    shown = set()
    for chat, (_, code) in enumerate(sorted(codes.items()), 600):
        said = [one for one in town.telegram.sent if one["chat_id"] == chat][-2:]
        assert ("inline_keyboard" in said[1].get("reply_markup", {})) == (code == "buttons")
        assert (said[0]["text"] == "Ответьте числом.") == (code == "plain")
        shown.add(code)
    assert shown == {"buttons", "plain"}
