"""Whoever is responsible is told once that a letter has gone out, when it has and if he wants to hear it."""

from collections.abc import Iterator

import pytest

from caseline.actions import show_notices, tell_notices
from caseline.crm.cards import Card
from caseline.notices.kinds import Kind, Way
from tests.factories.rounds import Rounds, rounds

CLIENT = "client@example.org"


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def told(house: Rounds, person: int) -> int:
    for _ in range(2):
        tell_notices.tell(house.house, now=house.now)
    return house.staff.told(person).count("feedback_sent")


def asked_about(house: Rounds, manager: int, mover: int | None, *, email: str = CLIENT) -> Card:
    card = house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=email), assignee_id=manager)
    return house.move(card, "review_requested", by=mover)


def test_responsible_and_mover_hear_of_it_once_when_the_server_has_taken_the_letter(house: Rounds) -> None:
    house.switch_on("nps-after-a-stage")
    manager, mover, quiet = (house.staff.person(name) for name in ("Manager", "Mover", "Quiet"))
    viewer = house.staff.viewer(quiet)
    show_notices.choose(house.house, viewer, {Kind.FEEDBACK_SENT: Way.NONE}, now=house.now)
    card = asked_about(house, manager, mover)
    refused = asked_about(house, manager, mover, email="gone@example.org")
    asked_about(house, quiet, quiet, email="other@example.org")
    house.post.mailbox.recipient_answers["gone@example.org"] = "550 5.1.1 no such user"
    assert told(house, manager) == 0, "it has not left yet"

    for _ in range(3):
        house.round()

    assert sorted(state for state, _reason in house.states()) == ["failed", "sent", "sent"]
    assert [told(house, one) for one in (manager, mover, quiet)] == [1, 1, 0]
    events = "SELECT record_id, data ->> 'address' FROM crm.event WHERE type = 'feedback_sent' ORDER BY id"
    assert [tuple(one) for one in house.query(events)][:1] == [(card.id, CLIENT)]
    assert refused.id not in {record for record, _address in house.query(events)}
    notices = "SELECT record_id FROM notices.notice WHERE kind = 'feedback_sent' AND person_id = :id"
    assert house.query(notices, id=manager) == [(card.id,)]


def test_smileys_that_go_out_on_every_closure_are_no_news(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    manager = house.staff.person("Manager")
    card = house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=CLIENT), assignee_id=manager)
    house.move(card, "closed")
    house.round()
    assert house.states() == [("sent", None)]
    assert told(house, manager) == 0
