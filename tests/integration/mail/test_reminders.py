"""Reminders of assignments: each leaves once before its deadline, and none is lost or keeps back another."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import assign, move_request, sort_mail, write_outsider
from caseline.actions.assign import Order
from caseline.actions.move_request import Move
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.embedded.stores import records
from caseline.crm.timeline import Assignment
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

SMITH = "smith@repair.example"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with a request of Anna's."""
    made = conversations.centre(database_url, tmp_path)
    made.get(mail(Message_ID="<1@client.example>"))
    return made


def give(centre: Centre, title: str = "Printer", to: str = SMITH) -> int:
    order = Order(request="id:1", title=title, text="Please look", contact=to, hours=24)
    return assign.give(centre.house, order, now=centre.now).assignment.id


def rows(centre: Centre, statement: str) -> list[tuple[object, ...]]:
    with centre.house.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def reminders(centre: Centre) -> list[tuple[object, ...]]:
    query = "SELECT state, assignment_id FROM outbox.letter WHERE nature = 'notice' ORDER BY id"
    return rows(centre, query)


def remind(centre: Centre, *, hours: int = 0) -> tuple[int, list[str]]:
    centre.now += timedelta(hours=hours)
    troubles: list[str] = []
    return assign.remind(centre.house, now=centre.now, tell=troubles.append), troubles


def test_an_outsider_is_reminded_of_every_assignment_of_one_day(centre: Centre) -> None:
    numbers = [give(centre, f"t{number}") for number in range(5)]

    assert remind(centre, hours=20) == (5, [])

    assert reminders(centre) == [("queued", number) for number in numbers]
    assert remind(centre) == (0, [])


def test_an_address_that_comes_late_gets_its_reminder_all_the_same(centre: Centre) -> None:
    timelines = connect.timelines("embedded")
    with centre.house.engine.begin() as connection:
        contact = timelines.make_contact(connection, "Smith", address=None, company_id=None, at=centre.now)
    number = give(centre, to=str(contact.id))
    assert remind(centre, hours=20) == (0, [])

    assign.address(centre.house, number, SMITH, now=centre.now)

    assert remind(centre, hours=1) == (1, [])
    assert reminders(centre) == [("queued", number)]


@pytest.mark.parametrize("address", [SMITH, None])
def test_after_the_deadline_nobody_is_reminded_of_it(centre: Centre, address: str | None) -> None:
    give(centre)
    with centre.house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE crm.contact SET email = :a WHERE email = :s"), {"a": address, "s": SMITH})

    count, troubles = remind(centre, hours=24 * 30)

    assert (count, reminders(centre)) == (0, [])
    assert troubles == ["assignment 1 of request 1: no reminder was written: its deadline has passed"]
    assert rows(centre, "SELECT data ->> 'why' FROM crm.event WHERE type = 'assignment_not_reminded'") == [
        ("its deadline has passed",)
    ]
    assert remind(centre) == (0, [])


def test_of_a_closed_request_nobody_is_reminded(centre: Centre) -> None:
    give(centre)
    move_request.close(centre.house, Move(key="id:1"), now=centre.now)

    assert remind(centre, hours=20) == (
        0,
        ["assignment 1 of request 1: no reminder was written: its request is closed"],
    )


def test_one_that_cannot_be_written_keeps_back_no_other_and_stands_on_its_assignment(centre: Centre) -> None:
    bad, good = give(centre), give(centre, to="jones@repair.example")
    rows(centre, f"UPDATE crm.contact SET email = 'smith at repair' WHERE email = '{SMITH}' RETURNING id")

    count, troubles = remind(centre, hours=20)

    assert (count, reminders(centre)) == (1, [("queued", good)])
    assert "'smith at repair' is no mail address" in troubles[0]
    assert remind(centre) == (0, []), "it is tried again later, not every minute"
    assert remind(centre, hours=1)[0] == 0
    said = [one for one in centre.timeline(1) if one.assignment_id == bad and one.kind == "comment"]
    assert [(one.public, "No reminder was written: 'smith at repair'" in one.text) for one in said] == [(False, True)]
    assign.address(centre.house, bad, SMITH, now=centre.now)
    assert remind(centre, hours=1) == (1, [])


def test_a_merge_at_that_moment_keeps_back_no_reminder(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    centre.get(mail(sender="bob@client.example", Message_ID="<2@client.example>"))
    numbers = [give(centre, f"t{number}") for number in range(2)]
    hold = records.hold

    def late(connection: sa.Connection, ids: list[int]) -> dict[int, int]:
        """The assignment is read: now somebody merges its request before it is held."""
        monkeypatch.setattr(records, "hold", hold)
        sort_mail.merge(centre.house, "id:1", "id:2", by=None, now=centre.now)
        return hold(connection, ids)

    monkeypatch.setattr(records, "hold", late)

    assert remind(centre, hours=20) == (2, [])
    assert reminders(centre) == [("queued", number) for number in numbers]
    assert rows(centre, "SELECT DISTINCT record_id FROM outbox.letter WHERE nature = 'notice'") == [(2,)]


def test_what_the_database_breaks_off_for_another_is_written_all_the_same_and_stands_on_no_assignment(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = give(centre)
    draft = write_outsider.draft

    def broken_off(
        house: House, connection: sa.Connection, card: Card, one: Assignment, template: str, *, now: datetime
    ) -> Draft:
        monkeypatch.setattr(write_outsider, "draft", draft)
        connection.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = '40P01'; END $$"))
        return draft(house, connection, card, one, template, now=now)

    monkeypatch.setattr(write_outsider, "draft", broken_off)

    assert remind(centre, hours=20) == (1, [])
    assert reminders(centre) == [("queued", number)]
    assert [one.kind for one in centre.timeline(1) if one.assignment_id == number] == ["mail_out", "mail_out"]
