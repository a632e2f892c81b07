"""A messenger that answers slowly, or not at all, holds up no letter, no transaction and no round."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import chat_asks, chat_run, send_asks, wiring
from caseline.chat.faults import Away
from caseline.chat.gateway import Batch, May, Message, Received, Start, Whom
from caseline.feedback.states import State
from tests.factories import chat_asks as factory
from tests.factories.chat_asks import Asking
from tests.factories.chat_gateways import TOKEN

NOON = datetime(2026, 4, 6, 9, tzinfo=UTC)


@dataclass
class Slow:
    """A messenger; `before` is what happens while it thinks."""

    before: Callable[[], None] = lambda: None
    name: str = "telegram"
    polls: bool = False
    asked: int = 0
    sent: list[str] = field(default_factory=list)
    received: list[list[Received]] = field(default_factory=list)
    """What came in, by the next times that it is asked."""
    offsets: list[str | None] = field(default_factory=list)

    def can_start(self, _whom: Whom, *, now: datetime) -> Start:
        assert now.tzinfo is not None
        self.asked += 1
        self.before()
        return Start(May.YES, chat=str(self.asked))

    def send(self, chat: str, message: Message, *, key: str, again: bool) -> str:
        assert not again, key
        self.before()
        self.sent.append(f"{chat}: {message.text}")
        return str(len(self.sent))

    def poll(self, offset: str | None) -> Batch:
        self.before()
        self.offsets.append(offset)
        return Batch(tuple(self.received.pop(0) if self.received else ()), str(len(self.offsets)))

    def acknowledge(self, _one: Received) -> None:
        self.before()

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Iterator[Asking]:
    made = factory.asking(database_url, tmp_path, now=NOON, chat="telegram", chat_token=SecretStr(TOKEN))
    with factory.pooled(made) as pooled:
        yield pooled


@pytest.fixture
def messenger(monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow = Slow()
    monkeypatch.setattr(wiring, "chat_gateway", lambda _settings: slow)
    return slow


def states(asking: Asking) -> list[str]:
    return [state for (state,) in asking.rows("SELECT state FROM feedback.ask ORDER BY id")]


def open_transactions(asking: Asking) -> int:
    """How many there are beside the own one."""
    open_ones = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    ((count,),) = asking.rows(open_ones)
    return int(count)


def test_letters_go_first_and_no_transaction_is_open_while_a_messenger_thinks(asking: Asking, messenger: Slow) -> None:
    ask = asking.queued()
    letter = asking.queued()
    with asking.house.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE feedback.ask SET channel = 'web', address = 'web' WHERE id = :id"), {"id": letter.id}
        )

    def look() -> None:
        assert asking.ask(letter.id).state is State.SENT, "it did not wait for the messenger"
        with asking.house.engine.begin() as connection:
            connection.execute(sa.text("SELECT FROM feedback.ask WHERE id = :id FOR UPDATE NOWAIT"), {"id": ask.id})
        assert open_transactions(asking) == 0

    messenger.before = look
    done = send_asks.run(asking.house, now=asking.now, chat=chat_asks.start)

    assert (messenger.asked, done.written) == (1, 2)
    assert asking.dialogue(ask).stage.value == "asking"


def test_what_happened_while_it_thought_is_respected(asking: Asking, messenger: Slow) -> None:
    ask = asking.queued()

    def cancel() -> None:
        with asking.house.engine.begin() as connection:
            gone = "UPDATE feedback.ask SET state = 'cancelled', reason = 'by hand' WHERE id = :id"
            connection.execute(sa.text(gone), {"id": ask.id})

    messenger.before = cancel
    send_asks.run(asking.house, now=asking.now, chat=chat_asks.start)

    assert states(asking) == ["cancelled"]
    assert asking.rows("SELECT count(*) FROM chat.outgoing") == [(0,)]


def test_one_that_is_away_is_left_alone_as_long_as_it_wants_and_asked_once_in_a_round(
    asking: Asking, messenger: Slow
) -> None:
    for _ in range(3):
        asking.queued()

    def away() -> None:
        raise Away("it asks to wait", wait=timedelta(minutes=7))

    messenger.before = away
    for minute in range(7):
        done = send_asks.run(asking.house, now=asking.now + timedelta(minutes=minute), chat=chat_asks.start)
        assert done.problem == "it asks to wait"
    assert messenger.asked == 1, "by nobody, until its time is over"
    assert states(asking) == ["queued"] * 3

    messenger.before = lambda: None
    later = asking.now + timedelta(minutes=8)
    assert send_asks.run(asking.house, now=later, chat=chat_asks.start).written == 3


def test_a_round_ends_after_a_minute_and_the_next_goes_on(asking: Asking, messenger: Slow) -> None:
    for _ in range(5):
        asking.queued()
    time = asking.now

    def take_long() -> None:
        nonlocal time
        time += timedelta(seconds=25)

    messenger.before = take_long
    begun = [
        send_asks.run(asking.house, now=time, chat=chat_asks.start, clock=lambda: time).written for _round in range(2)
    ]
    assert begun == [3, 2]

    sent = []
    for _round in range(4):
        chat_run.run(asking.house, now=time, clock=lambda: time)
        sent.append(len(messenger.sent))
    assert sent == [3, 6, 9, 10], "a greeting and a question for each"


def test_no_transaction_is_open_while_it_is_asked_for_what_came_in_and_one_asks_at_a_time(
    asking: Asking, messenger: Slow
) -> None:
    came = Received(gateway="telegram", message_id="1:1", chat="1", at=NOON, text="7")
    messenger.polls, messenger.received = True, [[came]]

    def look() -> None:
        assert open_transactions(asking) == 0
        messenger.before = lambda: None  # the other one, and what follows, is not looked at
        asks = len(messenger.offsets)
        assert chat_run.run(asking.house, now=asking.now).received == 0
        assert len(messenger.offsets) == asks, "somebody else is asking"
        messenger.before = look

    messenger.before = look
    assert chat_run.run(asking.house, now=asking.now).received == 1
    assert messenger.offsets == [None, "1"]
    messenger.before = lambda: None
    chat_run.run(asking.house, now=asking.now)
    assert messenger.offsets == [None, "1", "2"]
    assert asking.rows("SELECT message_id FROM chat.incoming") == [("1:1",)]
