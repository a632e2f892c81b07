"""Requests that came in sets get their first deadline: by what was read once, and with few questions."""

from functools import partial

import pytest
import sqlalchemy as sa

from caseline.actions import edit_calendar, settle_times
from caseline.crm import recount
from caseline.crm.cards import Card
from caseline.timing.store import Note
from tests.factories.cards import ServiceDesk
from tests.integration.crm.test_recount import MONDAY_OFF, NOW

DUE = """
SELECT due_at AT TIME ZONE 'Europe/Moscow', target_s / 3600, clock_started_at AT TIME ZONE 'Europe/Moscow'
FROM crm.deadline ORDER BY record_id
"""


def imported(desk: ServiceDesk, card: Card) -> None:
    """Make it one that was imported with its category."""
    desk.query(
        "UPDATE crm.record SET source = 'old', origin = CAST(id AS text), category = 'short' WHERE id = :id", id=card.id
    )


def due(desk: ServiceDesk) -> list[tuple[str, int, str]]:
    """Deadline, hours and start, on Moscow's clock."""
    return [(f"{at:%m-%d %H:%M}", hours, f"{start:%m-%d %H:%M}") for at, hours, start in desk.query(DUE)]


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [
        ("UPDATE crm.category SET hours = 72, mode = 'elapsed'", [("06-08 18:30", 24, "06-05 18:30")]),
        ("UPDATE crm.record SET created_at = '2026-06-01 10:00Z'", [("06-08 18:30", 24, "06-05 18:30")]),
        ("UPDATE crm.record SET closed_at = '2026-06-05 19:00Z'", []),
    ],
    ids=["hours", "creation", "closing"],
)
def test_a_deadline_is_counted_by_one_reading_of_the_rules(
    desk: ServiceDesk, meanwhile: str, expected: list[tuple[str, int, str]]
) -> None:
    imported(desk, desk.open("2026-06-05 18:30"))
    cards, clocks = desk.intake.cards, desk.intake.clocks
    with desk.house.engine.begin() as connection:
        terms = cards.missing(connection, "ru", "ru", by_category=True)
        (found,) = recount.count(terms, partial(clocks.newest, connection, "ru"), partial(cards.pauses, connection))
        desk.query(meanwhile)
        cards.set_missing(connection, found, ("ru", 1), now=NOW)

    assert due(desk) == expected
    assert desk.query("SELECT mode FROM crm.deadline") == [("working_days",)] * len(expected)


def test_pauses_of_many_are_asked_for_at_once(desk: ServiceDesk) -> None:
    for minute in range(3):
        card = desk.move(desk.open(f"2026-06-05 18:{minute:02}"), "waiting", "2026-06-05 19:00")
        desk.move(card, "working", "2026-06-05 20:00")
    asked: list[str] = []

    @sa.event.listens_for(desk.house.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        asked.append(statement)

    desk.query("UPDATE crm.record SET source = 'old', origin = CAST(id AS text), category = 'short'")
    settle_times.settle(desk.house, now=NOW)
    edit_calendar.apply(
        desk.house,
        edit_calendar.propose_day(desk.house, MONDAY_OFF, now=NOW),
        Note(at=NOW, by="ada", reason="order 5"),
    )

    assert [row[:2] for row in due(desk)] == [(f"06-09 19:{minute:02}", 24) for minute in range(3)]
    pauses = [one for one in asked if one.startswith("SELECT crm.stage_row.record_id, crm.stage_row.entered_at")]
    assert len(pauses) == 2


def test_a_pause_that_no_calendar_reaches_costs_that_request_only(desk: ServiceDesk) -> None:
    for until in ("2026-06-05 20:00", "2198-06-05 20:00"):
        card = desk.move(desk.open("2026-06-05 18:30"), "waiting", "2026-06-05 19:00")
        imported(desk, desk.move(card, "working", until))

    settle_times.settle(desk.house, now=NOW)

    assert [at for at, *_ in due(desk)] == ["06-08 19:30"]
