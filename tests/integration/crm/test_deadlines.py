"""A category brings group and deadline; the deadline follows changes of category, priority and stage."""

from datetime import date

import pytest

from caseline.actions import edit_calendar, show_request
from caseline.actions.edit_calendar import DayWish
from caseline.crm import deadlines
from caseline.crm.cards import Card, Deed, Refused
from caseline.timing import wording
from caseline.timing.store import Note
from caseline.timing.vocabulary import DayKind, Language, Mode
from tests.factories.cards import ServiceDesk, moscow, service_desk

FRIDAY = "2026-06-05 18:30"
DUE = "SELECT due_at AT TIME ZONE 'Europe/Moscow' AS due FROM crm.deadline ORDER BY record_id"


def due(desk: ServiceDesk) -> list[str]:
    """Deadlines on Moscow's clock."""
    return [f"{row.due:%m-%d %H:%M}" for row in desk.query(DUE)]


def test_a_request_without_a_category_has_no_deadline(desk: ServiceDesk) -> None:
    assert desk.open(FRIDAY).deadline is None


@pytest.mark.parametrize(("category", "expected"), [("short", "06-08"), ("usual", "06-09"), ("long", "06-10")])
def test_the_category_sets_the_deadline_over_working_days(desk: ServiceDesk, category: str, expected: str) -> None:
    card = desk.categorise(desk.open(FRIDAY), category, FRIDAY)

    assert due(desk) == [f"{expected} 18:30"]
    assert card.deadline is not None
    assert (card.deadline.calendar_id, card.deadline.calendar_version) == ("ru", 1)
    assert (card.deadline.mode, card.deadline.stopped_at) == (Mode.WORKING_DAYS, None)
    assert desk.read(card) == card


def test_a_request_that_comes_with_its_category_has_the_deadline_at_once(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY, category="short")

    assert due(desk) == ["06-08 18:30"]
    assert card.category_first_set_at == moscow(FRIDAY)


def test_the_clock_starts_when_the_category_is_first_set(desk: ServiceDesk) -> None:
    desk.categorise(desk.open(FRIDAY), "short", "2026-06-08 09:00")

    assert due(desk) == ["06-09 09:00"]


def test_the_clock_starts_with_the_receipt_where_that_is_set(database_url: str) -> None:
    desk = service_desk(database_url, deadline_from="receipt")

    desk.categorise(desk.open(FRIDAY), "short", "2026-06-08 09:00")

    assert due(desk) == ["06-08 18:30"]


def test_a_later_category_counts_from_the_first_one(desk: ServiceDesk) -> None:
    card = desk.categorise(desk.open(FRIDAY), "short", FRIDAY)

    card = desk.categorise(card, "long", "2026-06-08 10:00")

    assert due(desk) == ["06-10 18:30"]
    assert card.category_first_set_at == moscow(FRIDAY)
    assert card.category_set_at == moscow("2026-06-08 10:00")


def test_a_later_category_counts_from_the_change_where_that_is_set(database_url: str) -> None:
    desk = service_desk(database_url, recalc_on_category="from_change")
    card = desk.categorise(desk.open(FRIDAY), "short", FRIDAY)

    desk.categorise(card, "short", "2026-06-08 10:00")

    assert due(desk) == ["06-09 10:00"]


def test_an_imported_request_counts_from_its_legacy_moment(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY)
    desk.query("UPDATE crm.record SET source = 'old', origin = '1' WHERE id = :id", id=card.id)

    card = desk.categorise(desk.read(card), "short", "2026-07-20 10:00")

    assert due(desk) == ["06-08 18:30"]
    assert card.deadline is not None
    assert card.deadline.quiet_until == moscow("2026-07-20 10:00")


def test_the_deadline_of_a_closed_request_never_moves(desk: ServiceDesk) -> None:
    card = desk.move(desk.open(FRIDAY, category="short"), "closed", "2026-06-08 10:00")

    desk.categorise(card, "long", "2026-06-08 11:00")

    assert due(desk) == ["06-08 18:30"]


def test_the_priority_may_have_hours_of_its_own(desk: ServiceDesk) -> None:
    desk.category("outage", 48, hours_by_priority={"high": 24})
    card = desk.open(FRIDAY, category="outage", priority="high")
    assert due(desk) == ["06-08 18:30"]

    with desk.house.engine.begin() as connection:
        desk.intake.prioritise(connection, card, "low", Deed(at=moscow("2026-06-06 10:00")))

    assert due(desk) == ["06-09 18:30"]


def test_a_stage_that_pauses_moves_the_deadline_by_the_business_time_that_it_took(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")

    card = desk.move(card, "waiting", "2026-06-08 12:00")
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 12:00")
    card = desk.move(card, "working", "2026-06-08 15:00")

    assert due(desk) == ["06-09 13:00"]
    assert card.deadline is not None
    assert card.deadline.stopped_at is None


def test_a_request_closed_from_a_pause_goes_on_with_all_its_time_when_it_is_reopened(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")
    card = desk.move(card, "closed", "2026-06-09 09:00")

    desk.move(card, "working", "2026-06-15 08:00")

    assert due(desk) == ["06-16 06:00"]


def test_a_category_changed_during_a_pause_keeps_earlier_pauses(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")
    card = desk.categorise(card, "usual", "2026-06-08 13:00")
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 12:00")

    desk.move(card, "working", "2026-06-08 15:00")

    assert due(desk) == ["06-10 13:00"]


def test_a_category_first_set_during_a_pause_waits_with_it(desk: ServiceDesk) -> None:
    card = desk.move(desk.open("2026-06-08 10:00"), "waiting", "2026-06-08 11:00")

    card = desk.categorise(card, "short", "2026-06-08 12:00")
    assert card.deadline is not None
    assert card.deadline.stopped_at is not None
    desk.move(card, "working", "2026-06-08 16:00")

    assert due(desk) == ["06-09 16:00"]


def test_the_category_routes_the_request_to_its_group(desk: ServiceDesk) -> None:
    (group,) = desk.query("INSERT INTO people.\"group\" (name) VALUES ('Line 2') RETURNING id")
    desk.category("network", 24, group_id=group.id)

    card = desk.categorise(desk.open(FRIDAY), "network", FRIDAY)

    assert (card.group, desk.open(FRIDAY, category="network").group) == ("Line 2", "Line 2")


def test_an_unknown_category_is_refused_by_name(desk: ServiceDesk) -> None:
    with pytest.raises(Refused, match="use one of long, short, usual"):
        desk.open(FRIDAY, category="odd")

    assert desk.query("SELECT count(*) FROM crm.record") == [(0,)]


def test_every_deadline_that_moves_stands_in_the_log_and_in_the_events(desk: ServiceDesk) -> None:
    card = desk.categorise(desk.open(FRIDAY), "short", FRIDAY)
    desk.categorise(card, "usual", "2026-06-05 19:00")

    log = desk.query("SELECT old_due_at IS NULL, reason FROM crm.deadline_change ORDER BY id")
    events = desk.query("SELECT type, imported FROM crm.event ORDER BY id")

    assert log == [(True, "category set"), (False, "category changed")]
    assert events == [
        ("created", False),
        *[("category_set", False), ("deadline_set", False)] * 2,
    ]


def test_a_deadline_is_told_from_what_stands_beside_it(desk: ServiceDesk) -> None:
    card = desk.open("2026-10-30 18:30", category="short")
    assert card.deadline is not None
    deadline = card.deadline
    with desk.house.engine.connect() as connection:
        clock = desk.intake.clocks.of_version(
            connection, deadline.calendar_id, deadline.calendar_version, deadline.mode
        )

    told = deadlines.told(clock, deadline, ())

    assert told is not None
    assert wording.sentence(told, Language.ENGLISH).startswith("24 h from Fri 30 Oct 2026 18:30 = 5 h 30 min of Friday")


def test_a_request_that_came_with_its_category_counts_from_the_change_where_that_is_set(database_url: str) -> None:
    desk = service_desk(database_url, recalc_on_category="from_change")
    card = desk.open("2026-06-01 10:00")
    desk.query("UPDATE crm.record SET source = 'old', origin = '1', category = 'short' WHERE id = :id", id=card.id)

    card = desk.categorise(desk.read(card), "usual", "2026-06-08 10:00")

    assert due(desk) == ["06-10 10:00"]
    assert card.category_first_set_at == moscow("2026-06-01 10:00")


def test_the_priority_can_change_in_a_category_that_is_not_in_use_any_more(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY, category="short")
    desk.category("short", 24, active=False, hours_by_priority={"high": 48})

    with desk.house.engine.begin() as connection:
        changed = desk.intake.prioritise(connection, card, "high", Deed(at=moscow(FRIDAY)))

    assert changed is not None
    assert due(desk) == ["06-09 18:30"]


def test_a_deadline_that_is_set_keeps_its_hours_over_a_pause(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")
    desk.category("short", 72, mode=Mode.ELAPSED)

    card = desk.move(card, "working", "2026-06-08 15:00")

    assert due(desk) == ["06-09 13:00"]
    assert card.deadline is not None
    assert (card.deadline.target_s, card.deadline.mode) == (24 * 3600, Mode.WORKING_DAYS)


def test_a_priority_without_hours_of_its_own_leaves_the_deadline_alone(desk: ServiceDesk) -> None:
    card = desk.open(FRIDAY, category="short")
    desk.category("short", 72)

    with desk.house.engine.begin() as connection:
        desk.intake.prioritise(connection, card, "low", Deed(at=moscow("2026-06-06 10:00")))

    assert due(desk) == ["06-08 18:30"]


def test_a_request_that_is_opened_again_follows_the_category_that_it_was_given_meanwhile(desk: ServiceDesk) -> None:
    card = desk.move(desk.open("2026-06-08 10:00", category="short"), "closed", "2026-06-08 12:00")
    card = desk.categorise(card, "usual", "2026-06-08 13:00")

    card = desk.move(card, "waiting", "2026-06-08 15:00")
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 12:00")
    desk.move(card, "working", "2026-06-08 16:00")

    assert due(desk) == ["06-10 14:00"]


def test_a_category_that_changed_while_closed_counts_from_the_change_where_that_is_set(database_url: str) -> None:
    desk = service_desk(database_url, recalc_on_category="from_change")
    card = desk.move(desk.open("2026-06-08 10:00", category="short"), "closed", "2026-06-08 12:00")
    card = desk.categorise(card, "short", "2026-06-08 13:00")

    desk.move(card, "working", "2026-06-08 15:00")

    assert due(desk) == ["06-09 15:00"]


def test_a_category_that_was_first_set_while_closed_gives_a_deadline_as_soon_as_it_is_open(desk: ServiceDesk) -> None:
    card = desk.move(desk.open("2026-06-08 10:00"), "closed", "2026-06-08 12:00")
    card = desk.categorise(card, "short", "2026-06-08 13:00")
    assert card.deadline is None

    card = desk.move(card, "waiting", "2026-06-08 15:00")

    assert due(desk) == ["06-09 15:00"]
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 15:00")


def test_a_stage_that_begins_to_pause_does_not_stop_a_clock_that_runs_in_it(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    desk.query("UPDATE crm.stage SET pauses = true WHERE code = 'new'")

    card = desk.categorise(desk.read(card), "usual", "2026-06-08 11:00")

    assert card.deadline is not None
    assert card.deadline.stopped_at is None


def told(desk: ServiceDesk, card: Card) -> str:
    """The deadline that the explanation comes to, on Moscow's clock."""
    sight = show_request.show(desk.house, str(card.id), now=moscow("2026-12-01 10:00"))
    assert sight.told is not None
    return f"{sight.told.due:%m-%d %H:%M}"


def test_a_request_closed_from_a_pause_keeps_the_time_that_it_took(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")

    card = desk.move(card, "closed", "2026-06-08 15:00")

    assert due(desk) == ["06-09 13:00"] == [told(desk, card)]
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 12:00")


def far(desk: ServiceDesk) -> Card:
    """A closed request that was written before with a pause that no calendar reaches, and with an alarm."""
    card = desk.move(desk.open("2026-06-08 10:00", category="short"), "waiting", "2026-06-08 12:00")
    card = desk.move(desk.move(card, "working", "2026-06-08 13:00"), "closed", "2026-06-08 14:00")
    desk.query("UPDATE crm.stage_row SET left_at = '2205-01-01' WHERE stage = 'waiting'")
    desk.query("INSERT INTO crm.alarm (record_id, percent, at) VALUES (:id, 75, now())", id=card.id)
    return card


def without(desk: ServiceDesk, card: Card) -> str:
    """Why a request has no deadline any more, nor alarms; and what its last event says."""
    sight = show_request.show(desk.house, str(card.id), now=moscow("2026-12-01 10:00"))
    assert (card.deadline, sight.card.deadline) == (None, None)
    assert sight.uncountable is not None
    assert desk.query("SELECT count(*) FROM crm.alarm") == [(0,)]
    ((kind, data),) = desk.query("SELECT type, data FROM crm.event ORDER BY id DESC LIMIT 1")
    assert kind == "deadline_dropped"
    return f"{sight.uncountable:%Y} {data['reason']} {data['old_due_at'][:10]}"


def test_a_deadline_that_cannot_be_counted_when_its_request_is_opened_again_goes(desk: ServiceDesk) -> None:
    card = far(desk)
    assert show_request.show(desk.house, str(card.id), now=moscow("2026-12-01 10:00")).told is None

    assert without(desk, desk.move(card, "working", "2026-06-15 08:00")) == "2205 clock goes on 2026-06-09"


def test_a_deadline_that_cannot_be_counted_by_a_new_category_goes_and_comes_back_with_none(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(desk.move(card, "waiting", "2026-06-08 12:00"), "working", "2026-06-08 13:00")
    desk.query("UPDATE crm.stage_row SET left_at = '2185-01-01' WHERE stage = 'waiting'")

    card = desk.categorise(card, "long", "2026-06-08 14:00")

    assert without(desk, card) == "2185 category changed 2026-06-09"
    assert desk.categorise(card, "usual", "2026-06-08 15:00").deadline is None


@pytest.mark.parametrize("year", [2185, 2205])
@pytest.mark.parametrize("stage", ["working", "on-hold"])
def test_a_request_leaves_a_pause_that_ends_where_no_calendar_reaches(desk: ServiceDesk, stage: str, year: int) -> None:
    card = desk.move(desk.open("2026-06-08 10:00", category="short"), "waiting", "2026-06-08 12:00")

    card = desk.move(card, stage, f"{year}-06-08 12:00")

    reason = "clock goes on" if stage == "working" else "pause counted"
    assert without(desk, card) == f"{year} {reason} 2026-06-09"


def test_a_pause_that_follows_a_pause_loses_no_time(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")

    card = desk.move(card, "on-hold", "2026-06-08 15:00")
    assert due(desk) == ["06-09 13:00"] == [told(desk, card)]
    assert card.deadline is not None
    assert card.deadline.stopped_at == moscow("2026-06-08 12:00")
    card = desk.move(card, "working", "2026-06-08 16:00")

    assert due(desk) == ["06-09 14:00"] == [told(desk, card)]


def test_the_deadline_of_a_closed_request_stays_when_it_goes_to_another_closed_stage(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "closed", "2026-06-08 12:00")

    card = desk.move(card, "rejected", "2026-06-15 12:00")

    assert due(desk) == ["06-09 10:00"] == [told(desk, card)]


def test_a_closed_request_that_was_opened_before_is_told_with_the_time_that_it_was_closed(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", category="short")
    for stage, when in (("closed", "12:00"), ("working", "13:00"), ("closed", "14:00")):
        card = desk.move(card, stage, f"2026-06-08 {when}")

    assert due(desk) == ["06-09 11:00"] == [told(desk, card)]


def test_a_deadline_that_goes_on_keeps_its_version_where_deadlines_follow_none(database_url: str) -> None:
    desk = service_desk(database_url, recalc_on_calendar="never")
    card = desk.open("2026-06-08 10:00", category="short")
    card = desk.move(card, "waiting", "2026-06-08 12:00")
    note = Note(at=moscow("2026-06-08 13:00"), by="ada", reason="order 5")
    wish = DayWish(date(2026, 6, 9), DayKind.OFF, "order 5")
    edit_calendar.apply(desk.house, edit_calendar.propose_day(desk.house, wish, now=note.at), note)

    card = desk.move(card, "working", "2026-06-08 15:00")

    assert due(desk) == ["06-09 13:00"] == [told(desk, card)]
    assert card.deadline is not None
    assert card.deadline.calendar_version == 1


def test_a_first_category_asks_the_visit_whether_the_clock_stands_still(desk: ServiceDesk) -> None:
    runs = desk.open("2026-06-08 10:00")
    waits = desk.move(desk.open("2026-06-08 10:00"), "waiting", "2026-06-08 11:00")
    desk.query("UPDATE crm.stage SET pauses = (code = 'new')")

    runs = desk.categorise(desk.read(runs), "short", "2026-06-08 12:00")
    waits = desk.categorise(desk.read(waits), "short", "2026-06-08 12:00")

    assert runs.deadline is not None
    assert runs.deadline.stopped_at is None
    assert waits.deadline is not None
    assert waits.deadline.stopped_at == moscow("2026-06-08 12:00")


@pytest.mark.parametrize("created", ["1899-12-30 00:00+00", "2199-12-31 00:00+00"])
def test_a_date_that_no_calendar_reaches_costs_the_deadline_and_says_so(desk: ServiceDesk, created: str) -> None:
    card = desk.open("2026-06-08 10:00")
    desk.query(
        "UPDATE crm.record SET source = 'old', origin = '1', created_at = CAST(:at AS timestamptz) WHERE id = :id",
        at=created,
        id=card.id,
    )

    card = desk.categorise(desk.read(card), "short", "2026-07-20 10:00")

    assert (card.category, card.deadline) == ("short", None)
    sight = show_request.show(desk.house, str(card.id), now=moscow("2026-12-01 10:00"))
    assert sight.uncountable == card.created_at


def test_a_pause_that_no_calendar_reaches_costs_the_deadline_only(desk: ServiceDesk) -> None:
    card = desk.move(desk.open("2026-06-08 10:00"), "waiting", "2026-06-08 11:00")
    card = desk.move(card, "working", "2198-06-08 11:00")

    card = desk.move(desk.categorise(card, "short", "2026-06-08 12:00"), "waiting", "2198-06-09 11:00")

    assert card.deadline is None
    sight = show_request.show(desk.house, str(card.id), now=moscow("2026-12-01 10:00"))
    assert sight.uncountable == moscow("2198-06-08 11:00")
