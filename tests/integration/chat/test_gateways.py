"""Telegram and Chat2Desk against fakes of what they document: sending, polling, calls, and their faults."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from caseline.chat.chat2desk import Chat2Desk
from caseline.chat.faults import Away, Barred, Refused, Unread
from caseline.chat.gateway import Button, ChatGateway, May, Message, Start, Whom
from caseline.chat.telegram import Telegram
from caseline.chat.web import WebChat
from tests.factories import chat_gateways
from tests.factories.chat_gateways import KEY, TOKEN, FakeChat2Desk, FakeTelegram

NOW = datetime(2026, 4, 6, 9, tzinfo=UTC)
PHONE = "+79161234567"
BUTTONS = tuple(Button(str(value), f"1:0:{value}") for value in range(1, 11))


@pytest.fixture(scope="module")
def telegrams() -> Iterator[tuple[FakeTelegram, str]]:
    with chat_gateways.telegram() as found:
        yield found


@pytest.fixture(scope="module")
def desks() -> Iterator[tuple[FakeChat2Desk, str]]:
    with chat_gateways.chat2desk() as found:
        yield found


@pytest.fixture
def bot(telegrams: tuple[FakeTelegram, str]) -> Iterator[tuple[Telegram, FakeTelegram]]:
    telegrams[0].__init__()  # type: ignore[misc] # empty again
    made = Telegram(TOKEN, telegrams[1])
    yield made, telegrams[0]
    made.close()


@pytest.fixture
def desk(desks: tuple[FakeChat2Desk, str]) -> Iterator[tuple[Chat2Desk, FakeChat2Desk]]:
    desks[0].__init__()  # type: ignore[misc] # as above
    made = Chat2Desk(KEY, "wa_dialog", 7, desks[1])
    yield made, desks[0]
    made.close()


class TestTelegram:
    def test_only_who_has_started_the_bot_can_be_written_to(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        gateway, _ = bot
        assert gateway.can_start(Whom(name="Иван", phone=PHONE), now=NOW).may is May.NO
        assert gateway.can_start(Whom(name="Иван", chat="55"), now=NOW) == Start(May.YES, chat="55")

    def test_no_link_shows_a_preview_and_buttons_stand_in_rows(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        gateway, fake = bot
        assert gateway.send("55", Message("https://example.org", BUTTONS), key="k", again=False) == "55:1"

        (sent,) = fake.sent
        assert sent["link_preview_options"] == {"is_disabled": True}
        rows = sent["reply_markup"]["inline_keyboard"]
        assert [len(row) for row in rows] == [5, 5]
        assert rows[1][4] == {"text": "10", "callback_data": "1:0:10"}

    def test_updates_are_given_up_only_when_asked_with_the_next_offset(
        self, bot: tuple[Telegram, FakeTelegram]
    ) -> None:
        gateway, fake = bot
        fake.writes(55, "8")
        fake.presses(55, "1:0:9")
        fake.writes(56, "x", chat={"id": -5, "type": "group"})
        fake.updates.append({"update_id": fake.next_update + 1, "edited_message": {"text": "9"}})

        first, again = gateway.poll(None), gateway.poll(None)
        assert [one.message_id for one in first.received] == [one.message_id for one in again.received]
        assert [(one.chat, one.text, one.button) for one in first.received] == [("55", "8", None), ("55", "", "1:0:9")]
        assert gateway.poll(first.offset).received == []
        assert fake.updates == []

    def test_a_phone_counts_where_it_is_the_persons_own(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        gateway, fake = bot
        own = fake.writes(55, "", contact={"phone_number": "79161234567", "user_id": 55})
        other = fake.writes(55, "", contact={"phone_number": "79990000000", "user_id": 56})
        found = [gateway.read(one, now=NOW) for one in (own, other)]
        assert [one.phone if one else "" for one in found] == [PHONE, None]

    def test_what_is_no_update_is_said_so(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        for document in ({}, {"update_id": "x"}, {"message": {"text": "8"}}):
            with pytest.raises(Unread):
                bot[0].read(document, now=NOW)
        assert bot[0].read({"update_id": 1, "message": {"chat": 5, "from": [], "date": "x"}}, now=NOW) is None

    def test_who_has_blocked_the_bot_is_refused_for_good(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        bot[1].blocked.add(55)
        with pytest.raises(Refused, match="blocked by the user"):
            bot[0].send("55", Message("x"), key="k", again=False)

    def test_check_names_the_remedy_and_register_is_it(self, bot: tuple[Telegram, FakeTelegram]) -> None:
        gateway, fake = bot
        hook = "https://desk.example/hook/chat"
        assert gateway.check(None).works
        assert "--register" in gateway.check(hook).lines[1]
        gateway.register(hook, "a-secret-of-the-hook")
        assert gateway.check(hook).works
        assert fake.hook["secret_token"] == "a-secret-of-the-hook"  # noqa: S105 - of a test
        with pytest.raises(Barred, match="caseline chat check"):
            gateway.poll(None)
        gateway.register(None, None)
        assert gateway.check(None).works


class TestChat2Desk:
    def test_a_client_is_found_by_phone_or_made_and_begins_with_approved_words(
        self, desk: tuple[Chat2Desk, FakeChat2Desk]
    ) -> None:
        gateway, fake = desk
        made = gateway.can_start(Whom(name="Иван", phone=PHONE), now=NOW)
        assert made == Start(May.BY_TEMPLATE, chat="500")
        assert gateway.can_start(Whom(name="Иван", phone=PHONE), now=NOW) == made
        assert len(fake.clients) == 1
        assert gateway.can_start(Whom(name="Иван"), now=NOW).may is May.NO

    @pytest.mark.parametrize(
        ("hours", "may"), [(1, May.YES), (23, May.YES), (24, May.BY_TEMPLATE), (48, May.BY_TEMPLATE)]
    )
    def test_free_words_only_within_a_day_of_the_persons_last_message(
        self, desk: tuple[Chat2Desk, FakeChat2Desk], hours: int, may: May
    ) -> None:
        gateway, fake = desk
        fake.clients.append({"id": 3, "phone": "79161234567"})
        at = NOW - timedelta(hours=hours)
        assert gateway.can_start(Whom(name="", phone=PHONE, last_in_at=at), now=NOW) == Start(may, chat="3")
        message = {"client_id": 3, "type": "from_client", "created": f"{at:%Y-%m-%dT%H:%M:%S} UTC"}
        fake.messages += [{"client_id": 3, "type": "to_client", "created": "2026-04-06T08:59:00 UTC"}, message]
        assert gateway.can_start(Whom(name="", phone=PHONE), now=NOW) == Start(may, chat="3")

    def test_other_messengers_need_that_the_person_has_written(self, desks: tuple[FakeChat2Desk, str]) -> None:
        gateway = Chat2Desk(KEY, "telegram", None, desks[1])
        desks[0].clients = []
        assert gateway.can_start(Whom(name="", phone=PHONE), now=NOW).may is May.NO
        desks[0].clients = [{"id": 4, "phone": "79161234567"}]
        assert gateway.can_start(Whom(name="", phone=PHONE), now=NOW) == Start(May.YES, chat="4")
        gateway.close()

    def test_a_message_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
        self, desk: tuple[Chat2Desk, FakeChat2Desk]
    ) -> None:
        gateway, fake = desk
        fake.faults.append("lost")
        with pytest.raises(Away) as away:
            gateway.send("3", Message("Оцените", BUTTONS), key="dialogue 1", again=False)
        assert away.value.begun
        assert gateway.send("3", Message("Оцените", BUTTONS), key="dialogue 1", again=True) == "9001"

        (sent,) = fake.sent
        assert (sent["external_id"], sent["transport"], sent["channel_id"]) == ("dialogue 1", "wa_dialog", 7)
        assert "inline_buttons" not in sent, "WhatsApp has three at most"
        gateway.send("3", Message("?", BUTTONS[:3]), key="other", again=False)
        assert fake.sent[1]["inline_buttons"][0] == {"type": "reply", "text": "1", "payload": "1:0:1"}

    def test_calls_are_read_with_care(self, desk: tuple[Chat2Desk, FakeChat2Desk]) -> None:
        gateway, fake = desk
        found = gateway.read(fake.call(3, "8", 77), now=NOW)
        assert found is not None
        assert (found.message_id, found.chat, found.text, found.phone, found.at) == ("77", "3", "8", PHONE, NOW)
        assert gateway.read(fake.call(3, "8", 77, kind="outbox"), now=NOW) is None
        for wrong in ({}, {"hook_type": "inbox"}, {**fake.call(3, "8", 77), "client_id": "x' OR 1"}):
            with pytest.raises(Unread):
                gateway.read(wrong, now=NOW)
        odd = gateway.read({**fake.call(3, "8", 77), "text": None, "client": 5, "event_time": "soon"}, now=NOW)
        assert odd is not None
        assert (odd.text, odd.phone, odd.at) == ("", None, NOW)

    def test_check_names_what_is_missing(self, desk: tuple[Chat2Desk, FakeChat2Desk]) -> None:
        gateway, _ = desk
        assert "CASELINE_CHAT_HOOK" in gateway.check(None).lines[1]
        hook = "https://desk.example/hook/chat/secret-secret-secret"
        assert "--register" in gateway.check(hook).lines[1]
        gateway.register(hook, None)
        gateway.register(hook, None)
        assert gateway.check(hook).works


@pytest.mark.parametrize("name", ["telegram", "chat2desk"])
class TestFaults:
    @pytest.fixture
    def gateway(
        self, name: str, telegrams: tuple[FakeTelegram, str], desks: tuple[FakeChat2Desk, str]
    ) -> Iterator[ChatGateway]:
        made: ChatGateway = (
            Telegram(TOKEN, telegrams[1]) if name == "telegram" else Chat2Desk(KEY, "wa_dialog", None, desks[1])
        )
        yield made
        made.close()

    def test_waits_as_long_as_it_is_told(
        self, name: str, gateway: ChatGateway, telegrams: tuple[FakeTelegram, str], desks: tuple[FakeChat2Desk, str]
    ) -> None:
        fake = telegrams[0] if name == "telegram" else desks[0]
        fake.faults.append(429)
        with pytest.raises(Away) as away:
            gateway.send("5", Message("x"), key="k", again=False)
        assert away.value.wait == timedelta(seconds=7 if name == "telegram" else 9)
        assert not away.value.begun

    @pytest.mark.parametrize("fault", [500, 503, "junk", "lost"])
    def test_nobody_knows_what_became_of_it(
        self,
        name: str,
        gateway: ChatGateway,
        telegrams: tuple[FakeTelegram, str],
        desks: tuple[FakeChat2Desk, str],
        fault: int | str,
    ) -> None:
        fake = telegrams[0] if name == "telegram" else desks[0]
        fake.faults.append(fault)
        with pytest.raises(Away) as away:
            gateway.send("5", Message("x"), key="k", again=False)
        assert away.value.begun

    def test_a_wrong_token_says_what_to_do_and_never_stands_in_faults_or_logs(
        self,
        name: str,
        gateway: ChatGateway,
        telegrams: tuple[FakeTelegram, str],
        desks: tuple[FakeChat2Desk, str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        wrong = "654321:another-token-of-nobody"
        made: ChatGateway = (
            Telegram(wrong, telegrams[1]) if name == "telegram" else Chat2Desk(wrong, "sms", None, desks[1])
        )
        with pytest.raises(Barred, match="CASELINE_CHAT_TOKEN") as barred:
            made.send("5", Message("x"), key="k", again=False)
        gateway.send("5", Message("x"), key="k", again=False)
        made.close()

        chain = f"{barred.value!r} {barred.value.__cause__!r} {barred.value.__context__!r} {made!r} {gateway!r}"
        for secret in (wrong, TOKEN, KEY):
            assert secret not in caplog.text + chain

    def test_nobody_there_is_told_without_a_word_of_the_address(self, name: str, gateway: ChatGateway) -> None:
        del gateway
        nowhere = "http://127.0.0.1:9"
        made: ChatGateway = Telegram(TOKEN, nowhere) if name == "telegram" else Chat2Desk(KEY, "sms", None, nowhere)
        with pytest.raises(Away) as away:
            made.send("5", Message("x"), key="k", again=False)
        made.close()
        assert not away.value.begun
        assert TOKEN not in repr(away.value)


def test_a_page_of_ours_needs_somebody_who_can_be_told_of_it() -> None:
    gateway = WebChat()
    assert gateway.can_start(Whom(name="", reachable=True), now=NOW).may is May.YES
    assert "no mail address" in gateway.can_start(Whom(name="", phone=PHONE), now=NOW).reason
    assert gateway.send("c", Message("x"), key="k", again=True) == "k"
