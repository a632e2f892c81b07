"""Asks that are put right at the desk: what was skipped for want of an address, and links while a new letter waits."""

from collections.abc import Iterator
from typing import Final

import pytest

from caseline.actions import choose_address, read_reports, repair_ask, run_feedback, send_letters
from caseline.actions.choose_address import Choice
from caseline.actions.editing import Editor
from caseline.actions.repair_ask import Repair, Wish
from caseline.feedback import ask_links, links
from caseline.feedback.asks import Ask
from caseline.people.rights import Role
from tests.factories.cards import moscow
from tests.factories.rounds import Rounds, rounds

CLIENT: Final = "client@example.org"


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0, desk_url="https://desk.example/") as made:
        yield made


def repaired(house: Rounds, ask_id: int, repair: Repair) -> Ask:
    now = house.read(ask_id)
    wish = Wish(repair=repair, state=now.state.value, state_at=repair_ask.stood(now))
    repair_ask.repair(house.house, read_reports.everything(), ask_id, wish, Editor("anna", house.now))
    return house.read(ask_id)


def test_a_manager_who_named_no_address_is_asked_anew_with_all_the_time_for_it(house: Rounds) -> None:
    house.switch_on("review-registry")
    division = house.division("Сервис")
    head = house.staff.person("Vera", role=Role.HEAD, email="vera@desk.example")
    oleg = house.staff.person("Oleg", email="oleg@desk.example")
    house.belongs(oleg, division)
    house.query("UPDATE people.division SET head_id = :id", id=head)
    house.agreement("Д-7", house.contact(email=CLIENT), oleg, division)
    for moment in ("06 12:05", "08 12:10", "13 12:10", "20 12:10"):
        house.now = moscow(f"2026-04-{moment}")
        house.round()
    assert house.states() == [("skipped", "no address")]
    assert (len(house.letters("oleg@desk.example")), len(house.letters("vera@desk.example"))) == (2, 1)
    ((ask,),) = house.query("SELECT id FROM feedback.ask")

    assert repaired(house, ask, Repair.RETRY).state == "awaiting_address"
    counts = []
    for moment in ("21 12:00", "22 12:00", "23 12:10", "28 12:10"):
        house.now = moscow(f"2026-04-{moment}")
        house.round()
        counts.append((len(house.letters("oleg@desk.example")), len(house.letters("vera@desk.example"))))
    assert counts == [(3, 1), (3, 1), (4, 1), (4, 2)]
    choose_address.choose(house.house, house.staff.viewer(oleg), ask, Choice(address=CLIENT), now=house.now)
    house.round()
    assert (house.states(), len(house.letters(CLIENT))) == ([("sent", None)], 1)


@pytest.fixture
def asked(house: Rounds) -> tuple[int, str]:
    """An ask whose letter was sent on Monday, and is sent again in the evening, to leave in the morning; its page."""
    house.switch_on("smileys-on-closure")
    house.move(house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=CLIENT)), "closed")
    house.round()
    path = next(one for one in house.links(CLIENT) if one.endswith("/4"))
    ((ask,),) = house.query("SELECT id FROM feedback.ask")
    house.now = moscow("2026-04-06 21:00")
    assert repaired(house, ask, Repair.RESEND).state == "queued"
    house.round()
    assert len(house.letters(CLIENT)) == 1
    return ask, path


def test_while_a_new_letter_waits_the_link_of_the_old_one_takes_the_answer_and_no_letter_follows(
    house: Rounds, asked: tuple[int, str]
) -> None:
    ask, path = asked
    person = house.client()
    page = person.get(path)
    assert page.status_code == 200
    assert person.save(page, path.rpartition("/")[0], rating="4").status_code == 303

    assert (house.read(ask).state, house.read(ask).grade) == ("answered", "good")
    house.now = moscow("2026-04-07 09:05")
    house.round()
    assert len(house.letters(CLIENT)) == 1


def test_while_a_new_letter_waits_one_click_on_the_old_one_counts_as_ever(
    house: Rounds, asked: tuple[int, str]
) -> None:
    ask, path = asked
    person = house.client()
    assert person.script(person.get(path), path).json() == {"told": "kept"}
    house.later(minutes=11)
    house.round()

    assert house.read(ask).state in {"answered", "closed"}
    assert house.query("SELECT value, by_hand FROM feedback.rating") == [(4, False)]


def test_what_is_leaving_at_that_moment_is_withdrawn_when_the_answer_comes(
    house: Rounds, asked: tuple[int, str]
) -> None:
    ask, path = asked
    house.now = moscow("2026-04-07 09:05")
    run_feedback.run(house.house, now=house.now)  # written, and not sent yet
    assert house.read(ask).letter_id is not None
    person = house.client()
    assert person.save(person.get(path), path.rpartition("/")[0], rating="4").status_code == 303
    send_letters.send(house.house, clock=lambda: house.now)

    assert len(house.letters(CLIENT)) == 1
    assert house.read(ask).state == "answered"


def test_before_anything_was_sent_a_link_opens_nothing(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    house.move(house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=CLIENT)), "closed")
    house.now = moscow("2026-04-06 12:05")
    run_feedback.run(house.house, now=house.now)
    ((public, service),) = house.query("SELECT public_id, service FROM feedback.ask")
    with house.house.engine.begin() as connection:
        secret = links.mint_secret()
        ((number,),) = house.query("SELECT id FROM feedback.ask")
        ask_links.keep_secret(connection, number, links.digest(secret), now=house.now)
    assert house.client().get(f"/f/smileys/{service}/{public}.{secret}").status_code == 404
