"""Campaigns over the event log: who is asked, who is not and why, once, and what a reopened request takes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from caseline.actions import keep_campaigns, trigger_asks
from caseline.crm.cards import Card
from caseline.feedback import books
from tests.factories.cards import ServiceDesk, moscow, service_desk

MONDAY = "2026-04-06 10:00"
NPS = {
    "name": "NPS",
    "kind": "nps",
    "trigger": {"by": "stage", "closed": True},
    "audience": {"without_services": ["long"]},
    "channel": "mail_link",
    "form": "nps",
    "letter": "acknowledgement",
    "reminder": "acknowledgement",
}


@pytest.fixture
def desk(database_url: str) -> Iterator[ServiceDesk]:
    made = service_desk(database_url, feedback_rest_days=0)
    yield made
    made.house.engine.dispose()


def switched_on(desk: ServiceDesk, **changes: object) -> None:
    """The campaign `nps`, on since Monday morning."""
    with desk.house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=moscow(MONDAY))
        books.add(connection, "nps", {**NPS, **changes}, by="test", now=moscow(MONDAY))
        kept = books.by_code(connection, "nps")
        assert kept is not None
        assert books.switch(connection, kept, moscow(MONDAY))


def contact(desk: ServiceDesk, email: str | None = "client@example.org") -> int:
    ((number,),) = desk.query("INSERT INTO crm.contact (name, email) VALUES ('Client', :mail) RETURNING id", mail=email)
    return int(number)


def closed(desk: ServiceDesk, when: str = "2026-04-06 12:00", **fields: object) -> Card:
    card = desk.open("2026-04-06 11:00", **fields)
    return desk.move(card, "closed", when)


def asked(desk: ServiceDesk) -> list[tuple[int, str, str | None]]:
    rows = desk.query("SELECT subject_id, state, reason FROM feedback.ask ORDER BY subject_id, id")
    return [tuple(row) for row in rows]


def test_a_closed_request_is_asked_about_once_whatever_restarts(desk: ServiceDesk) -> None:
    switched_on(desk)
    card = closed(desk, contact_id=contact(desk))

    for _ in range(3):
        trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))

    assert asked(desk) == [(card.id, "queued", None)]
    ((due_at, address, service),) = desk.query("SELECT due_at, address, service FROM feedback.ask")
    assert (due_at, address, service) == (moscow("2026-04-06 12:00"), "client@example.org", "request")
    steps = desk.query("SELECT before, after FROM feedback.taken ORDER BY ask_id, number")
    assert [tuple(one) for one in steps] == [(None, "draft"), ("draft", "queued")]


def test_everybody_who_is_not_asked_has_a_reason(desk: ServiceDesk) -> None:
    switched_on(desk)
    person, other = contact(desk), contact(desk, "other@example.org")
    first = closed(desk, contact_id=person)
    second = closed(desk, "2026-04-06 12:01", contact_id=person)
    excluded = closed(desk, contact_id=other, category="long", category_by="person")
    no_address = closed(desk, contact_id=contact(desk, None))
    refuses = closed(desk, contact_id=contact(desk, "No@Example.org"))
    desk.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('no@example.org', now(), 'client')")
    born = closed(desk, contact_id=other, channel="feedback")
    early = closed(desk, "2026-04-06 12:00", contact_id=other)
    desk.query("UPDATE crm.stage_row SET entered_at = :at WHERE record_id = :id AND left_at IS NULL",
               at=moscow("2026-04-06 09:59"), id=early.id)  # fmt: skip

    done = trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))

    assert asked(desk) == [
        (first.id, "queued", None),
        (second.id, "skipped", "asked lately: 2026-04-06"),
        (excluded.id, "skipped", "service"),
        (no_address.id, "needs_data", None),
        (refuses.id, "skipped", "opted out"),
        (born.id, "skipped", "born of feedback"),
        (early.id, "skipped", "imported: 2026-04-06"),
    ]
    assert (done.asked, done.skipped.total()) == (2, 5)


def test_a_person_is_asked_again_when_the_time_of_rest_is_over(desk: ServiceDesk) -> None:
    switched_on(desk)
    person = contact(desk)
    closed(desk, contact_id=person)
    trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))
    later = moscow("2026-05-07 12:00")
    card = desk.open("2026-05-07 11:00", contact_id=person)
    desk.move(card, "closed", "2026-05-07 11:30")

    trigger_asks.run(desk.house, now=later)

    assert asked(desk)[-1] == (card.id, "queued", None)


def test_a_reopened_request_takes_its_ask_back_and_is_asked_about_when_it_is_closed_again(desk: ServiceDesk) -> None:
    switched_on(desk, schedule={"delay_hours": 3})
    card = closed(desk, contact_id=contact(desk))
    trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))
    card = desk.move(card, "working", "2026-04-06 13:00")
    done = trigger_asks.run(desk.house, now=moscow("2026-04-06 13:05"))

    assert done.cancelled == 1
    assert asked(desk) == [(card.id, "cancelled", "reopened")]

    desk.move(card, "closed", "2026-04-06 14:00")
    trigger_asks.run(desk.house, now=moscow("2026-04-06 14:05"))

    assert asked(desk) == [(card.id, "cancelled", "reopened"), (card.id, "queued", None)]


def test_a_record_that_has_been_in_a_stage_for_days_is_asked_about_then(desk: ServiceDesk) -> None:
    switched_on(desk, trigger={"by": "age", "stages": ["waiting"], "age_days": 2})
    card = desk.open("2026-04-06 11:00", contact_id=contact(desk))
    desk.move(card, "waiting", "2026-04-06 12:00")
    at = moscow("2026-04-08 12:00")

    trigger_asks.run(desk.house, now=at - timedelta(seconds=1))
    assert asked(desk) == []
    trigger_asks.run(desk.house, now=at)
    trigger_asks.run(desk.house, now=at)

    assert asked(desk) == [(card.id, "queued", None)]


def test_a_campaign_that_cannot_be_used_keeps_back_no_other(desk: ServiceDesk) -> None:
    switched_on(desk)
    with desk.house.engine.begin() as connection:
        books.add(connection, "broken", {**NPS, "form": "gone"}, by="test", now=moscow(MONDAY))
        kept = books.by_code(connection, "broken")
        assert kept is not None
        books.switch(connection, kept, moscow(MONDAY))
    card = closed(desk, contact_id=contact(desk))

    done = trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))

    assert asked(desk) == [(card.id, "queued", None)]
    assert done.faults == {"broken": "campaign broken, form: there is no form 'gone'; make it, or name another one"}


def test_what_an_import_brings_is_never_asked_about(desk: ServiceDesk) -> None:
    switched_on(desk)
    number = contact(desk)
    desk.query("INSERT INTO crm.record (kind, source, origin, subject, stage, contact_id, closed_at)"
               " SELECT 'request', 'old', n::text, 'Old', 'closed', :c, now() FROM generate_series(1, 50) AS n", c=number)  # fmt: skip
    desk.query("INSERT INTO crm.event (entity, record_id, type, imported, data)"
               " SELECT 'request', id, 'created', true, '{\"stage\": \"closed\"}' FROM crm.record")  # fmt: skip

    done = trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))

    assert (done.asked, done.skipped.total(), asked(desk)) == (0, 0, [])


def test_a_contact_that_took_in_another_one_keeps_its_wish_and_its_rest(desk: ServiceDesk) -> None:
    switched_on(desk)
    gone, wish, stays = contact(desk, "old@example.org"), contact(desk, "no@example.org"), contact(desk)
    closed(desk, contact_id=gone)
    trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))
    other = contact(desk, "other@example.org")
    desk.query("INSERT INTO feedback.opt_out (contact_id, at, by) VALUES (:id, now(), 'client')", id=wish)
    for into, merged in ((stays, gone), (other, wish)):
        desk.query("INSERT INTO crm.contact_merge (gone_id, into_id, at, moved, filled) VALUES (:gone, :into, now(), '{}', '{}')",
                   gone=merged, into=into)  # fmt: skip
    rests = closed(desk, "2026-04-06 13:00", contact_id=stays)
    refuses = closed(desk, "2026-04-06 13:00", contact_id=other)

    trigger_asks.run(desk.house, now=moscow("2026-04-06 13:05"))

    assert asked(desk)[1:] == [(rests.id, "skipped", "asked lately: 2026-04-06"), (refuses.id, "skipped", "opted out")]


def test_a_duplicate_that_was_merged_into_another_request_is_not_asked_about(desk: ServiceDesk) -> None:
    switched_on(desk)
    kept, copy = desk.open("2026-04-06 11:00"), closed(desk, contact_id=contact(desk))
    desk.query("INSERT INTO crm.merge (record_id, into_id, at, messages, assignments) VALUES (:a, :b, now(), '{}', '{}')",
               a=copy.id, b=kept.id)  # fmt: skip

    trigger_asks.run(desk.house, now=moscow("2026-04-06 12:05"))

    assert asked(desk) == []


def test_what_was_reopened_before_anybody_looked_is_asked_about_when_it_is_closed_again(desk: ServiceDesk) -> None:
    switched_on(desk)
    card = desk.move(closed(desk, contact_id=contact(desk)), "working", "2026-04-06 12:30")
    trigger_asks.run(desk.house, now=moscow("2026-04-06 12:35"))
    assert asked(desk) == []

    desk.move(card, "closed", "2026-04-06 13:00")
    trigger_asks.run(desk.house, now=moscow("2026-04-06 13:05"))

    assert asked(desk) == [(card.id, "queued", None)]
