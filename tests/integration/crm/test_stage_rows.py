"""Every change of stage leaves a row behind, in its own transaction; the rows add up to the life of the record."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from caseline.crm import stage_times
from caseline.crm.cards import Card, Refused
from tests.factories.cards import ServiceDesk, moscow
from tests.factories.timing import HOUR


def test_a_new_request_is_in_its_stage_since_it_was_made(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30")

    (row,) = desk.rows(card)

    assert (row.stage, row.entered_at, row.left_at, row.business_s) == ("new", moscow("2026-06-05 18:30"), None, None)


def test_leaving_a_stage_stores_elapsed_and_business_time(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30")

    desk.move(card, "working", "2026-06-08 12:30")

    left, entered = desk.rows(card)
    assert (left.stage, left.elapsed_s, left.business_s) == ("new", 66 * HOUR, 18 * HOUR)
    assert (left.calendar_id, left.calendar_version, left.mode) == ("ru", 1, "working_days")
    assert (entered.stage, entered.entered_at, entered.left_at) == ("working", left.left_at, None)


def test_repeated_visits_add_up(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    for stage, when in (("working", "11:00"), ("new", "13:00"), ("working", "16:00")):
        card = desk.move(card, stage, f"2026-06-08 {when}")

    totals = stage_times.totals(desk.rows(card))

    assert [(total.stage, total.visits, total.business_s) for total in totals] == [
        ("new", 2, 4 * HOUR),
        ("working", 1, 2 * HOUR),
    ]


def test_the_rows_add_up_to_the_life_of_the_request(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30:00.7")
    for stage, when in (
        ("working", "2026-06-05 19:00:10.2"),
        ("working", "2026-06-05 19:00:10.2"),
        ("waiting", "2026-06-07 01:02:03.999"),
        ("working", "2026-06-09 10:00"),
        ("closed", "2026-06-10 12:00:00.1"),
    ):
        card = desk.move(card, stage, when)

    rows = desk.rows(card)

    life = int((moscow("2026-06-10 12:00") - moscow("2026-06-05 18:30")).total_seconds())
    assert sum(row.elapsed_s or 0 for row in rows) == life
    assert [row.left_at for row in rows[:-1]] == [row.entered_at for row in rows[1:]]


def test_time_in_a_stage_that_pauses_is_paused_time(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    card = desk.move(card, "waiting", "2026-06-08 11:00")

    desk.move(card, "working", "2026-06-08 15:00")

    waited = desk.rows(card)[1]
    assert (waited.elapsed_s, waited.business_s, waited.paused_s) == (4 * HOUR, 0, 4 * HOUR)


def test_reopening_opens_a_new_row_of_the_old_stage(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    card = desk.move(card, "closed", "2026-06-08 11:00")
    assert card.closed_at == moscow("2026-06-08 11:00")

    card = desk.move(card, "new", "2026-06-09 09:00")

    assert card.closed_at is None
    assert [(row.stage, row.left_at is None) for row in desk.rows(card)] == [
        ("new", False),
        ("closed", False),
        ("new", True),
    ]


def test_a_time_before_the_stage_was_entered_is_refused_and_nothing_stays(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")

    with pytest.raises(Refused, match="give a later time"):
        desk.move(card, "working", "2026-06-08 09:59")

    assert desk.read(card) == card
    assert len(desk.rows(card)) == 1


def test_who_read_the_clock_before_he_waited_for_somebody_moves_it_when_that_one_was_done(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    card = desk.move(card, "working", "2026-06-08 11:00:00.9")

    card = desk.move(card, "waiting", "2026-06-08 11:00:00.4")
    card = desk.move(card, "closed", "2026-06-08 10:59:59")

    rows = desk.rows(card)
    assert [row.left_at for row in rows[:-1]] == [row.entered_at for row in rows[1:]]
    assert [row.elapsed_s for row in rows] == [HOUR, 0, 0, None]
    assert card.closed_at == rows[-1].entered_at == moscow("2026-06-08 11:00:00.9")
    assert {at for (at,) in desk.query("SELECT at FROM crm.event WHERE type = 'stage_changed'")} == {card.closed_at}


def test_the_clock_of_a_deadline_stands_still_from_when_the_stage_was_entered(desk: ServiceDesk) -> None:
    card = desk.categorise(desk.open("2026-06-08 10:00"), "usual", "2026-06-08 10:00")
    card = desk.move(card, "working", "2026-06-08 11:00:00.9")

    card = desk.move(card, "waiting", "2026-06-08 11:00:00.4")

    assert card.deadline is not None
    assert card.deadline.stopped_at == desk.rows(card)[-1].entered_at


def test_only_an_import_may_believe_that_a_stage_lies_ahead(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    desk.query("UPDATE crm.stage_row SET imported = true")
    card = desk.move(card, "working", "2026-06-08 11:00")

    with pytest.raises(Refused, match="give a later time"):
        desk.move(card, "closed", "2026-06-08 10:00")

    card = desk.move(card, "closed", "2026-06-08 09:59")
    assert [row.entered_at for row in desk.rows(card)][1:] == [moscow("2026-06-08 11:00")] * 2


def test_who_comes_with_an_old_version_changes_nothing(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    desk.move(card, "working", "2026-06-08 11:00")

    assert desk.try_move(card, "closed", "2026-06-08 11:01") is None

    assert [row.stage for row in desk.rows(card)] == ["new", "working"]


def test_of_two_writers_one_wins_and_rows_never_overlap(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")
    for turn in range(20):
        together = threading.Barrier(2)

        def race(stage: str, minute: int, seen: Card = card, together: threading.Barrier = together) -> bool:
            together.wait()
            return desk.try_move(seen, stage, f"2026-06-08 {11 + minute // 60}:{minute % 60:02}") is not None

        with ThreadPoolExecutor(2) as two:
            won = list(two.map(race, ("working", "waiting"), (2 * turn, 2 * turn + 1)))

        assert sorted(won) == [False, True]
        card = desk.read(card)

    rows = desk.rows(card)
    assert len(rows) == 21
    assert [row.left_at for row in rows[:-1]] == [row.entered_at for row in rows[1:]]
    assert [row.left_at is None for row in rows] == [False] * 20 + [True]


def test_the_change_of_stage_is_an_event_in_the_same_transaction(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00")

    desk.move(card, "closed", "2026-06-08 11:00")

    assert desk.query("SELECT type, imported, data FROM crm.event ORDER BY id") == [
        ("created", False, {"stage": "new", "channel": None, "category": None}),
        ("stage_changed", False, {"old": "new", "new": "closed", "closed": True}),
    ]
