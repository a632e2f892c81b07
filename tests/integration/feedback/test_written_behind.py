"""A backlog of events: each part is written while the next is decided, and it comes to the same as one part alone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import keep_campaigns, trigger_asks
from caseline.actions.write_behind import WriteBehind
from caseline.crm import event_log
from caseline.crm.cards import Card
from caseline.feedback import books, request_facts
from caseline.feedback.candidates import Found
from caseline.feedback.request_facts import Wanted
from tests.factories.cards import ServiceDesk, moscow, service_desk

MONDAY = "2026-04-06 10:00"
NOW = moscow("2026-04-06 12:30")
RESTS = {"person_rests_days": 30}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceDesk]:
    monkeypatch.setattr(trigger_asks, "AT_ONCE", 2)
    made = service_desk(database_url, feedback_rest_days=30)
    yield made
    made.house.engine.dispose()


def switched_on(desk: ServiceDesk, code: str, kind: str, **audience: object) -> None:
    document = {
        "name": code,
        "kind": kind,
        "trigger": {"by": "stage", "closed": True},
        "audience": audience,
        "channel": "mail_link",
        "form": "nps",
        "letter": "acknowledgement",
        "reminder": "acknowledgement",
    }
    with desk.house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=moscow(MONDAY))
        books.add(connection, code, document, by="test", now=moscow(MONDAY))
        kept = books.by_code(connection, code)
        assert kept is not None
        assert books.switch(connection, kept, moscow(MONDAY))


def contact(desk: ServiceDesk, email: str) -> int:
    ((number,),) = desk.query("INSERT INTO crm.contact (name, email) VALUES ('Client', :mail) RETURNING id", mail=email)
    return int(number)


def closed(desk: ServiceDesk, minute: int, contact_id: int) -> Card:
    card = desk.open("2026-04-06 11:00", contact_id=contact_id)
    return desk.move(card, "closed", f"2026-04-06 12:{minute:02}")


def states(desk: ServiceDesk) -> list[tuple[int, str, str | None]]:
    rows = desk.query("SELECT subject_id, state, reason FROM feedback.ask ORDER BY subject_id, campaign_id, id")
    return [tuple(row) for row in rows]


def hooked(monkeypatch: pytest.MonkeyPatch, number: int, deed: Callable[[], object]) -> None:
    """Do something before the log is read for the time of that number."""
    waiting, calls = event_log.waiting, 0

    def read(*args: Any, **kwargs: Any) -> list[int]:  # noqa: ANN401 - whatever it takes
        nonlocal calls
        calls += 1
        if calls == number:
            deed()
        return waiting(*args, **kwargs)

    monkeypatch.setattr(event_log, "waiting", read)


def test_who_is_asked_by_a_part_on_its_way_rests_in_the_next(desk: ServiceDesk) -> None:
    switched_on(desk, "first", "nps", **RESTS)
    switched_on(desk, "second", "chat")
    one, other = contact(desk, "one@example.org"), contact(desk, "other@example.org")
    cards = [closed(desk, minute, one) for minute in range(5)]
    alone = closed(desk, 6, other)

    done = trigger_asks.run(desk.house, now=NOW)

    lately = "asked lately: 2026-04-06"
    asked_first = [(cards[0].id, "queued", None), (cards[0].id, "skipped", lately)]
    skipped = [(card.id, "skipped", lately) for card in cards[1:] for _ in range(2)]
    assert states(desk) == [*asked_first, *skipped, (alone.id, "queued", None), (alone.id, "skipped", lately)]
    assert (done.asked, dict(done.skipped)) == (2, {"asked lately": 10})


def test_what_is_reopened_while_its_ask_is_on_its_way_is_taken_back(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_on(desk, "first", "nps")
    cards = [closed(desk, minute, contact(desk, f"{minute}@example.org")) for minute in range(4)]
    hooked(monkeypatch, 2, lambda: desk.move(cards[0], "working", "2026-04-06 12:20"))

    done = trigger_asks.run(desk.house, now=NOW)

    assert states(desk)[0] == (cards[0].id, "cancelled", "reopened")
    assert [state for _, state, _ in states(desk)[1:]] == ["queued"] * 3
    assert (done.asked, done.cancelled) == (4, 1)


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_part_that_cannot_be_written_is_told_and_the_next_round_goes_on(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    switched_on(desk, "first", "nps")
    cards = [closed(desk, minute, contact(desk, f"{minute}@example.org")) for minute in range(7)]
    added, calls = event_log.done, 0

    def fails(connection: sa.Connection, cursor: event_log.Cursor, ids: Sequence[int]) -> None:
        nonlocal calls
        calls += 1
        if calls == broken:
            raise ConnectionError("the database is gone")
        added(connection, cursor, ids)

    monkeypatch.setattr(event_log, "done", fails)
    with pytest.raises(ConnectionError, match="the database is gone"):
        trigger_asks.run(desk.house, now=NOW)
    written = len(states(desk))
    assert written == 2 * (broken - 1)
    trigger_asks.run(desk.house, now=NOW)

    assert states(desk) == [(card.id, "queued", None) for card in cards]
    assert desk.query(
        "SELECT count(*), count(DISTINCT id) FROM feedback.taken AS t JOIN feedback.ask ON id = ask_id"
    ) == [(2 * len(cards), len(cards))]


def test_only_one_reads_at_a_time_also_while_parts_are_written(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_on(desk, "first", "nps")
    cards = [closed(desk, minute, contact(desk, f"{minute}@example.org")) for minute in range(5)]
    others: list[trigger_asks.Done] = []
    hooked(monkeypatch, 2, lambda: others.append(trigger_asks.run(desk.house, now=NOW)))

    done = trigger_asks.run(desk.house, now=NOW)

    assert (done.asked, [other.asked for other in others]) == (len(cards), [0])
    assert len(states(desk)) == len(cards)


def test_parts_are_written_in_order_and_a_failure_is_raised_once(desk: ServiceDesk) -> None:
    order: list[int] = []

    def part(number: int) -> Callable[[sa.Connection], None]:
        def write(connection: sa.Connection) -> None:
            order.append(int(connection.execute(sa.text("SELECT :number"), {"number": number}).scalar_one()))

        return write

    with WriteBehind(desk.house.engine) as writer:
        for number in range(5):
            writer.put(part(number))
    assert order == list(range(5))

    def fails(connection: sa.Connection) -> None:
        connection.execute(sa.text("SELECT 1 / 0"))

    with pytest.raises(sa.exc.DataError, match="division by zero"), WriteBehind(desk.house.engine) as writer:
        writer.put(fails)
    with WriteBehind(desk.house.engine) as writer:
        writer.put(fails)
        with pytest.raises(sa.exc.DataError):
            writer.drain()
        writer.put(part(5))
    assert order[-1] == 5


def test_the_first_steps_are_written_down_when_an_ask_goes_on(desk: ServiceDesk) -> None:
    switched_on(desk, "first", "nps")
    closed(desk, 0, contact(desk, "one@example.org"))
    trigger_asks.run(desk.house, now=NOW)
    before = desk.query("SELECT before, after, at, by, reason FROM feedback.taken ORDER BY number")
    assert desk.query("SELECT count(*) FROM feedback.moved") == [(0,)]

    later: datetime = moscow("2026-04-06 13:00")
    desk.query(
        "UPDATE feedback.ask SET state = 'sent', state_at = :at, state_by = 'x', sent_at = :at, expires_at = :at",
        at=later,
    )

    assert desk.query("SELECT before, after, at, by, reason FROM feedback.taken ORDER BY number") == [
        *before,
        ("queued", "sent", later, "x", None),
    ]
    assert desk.query("SELECT count(*) FROM feedback.moved") == [(3,)]


def test_the_columns_of_what_decides_stand_in_the_order_of_its_fields(desk: ServiceDesk) -> None:
    wanted = Wanted(campaign_id=1, kind="nps", record="request", stages=["closed"])
    with desk.house.engine.connect() as connection:
        answer = connection.execute(sa.text(f"{request_facts._FACTS} WHERE false"), wanted.values())
        assert tuple(answer.keys()) == Found._fields
