"""Everybody hears what concerns him once, whatever dies; nobody hears of what he may not see or did himself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from caseline.actions import assign, change_request, move_request, tell_notices, watch_deadlines
from caseline.actions.assign import Order
from caseline.actions.change_request import Changes
from caseline.actions.move_request import Move
from caseline.crm import connect
from caseline.crm.cards import Card, Deed
from caseline.crm.timeline import AssignmentState, NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.people.access import Scope
from tests.factories.cards import ServiceDesk, moscow
from tests.factories.colleagues import Staff

MONDAY: Final = "2026-06-08 10:00"
NOW: Final = moscow(MONDAY)


def tell(desk: ServiceDesk) -> int:
    return tell_notices.tell(desk.house, now=NOW)


def write(desk: ServiceDesk, card: Card, kind: MessageKind, text: str = "", **fields: Any) -> None:  # noqa: ANN401 - fields of a message
    by_id = fields.get("author_id")
    new = NewMessage(record_id=card.id, kind=kind, sent_at=NOW, text=text, **fields)
    with desk.house.engine.begin() as connection:
        connect.timelines("embedded").append(connection, new, Deed(at=NOW, by_id=by_id))


def give(desk: ServiceDesk, card: Card, person: int, *, by: int, hours: int | None = None) -> int:
    order = Order(
        request=f"id:{card.id}", title="Look", text="Please look", person=str(person), hours=hours, by=str(by)
    )
    return assign.give(desk.house, order, now=NOW).assignment.id


@pytest.fixture
def anna(staff: Staff) -> int:
    return staff.person("Anna", email="anna@desk.example")


@pytest.fixture
def boris(staff: Staff) -> int:
    return staff.person("Boris", email="boris@desk.example")


def test_who_is_made_responsible_is_told_once(desk: ServiceDesk, staff: Staff, anna: int, boris: int) -> None:
    card = desk.open(MONDAY)
    change_request.change(desk.house, f"id:{card.id}", Changes(assignee=str(anna), by=str(boris)), now=NOW)

    assert (tell(desk), tell(desk)) == (1, 0)

    assert staff.told(anna) == ["assigned"]
    assert staff.told(boris) == []


def test_a_request_that_begins_with_somebody_is_told_to_him(desk: ServiceDesk, staff: Staff, anna: int) -> None:
    desk.open(MONDAY, assignee_id=anna)
    tell(desk)
    assert staff.told(anna) == ["assigned"]


def test_nobody_is_told_of_what_he_did_himself(desk: ServiceDesk, staff: Staff, anna: int) -> None:
    card = desk.open(MONDAY)
    key = f"id:{card.id}"
    change_request.change(desk.house, key, Changes(assignee=str(anna), by=str(anna)), now=NOW)
    move_request.move(desk.house, Move(key=key, stage="working", by=str(anna)), now=NOW)
    write(desk, card, MessageKind.COMMENT, "@anna", author_id=anna)
    number = give(desk, card, anna, by=anna)
    assign.end(desk.house, number, AssignmentState.DONE, by=str(anna), now=NOW)

    assert tell(desk) == 0
    assert staff.told(anna) == []


def test_what_others_do_to_my_request_is_told(desk: ServiceDesk, staff: Staff, anna: int, boris: int) -> None:
    card = desk.open(MONDAY, assignee_id=anna)
    write(desk, card, MessageKind.MAIL_IN, "first words")
    tell(desk)
    write(desk, card, MessageKind.MAIL_IN, "and another thing")
    write(desk, card, MessageKind.MAIL_IN, "I am away", automatic="auto-replied")
    move_request.move(desk.house, Move(key=f"id:{card.id}", stage="working", by=str(boris)), now=NOW)
    tell(desk)

    assert staff.told(anna) == ["assigned", "client_answered", "stage_changed"]
    assert staff.told(boris) == []


def test_who_is_called_in_a_comment_is_told(desk: ServiceDesk, staff: Staff, anna: int, boris: int) -> None:
    card = desk.open(MONDAY)
    write(desk, card, MessageKind.COMMENT, "@anna, @Anna: look; write to boris@desk.example", author_id=boris)
    write(desk, card, MessageKind.MAIL_IN, "@boris is not called by a client")
    tell(desk)

    assert staff.told(anna) == ["mentioned"]
    assert staff.told(boris) == []


def test_an_assignment_is_told_given_late_and_ended(desk: ServiceDesk, staff: Staff, anna: int, boris: int) -> None:
    card = desk.open(MONDAY, category="usual")
    number = give(desk, card, anna, by=boris, hours=4)
    late = NOW + timedelta(hours=5)
    assert tell_notices.watch(desk.house, now=NOW).overdue == []
    assert tell_notices.watch(desk.house, now=late).overdue == [number]
    assert tell_notices.watch(desk.house, now=late).overdue == []
    assign.end(desk.house, number, AssignmentState.DONE, by=str(anna), now=late)
    tell(desk)

    assert staff.told(anna) == ["assignment_given", "assignment_overdue"]
    assert staff.told(boris) == ["assignment_overdue", "assignment_ended"]


def test_the_answer_of_an_outsider_is_told_to_who_gave_the_work(
    desk: ServiceDesk, staff: Staff, anna: int, boris: int
) -> None:
    card = desk.open(MONDAY, assignee_id=anna)
    order = Order(request=f"id:{card.id}", title="T", text="x", contact="Smith <s@out.example>", by=str(boris))
    settings = desk.house.settings.model_copy(update={"mail_address": "support@desk.example"})
    house = type(desk.house)(settings, desk.house.url, desk.house.engine, desk.house.crm)
    number = assign.give(house, order, now=NOW).assignment.id
    write(desk, card, MessageKind.MAIL_IN, "Done soon", assignment_id=number)
    tell(desk)

    assert staff.told(anna) == ["assigned", "outsider_answered"]
    assert staff.told(boris) == ["outsider_answered"]


def test_time_that_is_used_is_told_to_the_person_or_the_group(desk: ServiceDesk, staff: Staff, anna: int) -> None:
    group = staff.group("First line")
    one, other = staff.person("One", groups=(group,)), staff.person("Other", groups=(group,))
    desk.open("2026-06-05 18:30", category="short", group_id=group)
    desk.open("2026-06-05 18:30", category="short", group_id=group, assignee_id=anna)
    watch_deadlines.watch(desk.house, now=moscow("2026-06-08 13:00"))
    watch_deadlines.watch(desk.house, now=moscow("2026-06-08 19:00"))
    tell(desk)

    assert staff.told(anna) == ["assigned", "deadline_near", "deadline_passed"]
    assert staff.told(one) == staff.told(other) == ["deadline_near", "deadline_passed"]


def test_a_request_that_waits_for_a_category_is_told_after_the_business_hours(desk: ServiceDesk, staff: Staff) -> None:
    agent = staff.person("Agent")
    card = desk.open("2026-06-05 22:00")  # a Friday: two hours of it are left
    desk.open("2026-06-05 22:00", category="short")
    assert tell_notices.watch(desk.house, now=moscow("2026-06-07 23:00")).waiting == []
    assert tell_notices.watch(desk.house, now=moscow("2026-06-08 01:59")).waiting == []
    assert tell_notices.watch(desk.house, now=moscow("2026-06-08 02:00")).waiting == [card.id]
    assert tell_notices.watch(desk.house, now=moscow("2026-06-08 03:00")).waiting == []
    tell(desk)

    assert staff.told(agent) == ["category_missing"]


def test_nobody_is_told_of_a_request_that_he_may_not_see(desk: ServiceDesk, staff: Staff, boris: int) -> None:
    own, foreign = staff.group("Own"), staff.group("Foreign")
    narrow = staff.person("Narrow", scope=Scope.GROUPS, groups=(own,))
    card = desk.open(MONDAY, group_id=foreign)
    write(desk, card, MessageKind.COMMENT, "@narrow look", author_id=boris)
    seen = desk.open(MONDAY, group_id=own)
    write(desk, seen, MessageKind.COMMENT, "@narrow look", author_id=boris)
    give(desk, card, narrow, by=boris)
    tell(desk)

    assert staff.told(narrow) == ["mentioned", "assignment_given"]
    assert desk.query("SELECT record_id FROM notices.notice WHERE kind = 'mentioned'") == [(seen.id,)]


def test_imported_events_reach_nobody(desk: ServiceDesk, staff: Staff, anna: int) -> None:
    card = desk.open(MONDAY, assignee_id=anna)
    write(desk, card, MessageKind.MAIL_IN, "x")
    desk.query("UPDATE crm.event SET imported = true")

    assert tell(desk) == 0
    assert staff.told(anna) == []


def test_whoever_is_away_is_stood_in_for(desk: ServiceDesk, staff: Staff, anna: int, boris: int) -> None:
    staff.away(anna, boris, "2026-06-08")
    desk.open(MONDAY, assignee_id=anna)
    tell(desk)

    assert staff.told(anna) == staff.told(boris) == ["assigned"]
    assert desk.query("SELECT data ->> 'instead_of' FROM notices.notice ORDER BY id") == [(None,), ("Anna",)]


def test_what_somebody_does_not_want_to_hear_is_not_told(desk: ServiceDesk, anna: int) -> None:
    desk.query("INSERT INTO notices.choice VALUES (:p, 'assigned', 'none') RETURNING 1", p=anna)
    desk.open(MONDAY, assignee_id=anna)
    assert tell(desk) == 0


# --------------------------------------------------------------------------------------------- exactly once


class _Killed(Exception):
    pass


@pytest.mark.parametrize(
    "place", ["INSERT INTO notices.notice", "INSERT INTO crm.handled_event", "UPDATE crm.consumer"]
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whoever_dies_while_telling_leaves_nothing_doubled_and_nothing_lost(
    desk: ServiceDesk, staff: Staff, anna: int, place: str, *, after: bool
) -> None:
    for _ in range(3):
        desk.open(MONDAY, assignee_id=anna)

    def die(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - what SQLAlchemy hands over
        if statement.startswith(place):
            raise _Killed

    moment = "after_cursor_execute" if after else "before_cursor_execute"
    sa.event.listen(desk.house.engine, moment, die)
    with pytest.raises(_Killed):
        tell(desk)
    sa.event.remove(desk.house.engine, moment, die)
    assert staff.told(anna) == []

    assert tell(desk) == 3
    assert tell(desk) == 0
    assert staff.told(anna) == ["assigned"] * 3


def test_many_who_tell_at_once_tell_each_thing_once(desk: ServiceDesk, staff: Staff, anna: int) -> None:
    for _ in range(20):
        desk.open(MONDAY, assignee_id=anna)
    with ThreadPoolExecutor(4) as telling:
        list(telling.map(lambda _: tell(desk), range(40)))

    assert tell(desk) == 0
    assert staff.told(anna) == ["assigned"] * 20


def test_an_event_whose_transaction_ends_late_is_told_though_later_ones_were(
    desk: ServiceDesk, staff: Staff, anna: int
) -> None:
    first, second = desk.open(MONDAY), desk.open(MONDAY)
    tell(desk)
    slow = desk.house.engine.connect()
    begun = slow.begin()
    cards = desk.intake.cards
    cards.write(slow, first, {"assignee_id": anna}, Deed(at=NOW, event="changed", data={"assignee_id": anna}))
    change_request.change(desk.house, f"id:{second.id}", Changes(assignee=str(anna)), now=NOW)
    for minute in range(3):
        tell_notices.tell(desk.house, now=NOW + timedelta(minutes=minute))
    assert staff.told(anna) == ["assigned"]

    begun.commit()
    slow.close()
    for minute in range(3, 8):
        tell_notices.tell(desk.house, now=NOW + timedelta(minutes=minute))

    assert staff.told(anna) == ["assigned"] * 2
    done = "SELECT event_id = (SELECT max(id) FROM crm.event) FROM crm.consumer WHERE name = 'notices'"
    assert desk.query(done) == [(True,)]
    assert desk.query("SELECT count(*) FROM crm.handled_event") == [(0,)]


def test_a_long_log_is_read_in_parts(desk: ServiceDesk, anna: int) -> None:
    card = desk.open(MONDAY, assignee_id=anna)
    desk.query(
        "INSERT INTO crm.event (entity, record_id, type, data) SELECT 'request', :id, 'stage_changed', '{\"new\": \"new\"}'"
        " FROM generate_series(1, :many)",
        id=card.id,
        many=tell_notices.AT_ONCE * 2,
    )
    assert tell(desk) == tell_notices.AT_ONCE * 2 + 1
