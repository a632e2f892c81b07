"""Dialogues by Telegram and Chat2Desk: doubled, late and unreadable replies, faults of the messenger, killed runs."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import chat_asks, chat_run, check_chat, tell_notices
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.db.embedded import Server
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import State
from caseline.web.public.application import build
from tests.factories import chat_asks as factory
from tests.factories import chat_gateways, databases
from tests.factories.chat_asks import Asking
from tests.factories.chat_gateways import KEY, TOKEN, FakeChat2Desk, FakeTelegram
from tests.factories.pages import listening_at

HOOK: Final = "hook-secret-0123456789"
IVAN: Final = 55


@dataclass
class Bot:
    """A house that asks by Telegram, and Telegram."""

    asking: Asking
    fake: FakeTelegram

    def run(self, house: House | None = None) -> chat_run.Ran:
        """A run, some minutes after the one before: leases of killed ones have lapsed."""
        self.asking.now += timedelta(minutes=5)
        return chat_run.run(house or self.asking.house, now=self.asking.now)

    def begun(self) -> Ask:
        """A dialogue whose first question has arrived."""
        ask, said = self.asking.start()
        assert said is None
        self.run()
        return self.asking.ask(ask.id)

    def texts(self, since: int = 0) -> list[str]:
        """What has arrived."""
        return [one["text"] for one in self.fake.sent[since:]]


@pytest.fixture(scope="module")
def _bot(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with databases.copied(server.url, template) as url, chat_gateways.telegram() as (fake, address):
        chosen: dict[str, Any] = {"chat": "telegram", "chat_token": SecretStr(TOKEN), "chat_url": address}
        made = factory.asking(url, tmp_path_factory.mktemp("home"), now=datetime.now(UTC), **chosen)
        with factory.pooled(made) as asking:
            yield Bot(asking, fake)


@pytest.fixture
def bot(_bot: Bot) -> Bot:
    """The same for all tests: Ivan has started the bot and told it his phone."""
    if not _bot.fake.sent:
        ask, said = _bot.asking.start()
        assert said == "cannot start a chat: the contact has not started our bot, or has not told it his phone"
        assert ask.state is State.SKIPPED
        _bot.fake.writes(IVAN, "/start")
        _bot.run()
        assert _bot.fake.sent[-1]["reply_markup"]["keyboard"][0][0]["request_contact"] is True
        _bot.fake.writes(IVAN, "", contact={"phone_number": "79161234567", "user_id": IVAN})
        _bot.run()
        assert _bot.asking.rows("SELECT phone FROM chat.chat") == [("+79161234567",)]
    with _bot.asking.house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feedback.dialogue SET stage = 'ended' WHERE stage = 'asking'")
        connection.exec_driver_sql("UPDATE chat.cursor SET paused_until = NULL, failures = 0")
    return _bot


def test_three_ratings_by_telegram_with_doubled_and_late_messages(bot: Bot) -> None:
    ask = bot.begun()
    assert (ask.state, ask.letter_id) == (State.SENT, None)
    assert bot.asking.letters() == []
    buttons = bot.fake.sent[-1]["reply_markup"]["inline_keyboard"]
    first = buttons[1][3]["callback_data"]

    bot.fake.presses(IVAN, first)
    bot.run()
    bot.fake.writes(IVAN, "8", again=True)
    bot.run()
    bot.fake.presses(IVAN, first)  # an old button
    late = bot.fake.writes(IVAN, "7/10")
    bot.run()
    bot.fake.updates.append({**late, "update_id": bot.fake.next_update + 1})
    bot.fake.next_update += 1
    bot.run()

    assert bot.asking.signals(ask) == [("quality", 9), ("speed", 8), ("courtesy", 7)]
    found = bot.asking.ask(ask.id)
    assert (found.state, found.mean) == (State.ANSWERED, 8.0)
    assert "answerCallbackQuery" in bot.fake.calls
    assert bot.texts()[-1].startswith("Спасибо")


def test_several_replies_to_one_question_answer_that_question_alone(bot: Bot) -> None:
    ask = bot.begun()
    for text in ("6", "6", "10"):
        bot.fake.writes(IVAN, text)
    bot.run()

    assert bot.asking.signals(ask) == [("quality", 6)]


def test_a_person_gets_what_cannot_be_read_and_is_told_of_it(bot: Bot) -> None:
    with bot.asking.house.engine.begin() as connection:
        made = sa.text("INSERT INTO people.person (name, active) VALUES ('Ольга', true) RETURNING id")
        person = connection.execute(made).scalar_one()
        connection.exec_driver_sql(
            f"INSERT INTO people.login (name, person_id, role, password, created_at)"
            f" VALUES ('olga', {person}, 'administrator', 'x', now())"
        )
        connection.exec_driver_sql(f"UPDATE crm.record SET assignee_id = {person}")
    ask = bot.begun()
    for text in ("непонятно", "и это тоже"):
        bot.fake.writes(IVAN, text)
        bot.run()
    tell_notices.tell(bot.asking.house, now=bot.asking.now)

    assert bot.asking.dialogue(ask).stage is Stage.HUMAN
    assert bot.asking.rows("SELECT kind FROM notices.notice ORDER BY id DESC LIMIT 1") == [("client_answered",)]
    assert bot.asking.rows("SELECT text FROM crm.message ORDER BY id DESC LIMIT 1") == [("непонятно\nи это тоже",)]


def test_two_asks_of_one_person_come_one_after_the_other(bot: Bot) -> None:
    first = bot.begun()
    second, said = bot.asking.start()
    assert (said, second.state) == (
        "later: the contact is being asked something else in the same chat",
        State.QUEUED,
    )
    assert second.due_at is not None
    assert second.due_at > bot.asking.now + timedelta(hours=3)
    for text in ("9", "9", "9"):
        bot.fake.writes(IVAN, text)
        bot.run()
    _, said = bot.asking.start(second)
    assert said is None
    bot.run()
    bot.fake.writes(IVAN, "3")
    bot.run()
    assert [value for _, value in bot.asking.signals(first)] == [9, 9, 9]
    assert bot.asking.signals(second) == [("quality", 3)]


def test_who_never_replied_can_be_asked_again_when_the_first_ask_is_over(bot: Bot) -> None:
    first = bot.begun()
    bot.asking.now += timedelta(days=8)
    second = bot.begun()

    assert bot.asking.dialogue(first).stage is Stage.ENDED
    bot.fake.writes(IVAN, "5")
    bot.run()
    assert (bot.asking.signals(first), bot.asking.signals(second)) == ([], [("quality", 5)])


def test_who_blocks_the_bot_ends_the_dialogue_and_fails_the_ask(bot: Bot) -> None:
    bot.fake.blocked.add(IVAN)
    ask, _ = bot.asking.start()
    ran = bot.run()
    bot.fake.blocked.clear()

    assert ran.failed == 1
    found = bot.asking.ask(ask.id)
    assert (found.state, "blocked by the user" in (found.reason or "")) == (State.FAILED, True)
    assert bot.asking.dialogue(ask).stage is Stage.FAILED
    assert bot.run().sent == 0


def test_a_messenger_that_is_away_is_left_alone_and_nothing_is_lost(bot: Bot) -> None:
    ask, _ = bot.asking.start()
    bot.fake.faults.extend([500])
    first = bot.run()
    assert "500" in (first.problem or "")
    bot.fake.faults.append(429)
    limited = bot.run()
    assert limited.paused_until == bot.asking.now + timedelta(seconds=7)
    assert chat_run.run(bot.asking.house, now=bot.asking.now).problem == "Telegram asks to wait"
    before = len(bot.fake.sent)
    assert bot.run().problem is None

    assert len(bot.fake.sent) == before + 2
    assert bot.asking.ask(ask.id).state is State.SENT


def test_a_wrong_token_keeps_everything_queued_and_check_says_so(bot: Bot) -> None:
    ask, _ = bot.asking.start()
    settings = bot.asking.house.settings.model_copy(update={"chat_token": SecretStr("99999:wrong-wrong-wrong")})
    house = replace(bot.asking.house, settings=settings)
    assert "CASELINE_CHAT_TOKEN" in (bot.run(house).problem or "")
    report = check_chat.check(house, register=False, now=bot.asking.now)
    assert (report.works, report.to_send) == (False, 2)
    assert bot.asking.ask(ask.id).state is State.QUEUED
    bot.asking.now += timedelta(hours=1)
    assert bot.run().sent == 2


def test_what_is_said_outside_a_dialogue_stands_in_the_request_or_becomes_one(bot: Bot) -> None:
    asking = bot.asking
    bot.fake.writes(IVAN, "а гарантия есть?")
    bot.fake.writes(77, "кто вы?")
    bot.run()
    assert asking.rows("SELECT text FROM crm.message ORDER BY id DESC LIMIT 1") == [("а гарантия есть?",)]
    result = "SELECT result FROM chat.incoming WHERE text = "
    assert asking.rows(f"{result}'кто вы?'") == [("kept; it belongs to no request",)]

    petr = asking.contact(mobile="+7 916 555-44-33")
    with asking.house.engine.begin() as connection:
        connect.clients("embedded").know_phones(connection, "RU", 100)
    bot.fake.writes(88, "", contact={"phone_number": "79165554433", "user_id": 88})
    bot.fake.writes(88, "сломался сканер\nне включается")
    bot.run()
    card = "SELECT subject, channel, contact_id FROM crm.record ORDER BY id DESC LIMIT 1"
    assert asking.rows(card) == [("сломался сканер", "chat", petr)]
    bot.fake.writes(88, "и ещё скрипит")
    bot.run()
    (number,) = asking.rows("SELECT max(id) FROM crm.record")[0]
    assert asking.rows(f"{result}'и ещё скрипит'") == [(f"stands in request {number}",)]


@pytest.mark.parametrize("nasty", ["\x00", "\ud800", "\u202e\x1b[31m", "x" * 100_000])
def test_nothing_that_comes_stops_what_comes_after_it(bot: Bot, nasty: str) -> None:
    more: dict[str, Any] = {"from": {"id": 90, "is_bot": False, "first_name": nasty, "last_name": [nasty]}}
    bot.fake.writes(90, nasty, **more)
    bot.fake.presses(90, nasty)
    bot.fake.writes(90, "после")
    bot.run()

    assert bot.asking.rows("SELECT count(*) FROM chat.incoming WHERE handled_at IS NULL") == [(0,)]
    assert bot.fake.updates == [] or bot.run().received == 0
    kept = bot.asking.rows("SELECT text FROM chat.incoming ORDER BY id DESC LIMIT 1")
    assert kept == [("после",)]


def test_something_more_is_said_once_in_the_chat_of_an_ask(bot: Bot) -> None:
    ask = bot.begun()
    for _ in range(2):
        with bot.asking.house.engine.begin() as connection:
            assert chat_asks.say(connection, ask.id, "Вам начислено 500 бонусов", key="bonus", now=bot.asking.now)
    assert bot.run().sent == 1
    assert bot.texts()[-1] == "Вам начислено 500 бонусов"


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """An engine whose process dies right after a commit."""

    def __init__(self, engine: sa.Engine, lives: int) -> None:
        self._engine, self.lives = engine, lives

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all that an engine has
        return getattr(self._engine, name)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        with self._engine.begin() as connection:
            yield connection
        self.lives -= 1
        if self.lives == 0:
            raise Killed


def test_a_run_that_is_killed_after_any_commit_loses_nothing_and_says_nothing_twice(bot: Bot) -> None:
    killed, ask, values, before = 0, bot.begun(), list[int](), len(bot.fake.sent)
    for lives in range(1, 15):
        if lives % 4 == 0:
            ask, values, before = bot.begun(), list[int](), len(bot.fake.sent)
        else:
            values.append(lives % 10 or 10)
            bot.fake.writes(IVAN, str(values[-1]), again=True)
        mortal: Any = Mortal(bot.asking.house.engine, lives)
        try:
            bot.run(replace(bot.asking.house, engine=mortal))
        except Killed:
            killed += 1
        bot.run()
        assert [value for _, value in bot.asking.signals(ask)] == values
        assert len(bot.fake.sent) == before + len(values), f"killed after commit {lives}"
        if len(values) == 3:
            assert bot.asking.ask(ask.id).state is State.ANSWERED
    assert killed >= 8
    assert bot.asking.rows("SELECT count(*) FROM chat.incoming WHERE handled_at IS NULL") == [(0,)]


def test_a_message_that_cannot_be_handled_keeps_no_other_back(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = bot.begun()
    bot.fake.writes(IVAN, "9")
    with monkeypatch.context() as patched:
        patched.setattr("caseline.actions.chat_replies.dialogue.questions", lambda _form: 1 / 0)
        bot.fake.writes(78, "другой")
        bot.run()
    assert bot.asking.rows("SELECT result FROM chat.incoming WHERE handled_at IS NULL") == [
        ("ZeroDivisionError: division by zero",)
    ]
    assert bot.asking.rows("SELECT handled_at IS NULL FROM chat.incoming WHERE text = 'другой'") == [(False,)]
    bot.run()
    assert bot.asking.signals(ask) == [("quality", 9)]


def quiet(asking: Asking) -> None:
    """Wait for what follows from a call, which comes after its answer."""
    open_ = (
        "SELECT (SELECT count(*) FROM chat.incoming WHERE handled_at IS NULL)"
        " + (SELECT count(*) FROM chat.outgoing WHERE state IN ('queued', 'sending'))"
    )
    for _ in range(200):
        if asking.rows(open_) == [(0,)]:
            return
        time.sleep(0.05)


@pytest.fixture(scope="module")
def client(_bot: Bot) -> Iterator[httpx.Client]:
    """Somebody who calls the webhook."""
    settings = _bot.asking.house.settings.model_copy(update={"chat_hook": SecretStr(HOOK)})
    house = replace(_bot.asking.house, settings=settings)
    with listening_at(build(house)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


class TestCalls:
    def test_a_call_with_the_secret_is_kept_answered_and_followed(self, bot: Bot, client: httpx.Client) -> None:
        ask = bot.begun()
        update = bot.fake.writes(IVAN, "9")
        headers = {"X-Telegram-Bot-Api-Secret-Token": HOOK}
        for _ in range(2):
            answer = client.post("/hook/chat", json=update, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {"ok": True})
        quiet(bot.asking)

        assert bot.asking.signals(ask) == [("quality", 9)]
        assert "Скорость" in bot.texts()[-1]

    def test_without_the_secret_nothing_is_kept(self, bot: Bot, client: httpx.Client) -> None:
        before = bot.asking.rows("SELECT count(*) FROM chat.incoming")
        update = {**bot.fake.writes(IVAN, "2"), "update_id": 1}
        bot.fake.updates.clear()
        answers = [
            client.post("/hook/chat", json=update),
            client.post(f"/hook/chat/{HOOK}", json=update),
            client.post("/hook/chat", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": HOOK[:-1]}),
            client.post("/hook/chat", json=update, headers={b"X-Telegram-Bot-Api-Secret-Token": b"\xd1\x8e"}),
        ]
        assert {one.status_code for one in answers} == {404}
        assert client.get("/hook/chat").status_code == 404
        assert bot.asking.rows("SELECT count(*) FROM chat.incoming") == before

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"[1]", 400),
            (b"\xff\xfe", 400),
            (b'{"update_id": "x"}', 400),
            (b"[" * 100_000, 400),
            (b'{"a": "' + b"x" * 300_000 + b'"}', 413),
            (b'{"update_id": 5, "poll": {}}', 200),
        ],
        ids=["empty", "broken", "list", "bytes", "no update", "deep", "large", "something else"],
    )
    def test_bad_bodies_are_refused_and_stored_nowhere(
        self, bot: Bot, client: httpx.Client, body: bytes, status: int
    ) -> None:
        before = bot.asking.rows("SELECT count(*) FROM chat.incoming")
        answer = client.post("/hook/chat", content=body, headers={"X-Telegram-Bot-Api-Secret-Token": HOOK})

        assert answer.status_code == status
        assert json.loads(answer.text)
        assert bot.asking.rows("SELECT count(*) FROM chat.incoming") == before


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[tuple[Asking, FakeChat2Desk]]:
    """A house that asks by Chat2Desk, and Chat2Desk."""
    with chat_gateways.chat2desk() as (fake, address):
        chosen: dict[str, Any] = {
            "chat": "chat2desk",
            "chat_token": SecretStr(KEY),
            "chat_hook": SecretStr(HOOK),
            "chat_url": address,
        }
        yield factory.asking(database_url, tmp_path, now=datetime.now(UTC), **chosen), fake


def test_approved_words_first_then_free_ones_and_a_lost_answer_doubles_nothing(
    desk: tuple[Asking, FakeChat2Desk],
) -> None:
    asking, fake = desk
    ask, said = asking.start()
    assert said == (
        "cannot start a chat: the messenger takes approved words only, and the campaign has none (texts, template)"
    )
    approved = {"texts": {"template": {"ru": "Оцените визит от 1 до 10"}}}
    ask, said = asking.start(document=approved)
    assert said is None
    fake.faults.append("lost")
    chat_run.run(asking.house, now=asking.now)
    asking.now += timedelta(minutes=20)
    chat_run.run(asking.house, now=asking.now)
    assert [one["text"] for one in fake.sent] == ["Оцените визит от 1 до 10"]
    assert asking.ask(ask.id).state is State.SENT

    with listening_at(build(asking.house)) as address:
        for number, text in enumerate(("хорошо", "9", "8", "10"), 1):
            call = fake.call(500, text, number)
            for _ in range(2):
                assert httpx.post(f"{address}/hook/chat/{HOOK}", json=call, timeout=30).status_code == 200
            quiet(asking)
        wrong = fake.call(500, "1", 99)
        assert httpx.post(f"{address}/hook/chat/{HOOK}x", json=wrong, timeout=30).status_code == 404

    assert [value for _, value in asking.signals(ask)] == [9, 8, 10]
    assert asking.ask(ask.id).state is State.ANSWERED
    assert len(fake.sent) == 1 + 4
