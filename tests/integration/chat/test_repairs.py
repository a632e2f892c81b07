"""Asks of chats that are put right at the desk: begun once more where they were, and silent where they are cancelled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from caseline.actions import chat_asks, chat_run, read_reports, repair_ask, send_asks, settle_asks, web_chat, wiring
from caseline.actions.editing import Editor
from caseline.actions.repair_ask import Repair, Wish
from caseline.chat.faults import Refused
from caseline.chat.gateway import Received, Start, Whom
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import State
from tests.factories import chat_asks as factory
from tests.factories.chat_asks import Asking
from tests.factories.chat_gateways import TOKEN
from tests.integration.chat.test_slow_messenger import Slow

NOON: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)


class Messenger(Slow):
    """One that can be closed, and in which somebody replies."""

    def blocked(self) -> None:
        raise Refused("the bot was blocked by the user")

    def replies(self, asking: Asking, *texts: str) -> None:
        """One after the other, each to what was asked by then."""
        self.polls = True
        for text in texts:
            number = len(self.offsets)
            self.received.append([Received(gateway="telegram", message_id=f"1:{number}", chat="1", at=NOON, text=text)])
            chat_run.run(asking.house, now=asking.now)

    def can_start(self, whom: Whom, *, now: datetime) -> Start:
        self.asked = 0  # always the same chat
        before, self.before = self.before, lambda: None
        try:
            return super().can_start(whom, now=now)
        finally:
            self.before = before


@pytest.fixture
def messenger(monkeypatch: pytest.MonkeyPatch) -> Messenger:
    made = Messenger()
    monkeypatch.setattr(wiring, "chat_gateway", lambda _settings: made)
    return made


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Iterator[Asking]:
    made = factory.asking(database_url, tmp_path, now=NOON, chat="telegram", chat_token=SecretStr(TOKEN))
    with factory.pooled(made) as pooled:
        yield pooled


def repaired(asking: Asking, ask: Ask, repair: Repair) -> Ask:
    now = asking.ask(ask.id)
    wish = Wish(repair=repair, state=now.state.value, state_at=repair_ask.stood(now))
    viewer = read_reports.everything()
    repair_ask.repair(asking.house, viewer, ask.id, wish, Editor("anna", asking.now))
    return asking.ask(ask.id)


def round_of(asking: Asking) -> None:
    send_asks.run(asking.house, now=asking.now, chat=chat_asks.start)
    chat_run.run(asking.house, now=asking.now)


def test_one_whose_messenger_refused_is_asked_when_it_is_tried_again(asking: Asking, messenger: Messenger) -> None:
    ask = asking.queued()
    messenger.before = messenger.blocked
    round_of(asking)
    assert asking.ask(ask.id).state is State.FAILED
    messenger.before = lambda: None

    assert repaired(asking, ask, Repair.RETRY).state is State.QUEUED
    round_of(asking)
    round_of(asking)

    assert asking.ask(ask.id).state is State.SENT
    assert asking.dialogue(ask).stage is Stage.ASKING
    assert len(messenger.sent) == 2, "a greeting and the first question, once"
    messenger.replies(asking, "9", "8", "10")
    assert asking.ask(ask.id).state is State.ANSWERED


def test_sent_again_after_a_person_has_taken_over_it_asks_the_same_question_anew(
    asking: Asking, messenger: Messenger
) -> None:
    ask = asking.queued()
    round_of(asking)
    messenger.replies(asking, "что это", "не понимаю")
    assert asking.dialogue(ask).stage is Stage.HUMAN
    said = len(messenger.sent)

    assert repaired(asking, ask, Repair.RESEND).state is State.QUEUED
    round_of(asking)

    assert (asking.ask(ask.id).state, asking.dialogue(ask).stage) == (State.SENT, Stage.ASKING)
    assert len(messenger.sent) == said + 2
    messenger.replies(asking, "9", "8", "10")
    assert [value for _, value in asking.signals(ask)] == [9, 8, 10]
    assert asking.ask(ask.id).state is State.ANSWERED


def test_what_is_cancelled_before_its_first_words_says_nothing(asking: Asking, messenger: Messenger) -> None:
    ask = asking.queued()
    send_asks.run(asking.house, now=asking.now, chat=chat_asks.start)
    assert asking.dialogue(ask).stage is Stage.ASKING

    assert repaired(asking, ask, Repair.CANCEL).state is State.CANCELLED
    chat_run.run(asking.house, now=asking.now)

    assert messenger.sent == []
    assert asking.dialogue(ask).stage is Stage.ENDED


def test_a_page_of_ours_has_a_new_letter_and_goes_on_by_the_old_one_too(database_url: str, tmp_path: Path) -> None:
    made = factory.asking(database_url, tmp_path, now=NOON)
    with factory.pooled(made) as asking:
        ask = asking.queued()
        round_of(asking)
        with asking.house.engine.begin() as connection:  # as the mail server has taken the letter
            assert settle_asks.sent(asking.house, connection, asking.ask(ask.id), at=asking.now)
        old = asking.link()

        assert repaired(asking, ask, Repair.RESEND).state is State.QUEUED
        round_of(asking)
        new = asking.link()
        with asking.house.engine.begin() as connection:
            assert settle_asks.sent(asking.house, connection, asking.ask(ask.id), at=asking.now)

        assert (old.id, old.secret == new.secret, len(asking.letters())) == (new.id, False, 2)
        for link in (old, new):
            found = web_chat.see(asking.house, link.path.removeprefix("/c/"))
            assert found is not None
            assert (found.takes, found.stage) == (True, Stage.ASKING)
