"""A new version of a calendar counts the deadlines of open requests anew and logs old and new; closed ones stay."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from caseline.actions import edit_calendar, recount_deadlines
from caseline.actions.edit_calendar import DayWish
from caseline.actions.recount_deadlines import Recount
from caseline.crm import recount
from caseline.crm.cards import Deed, NewCard
from caseline.crm.terms import SECOND, Terms
from caseline.timing import instants, store
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault
from caseline.timing.store import Note
from caseline.timing.vocabulary import DayKind, Mode
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.timing import russia

FRIDAY = "2026-06-05 18:30"
NOW = moscow("2026-06-05 20:00")
NOTE = Note(at=NOW, by="ada", reason="order 5")
MONDAY_OFF = DayWish(date(2026, 6, 8), DayKind.OFF, "order 5")
LOG = """
SELECT record_id, old_due_at AT TIME ZONE 'Europe/Moscow', new_due_at AT TIME ZONE 'Europe/Moscow', old_version, new_version,
  reason
FROM crm.deadline_change WHERE old_due_at IS NOT NULL ORDER BY id
"""
TOLD = """
SELECT record_id, (data ->> 'due_at')::timestamptz AT TIME ZONE 'Europe/Moscow',
  (data ->> 'old_due_at')::timestamptz AT TIME ZONE 'Europe/Moscow', data ->> 'reason'
FROM crm.event WHERE type = 'deadline_set' AND data ? 'calendar'
"""


def monday_off(desk: ServiceDesk) -> Recount:
    return edit_calendar.apply(desk.house, edit_calendar.propose_day(desk.house, MONDAY_OFF, now=NOW), NOTE)


def due(desk: ServiceDesk) -> list[tuple[str, int]]:
    rows = desk.query(
        "SELECT due_at AT TIME ZONE 'Europe/Moscow', calendar_version FROM crm.deadline ORDER BY record_id"
    )
    return [(f"{at:%m-%d %H:%M}", version) for at, version in rows]


def test_open_requests_follow_a_new_version_and_the_log_has_old_and_new(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY, category="short")
    desk.open("2026-06-01 10:00", category="short")

    recount = monday_off(desk)

    assert recount == Recount(open=2, moved=1)
    assert due(desk) == [("06-09 18:30", 2), ("06-02 10:00", 1)]
    ((number, old, new, *others),) = desk.query(LOG)
    assert (number, f"{old:%m-%d %H:%M}", f"{new:%m-%d %H:%M}") == (card.id, "06-08 18:30", "06-09 18:30")
    assert others == [1, 2, "order 5"]
    assert desk.query(TOLD) == [(card.id, new, old, "order 5")]


def test_closed_requests_keep_their_deadline_and_their_version(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY, category="short")
    desk.move(card, "closed", "2026-06-05 19:00")

    assert monday_off(desk) == Recount(open=0)

    assert due(desk) == [("06-08 18:30", 1)]


def test_pauses_count_in_the_new_version_too(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-05 12:00")
    desk.move(card, "working", "2026-06-05 15:00")
    assert due(desk) == [("06-08 13:00", 1)]

    monday_off(desk)

    assert due(desk) == [("06-09 13:00", 2)]


def test_every_mode_is_counted_by_its_own_rule(desk: ServiceDesk) -> None:
    for mode in Mode:
        desk.category(mode.value, 24, mode=mode)
        desk.open(FRIDAY, category=mode.value)

    monday_off(desk)

    assert dict(zip(Mode, (at for at, _ in due(desk)), strict=True)) == {
        Mode.WORKING_DAYS: "06-09 18:30",
        Mode.SCHEDULE: "06-15 10:00",
        Mode.ELAPSED: "06-06 18:30",
        Mode.ROLL: "06-09 18:30",
        Mode.WHOLE_DAYS: "06-09 18:30",
    }


def test_a_setting_keeps_all_deadlines_as_they_are(database_url: str) -> None:
    desk = service_desk(database_url, recalc_on_calendar="never")
    desk.open(FRIDAY, category="short")

    assert monday_off(desk) == Recount(open=0)

    assert due(desk) == [("06-08 18:30", 1)]


def test_who_applies_a_proposal_too_late_is_told_and_nothing_is_stored(desk: ServiceDesk) -> None:
    late = edit_calendar.propose_day(desk.house, DayWish(date(2026, 6, 9), DayKind.OFF, "order 6"), now=NOW)
    monday_off(desk)

    with pytest.raises(CalendarFault, match="somebody else has made version 2 meanwhile"):
        edit_calendar.apply(desk.house, late, NOTE)

    assert desk.query("SELECT max(version) FROM timing.calendar_version") == [(2,)]


def test_alarms_of_deadlines_that_move_ahead_are_taken_back(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-04 10:00", category="short")
    with desk.house.engine.begin() as connection:
        desk.intake.cards.sound(connection, now=NOW)
    assert desk.query("SELECT percent FROM crm.alarm ORDER BY 1") == [(75,), (100,)]
    proposal = edit_calendar.propose_day(desk.house, DayWish(date(2026, 6, 5), DayKind.OFF, "order 5"), now=NOW)

    edit_calendar.apply(desk.house, proposal, NOTE)

    assert desk.query("SELECT percent FROM crm.alarm WHERE record_id = :id", id=card.id) == []


def test_alarms_of_deadlines_that_move_to_this_very_moment_stay(desk: ServiceDesk) -> None:
    desk.open("2026-06-04 20:00", category="short")
    with desk.house.engine.begin() as connection:
        desk.intake.cards.sound(connection, now=moscow("2026-06-08 20:00"))
    proposal = edit_calendar.propose_day(desk.house, DayWish(date(2026, 6, 5), DayKind.OFF, "order 5"), now=NOW)

    edit_calendar.apply(desk.house, proposal, Note(at=moscow("2026-06-08 20:00"), by="ada", reason="order 5"))

    assert due(desk) == [("06-08 20:00", 2)]
    assert desk.query("SELECT percent FROM crm.alarm ORDER BY 1") == [(75,), (100,)]


def test_counting_in_arrays_and_one_by_one_agree(desk: ServiceDesk) -> None:
    with desk.house.engine.begin() as connection:
        for number in range(200):
            start = moscow("2025-12-20 00:00") + timedelta(minutes=617 * number)
            code = ("short", "usual", "long")[number % 3]
            desk.intake.create(connection, NewCard(subject="x", stage="new", category=code), Deed(at=start))
    before = desk.query("SELECT record_id, due_at, warn_at FROM crm.deadline ORDER BY 1")
    with desk.house.engine.begin() as connection:
        found = recount_deadlines.recount(connection, desk.intake, "ru", reason="check", now=NOW)

    assert found == Recount(open=200, moved=0)
    assert desk.query("SELECT record_id, due_at, warn_at FROM crm.deadline ORDER BY 1") == before


@pytest.mark.parametrize("mode", Mode)
def test_warnings_in_arrays_are_those_one_by_one(mode: Mode) -> None:
    clock = Clock(russia(), mode)
    starts = np.arange(1_750_000_000, 1_750_000_000 + 400 * 50_021, 50_021, dtype=np.int64)
    dues = clock.deadlines(starts, 2 * 86_400)

    found = clock.warnings(starts, dues, 75)

    one_by_one = [instants.seconds(clock.warning(instants.moment(int(at)), 2 * 86_400, 75)) for at in starts]
    assert found.tolist() == one_by_one


LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE NOT granted AND datname = current_database()
"""


@pytest.mark.parametrize("deed", ["categorise", "move", "prioritise", "open"])
def test_a_deadline_that_is_set_during_a_recount_is_counted_by_one_version_only(desk: ServiceDesk, deed: str) -> None:
    """The new version is stored but not committed when somebody else begins; he must not count by the old one."""
    desk.category("short", 24, hours_by_priority={"high": 48})
    card = desk.open(FRIDAY, category="short")
    proposal = edit_calendar.propose_day(desk.house, MONDAY_OFF, now=NOW)
    begun = threading.Event()

    def act() -> None:
        begun.wait()
        match deed:
            case "categorise":
                desk.categorise(card, "usual", FRIDAY)
            case "move":
                desk.move(card, "closed", "2026-06-05 19:00")
            case "prioritise":
                with desk.house.engine.begin() as connection:
                    desk.intake.prioritise(connection, card, "high", Deed(at=NOW))
            case _:
                desk.open(FRIDAY, category="short")

    with ThreadPoolExecutor(1) as other, desk.house.engine.begin() as connection:
        store.add(connection, proposal.new, NOTE)
        recount_deadlines.recount(connection, desk.intake, "ru", reason="order 5", now=NOW)
        acting = other.submit(act)
        begun.set()
        while not connection.execute(sa.text(LOCKS)).scalar_one():
            assert not acting.done()
        connection.commit()
        acting.result()

    expected = {"categorise": ["06-10"], "move": ["06-09"], "prioritise": ["06-10"], "open": ["06-09", "06-09"]}
    assert due(desk) == [(f"{day} 18:30", 2) for day in expected[deed]]


def test_deadlines_are_counted_from_where_calendars_reach_only() -> None:
    starts = np.array([instants.FIRST - 1, instants.FIRST, instants.LAST_START - 1, instants.LAST_START])
    modes = list(Mode)[:4]
    terms = Terms(np.arange(4), starts * SECOND, np.full(4, 86_400), modes, np.array([False, True, False, True]))

    found = recount.countable(terms)

    assert (found.ids.tolist(), found.starts.tolist()) == ([1, 2], starts[1:3].tolist())
    assert (list(found.modes), found.paused.tolist()) == (modes[1:3], [True, False])
