"""A letter that comes back: its ask says so and who must act, and nobody writes to that address any more."""

from collections.abc import Iterator
from typing import Final

import pytest

from caseline.actions import foresee_asks, read_reports, repair_ask
from caseline.actions.editing import Editor
from caseline.actions.repair_ask import Repair, Wish
from caseline.crm.cards import Card
from caseline.feedback import books
from tests.factories.conversations import Centre
from tests.factories.feedback_asks import Program
from tests.factories.offices import Office, office, words

CLIENT: Final = "client@example.org"
OWN: Final = "support@example.org"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(database_url, monkeypatch) as made:
        yield made


def report(message_id: str, status: str = "5.1.1") -> bytes:
    """What a server says of a letter that it could not deliver."""
    action = "failed" if status.startswith("5") else "delayed"
    lines = [
        "From: MAILER-DAEMON@example.org",
        f"To: {OWN}",
        "Subject: Undelivered",
        f"Message-ID: <bounce-{status}-{message_id.strip('<>')}>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "MIME-Version: 1.0",
        "",
        *("--b", "Content-Type: text/plain", "", "Nobody of this name", ""),
        *("--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; example.org", ""),
        *(f"Final-Recipient: rfc822; {CLIENT}", f"Action: {action}", f"Status: {status}", ""),
        *("--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {message_id}", "", "--b--", ""),
    ]
    return "\r\n".join(lines).encode()


def comes_back(desk: Office, place: int = -1, status: str = "5.1.1") -> None:
    """The letter of a client comes back some minutes later."""
    desk.town.later(minutes=5)
    message_id = str(desk.town.letters(CLIENT)[place]["Message-ID"])
    Centre(desk.town.house, desk.town.now).get(report(message_id, status))
    desk.town.round()


def closed(desk: Office, contact: int, manager: int) -> Card:
    card = desk.town.desk.open("2026-04-06 11:10", contact_id=contact, assignee_id=manager)
    return desk.town.move(card, "closed")


def test_the_ask_has_failed_says_who_must_act_and_goes_to_another_address(desk: Office) -> None:
    town = desk.town
    manager = desk.colleague("Oleg")
    town.switch_on("smileys-on-closure")
    contact = town.contact(email=CLIENT)
    card = closed(desk, contact, manager)
    town.round()
    path = next(one for one in town.links(CLIENT) if one.endswith("/4"))
    ((ask,),) = town.query("SELECT id FROM feedback.ask")

    comes_back(desk, status="4.4.1")
    assert town.states() == [("sent", None)], "it is only late"
    comes_back(desk)

    ((state, reason),) = town.states()
    assert state == "failed"
    assert "5.1.1" in (reason or "")
    told = words(desk.at("Oleg").get("/asks?state=failed").text)
    assert "вы: указать другой адрес или отменить" in told
    page = town.client().get(path)
    assert page.status_code == 200
    assert 'name="rating"' not in page.text

    other = closed(desk, contact, manager)
    assert foresee_asks.foresee(town.house, "smileys-on-closure", now=town.now).skipped == {"bad address": 1}
    town.round()
    assert town.query("SELECT state, reason FROM feedback.ask WHERE subject_id = :id", id=other.id) == [
        ("skipped", "bad address")
    ]

    found = town.read(ask)
    wish = Wish(
        repair=Repair.RETRY, state=found.state.value, state_at=repair_ask.stood(found), address="new@example.org"
    )
    repair_ask.repair(town.house, read_reports.everything(), ask, wish, Editor("oleg", town.now))
    town.round()
    assert (town.read(ask).state, len(town.letters("new@example.org"))) == ("sent", 1)
    assert town.query("SELECT subject_id FROM feedback.ask WHERE state = 'sent'") == [(card.id,)]


def test_a_reminder_that_comes_back_leaves_the_ask_open_and_the_address_is_known_as_bad(desk: Office) -> None:
    town = desk.town
    manager = desk.colleague("Oleg")
    town.switch_on("smileys-on-closure", schedule={"reminder_after": 1})
    contact = town.contact(email=CLIENT)
    closed(desk, contact, manager)
    town.round()
    town.later(days=1, minutes=5)
    town.round()
    assert len(town.letters(CLIENT)) == 2

    comes_back(desk)

    assert town.states() == [("sent", None)]
    closed(desk, contact, manager)
    town.round()
    assert town.states()[1:] == [("skipped", "bad address")]


def on_the_page(desk: Office) -> tuple[Program, str]:
    """A client, or a machine, in front of the page of a smiley some minutes after the letter, and its path."""
    desk.town.switch_on("smileys-on-closure")
    closed(desk, desk.town.contact(email=CLIENT), desk.colleague("Oleg"))
    desk.town.round()
    desk.town.later(minutes=2)
    return desk.town.client(), next(one for one in desk.town.links(CLIENT) if one.endswith("/4"))


def test_what_a_scanner_has_sent_before_hides_nothing_and_never_counts(desk: Office) -> None:
    machine, path = on_the_page(desk)
    assert machine.script(machine.get(path), path).json() == {"told": "kept"}
    assert desk.town.states() == [("answering", None)]

    comes_back(desk)

    assert [state for state, _reason in desk.town.states()] == ["failed"]
    desk.town.later(minutes=15)
    desk.town.round()
    assert [state for state, _reason in desk.town.states()] == ["failed"]
    assert desk.town.query("SELECT value FROM feedback.rating") == []


def test_whoever_has_begun_to_answer_by_hand_has_got_it_whatever_comes_back(desk: Office) -> None:
    questions = {"title": "Как прошло?", "questions": [
        {"key": "rating", "kind": "smileys", "label": "Оценка"},
        {"key": "why", "kind": "text", "required": True, "label": "Почему?"},
    ]}  # fmt: skip
    with desk.town.house.engine.begin() as connection:
        books.save_form(connection, "smileys", questions, by="test", now=desk.town.now)
    person, path = on_the_page(desk)
    assert person.save(person.get(path), path.rpartition("/")[0], rating="4").status_code == 422
    assert desk.town.states() == [("answering", None)]

    comes_back(desk)

    assert desk.town.states() == [("answering", None)]
