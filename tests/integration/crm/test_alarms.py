"""Thresholds of deadlines become events, once each whatever restarts; imported requests wait until they are live."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from caseline.actions import go_live, show_request, watch_deadlines
from caseline.crm.cards import Alarm, Card, Deed, Refused, Wanted
from tests.factories import databases
from tests.factories.cards import ServiceDesk, moscow

EVENTS = "SELECT record_id, (data ->> 'percent')::int FROM crm.event WHERE type = 'deadline_share_used' ORDER BY id"


def sounded(desk: ServiceDesk, when: str) -> list[Alarm]:
    return list(watch_deadlines.watch(desk.house, now=moscow(when)).sounded)


def imported(desk: ServiceDesk, when: str, categorised: str) -> int:
    """An open request of source old, categorised after its import."""
    card = desk.open(when)
    desk.query("UPDATE crm.record SET source = 'old', origin = :id WHERE id = :number", id=str(card.id), number=card.id)
    desk.categorise(desk.read(card), "short", categorised)
    return card.id


def test_three_quarters_and_all_of_the_business_time_are_events(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")

    assert sounded(desk, "2026-06-08 12:29") == []
    assert sounded(desk, "2026-06-08 12:30") == [Alarm(card.id, 75)]
    assert sounded(desk, "2026-06-08 18:29") == []
    assert sounded(desk, "2026-06-08 18:30") == [Alarm(card.id, 100)]
    assert desk.query(EVENTS) == [(card.id, 75), (card.id, 100)]


def test_a_thousand_looks_at_one_overdue_request_give_one_event_for_each_threshold(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")
    late = moscow("2026-06-09 10:00")

    def look(turns: int) -> int:
        found = 0
        with desk.house.engine.connect() as connection:
            for turn in range(turns):
                with connection.begin():
                    found += len(desk.intake.cards.sound(connection, now=late + timedelta(seconds=turn)))
        return found

    with ThreadPoolExecutor(4) as looking:
        assert sum(looking.map(look, [250] * 4)) == 2

    assert desk.query(EVENTS) == [(card.id, 75), (card.id, 100)]


def test_a_clock_that_stands_still_and_a_closed_request_never_alarm(desk: ServiceDesk) -> None:
    waiting = desk.open("2026-06-05 18:30", category="short")
    closed = desk.open("2026-06-05 18:30", category="short")
    desk.move(waiting, "waiting", "2026-06-05 19:00")
    desk.move(closed, "closed", "2026-06-05 19:00")

    assert sounded(desk, "2026-06-20 12:00") == []


def test_a_deadline_that_moves_ahead_may_alarm_again(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")
    assert len(sounded(desk, "2026-06-08 19:00")) == 2

    desk.categorise(card, "long", "2026-06-08 20:00")

    assert sounded(desk, "2026-06-08 20:01") == []
    assert sounded(desk, "2026-06-10 18:30") == [Alarm(card.id, 75), Alarm(card.id, 100)]


def test_a_deadline_that_moves_to_this_very_moment_was_said_already(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")
    assert len(sounded(desk, "2026-06-08 19:00")) == 2

    desk.categorise(card, "usual", "2026-06-09 18:30")

    assert sounded(desk, "2026-06-09 18:30") == []


def test_imported_requests_are_silent_until_their_source_is_live(desk: ServiceDesk) -> None:
    number = imported(desk, "2026-06-05 18:30", "2026-06-05 19:00")
    assert sounded(desk, "2026-06-08 13:00") == []

    (found,) = go_live.go_live(desk.house, [], by="ada", now=moscow("2026-06-08 14:00"))

    assert (found.source, found.live, found.ahead, found.past) == ("old", True, 1, 0)
    assert sounded(desk, "2026-06-08 18:30") == [Alarm(number, 75), Alarm(number, 100)]


def test_what_was_past_at_the_import_never_alarms(desk: ServiceDesk) -> None:
    imported(desk, "2026-06-01 10:00", "2026-06-05 19:00")
    go_live.go_live(desk.house, ["old"], by="ada", now=moscow("2026-06-05 20:00"))

    assert sounded(desk, "2026-06-20 18:30") == []


def test_a_source_that_nothing_came_from_cannot_go_live(desk: ServiceDesk) -> None:
    with pytest.raises(Refused, match="nothing is imported yet"):
        go_live.go_live(desk.house, [], by="ada", now=moscow("2026-06-05 20:00"))
    imported(desk, "2026-06-01 10:00", "2026-06-05 19:00")
    with pytest.raises(Refused, match="source new: nothing came from there: use one of old"):
        go_live.go_live(desk.house, ["new"], by="ada", now=moscow("2026-06-05 20:00"))


def test_overdue_requests_are_listed_longest_overdue_first(desk: ServiceDesk) -> None:
    later = desk.open("2026-06-05 18:30", category="usual")
    first = desk.open("2026-06-05 18:30", category="short")
    desk.open("2026-06-05 18:30", category="long")

    watched = watch_deadlines.watch(desk.house, now=moscow("2026-06-09 18:30"))

    assert [card.id for card in watched.overdue] == [first.id, later.id]
    assert (watched.near, watched.passed) == (2, 2)


def test_what_is_due_at_the_moment_of_the_import_is_past(desk: ServiceDesk) -> None:
    imported(desk, "2026-06-05 18:30", "2026-06-08 18:30")

    (found,) = go_live.go_live(desk.house, [], by="ada", now=moscow("2026-06-08 18:30"))

    assert (found.ahead, found.past) == (0, 1)
    assert sounded(desk, "2026-06-20 18:30") == []


def test_a_threshold_that_was_ahead_at_the_import_alarms_alone(desk: ServiceDesk) -> None:
    number = imported(desk, "2026-06-05 18:30", "2026-06-08 12:30")
    go_live.go_live(desk.house, [], by="ada", now=moscow("2026-06-08 12:30"))

    assert sounded(desk, "2026-06-20 18:30") == [Alarm(number, 100)]


def test_a_deadline_that_is_moving_is_not_said_until_it_has_moved(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")
    other = desk.open("2026-06-05 18:30", category="short")
    with desk.house.engine.begin() as connection:
        desk.intake.categorise(connection, card, "long", Deed(at=moscow("2026-06-08 13:00")))

        assert sounded(desk, "2026-06-08 13:00") == [Alarm(other.id, 75)]

    assert sounded(desk, "2026-06-08 13:00") == []
    assert sounded(desk, "2026-06-10 18:30") == [Alarm(card.id, 75), Alarm(card.id, 100), Alarm(other.id, 100)]


def test_an_alarm_that_is_given_while_its_deadline_is_taken_away_goes_with_it(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")
    engine = desk.house.engine

    def drop() -> Card:
        with engine.begin() as connection:
            return desk.intake.cards.drop_deadline(connection, card, reason="gone", at=moscow("2026-06-08 13:00"))

    with ThreadPoolExecutor(1) as other, engine.begin() as sounding, engine.connect() as looking:
        assert desk.intake.cards.sound(sounding, now=moscow("2026-06-08 13:00")) == [Alarm(card.id, 75)]
        dropping = other.submit(drop)
        while not databases.waiting(looking):
            assert not dropping.done()
            looking.rollback()
        sounding.commit()
        assert dropping.result().deadline is None

    assert desk.query("SELECT count(*) FROM crm.alarm") == [(0,)]


def test_what_its_source_says_is_closed_gets_no_deadline_and_is_never_overdue(desk: ServiceDesk) -> None:
    late, never = desk.open("2026-06-05 18:30", category="short"), desk.open("2026-06-05 18:30")
    desk.query("UPDATE crm.record SET closed_at = '2026-06-05 19:00Z'")

    never = desk.categorise(desk.read(never), "short", "2026-06-05 20:00")

    assert (never.category, never.deadline) == ("short", None)
    assert not show_request.overdue(desk.read(late), now=moscow("2026-06-20 12:00"))
    assert show_request.listed(desk.house, Wanted(overdue_at=moscow("2026-06-20 12:00"))) == []
