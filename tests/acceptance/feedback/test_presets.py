"""Each preset from what happens to what is shown: asked by itself, answered by a client, counted, followed up once."""

import json
import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from caseline.actions import chat_asks, choose_address, keep_letters, keep_sites, send_asks, trigger_asks
from caseline.actions.choose_address import Choice
from caseline.feedback import hooks, review_store, signatures
from caseline.feedback.reviews import Reward, Target
from caseline.people.rights import Role
from tests.factories.cards import moscow
from tests.factories.rounds import PUBLIC, Rounds, rounds

CLIENT = "client@example.org"


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def test_e1_e2_a_closed_request_sends_smileys_and_one_click_becomes_a_rating_on_its_card(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    card = house.desk.open("2026-04-06 12:10", contact_id=house.contact(), subject="Насос гудит")
    house.now = moscow("2026-04-06 13:00")
    house.desk.move(card, "closed", "2026-04-06 12:30")

    house.round()

    (letter,) = house.letters(CLIENT)
    assert str(card.id) in str(letter["Subject"])
    assert "06.04.2026" in str(letter["Subject"])
    faces = [path for path in house.links(CLIENT) if path.rpartition("/")[2] in set("12345")]
    assert len(faces) == 5
    house.later(minutes=5)
    person = house.client()
    page = person.get(faces[3])
    assert person.script(page, faces[3]).status_code == 200
    assert house.query("SELECT count(*) FROM feedback.rating") == [(0,)]
    house.later(minutes=11)
    house.round()

    assert house.query("SELECT question, value, by_hand FROM feedback.rating") == [("rating", 4, False)]
    assert house.states() == [("closed", None)]


def test_a_letter_that_is_refused_fails_its_ask_and_one_that_is_tried_again_sends_it_after_all(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    card = house.desk.open("2026-04-06 12:10", contact_id=house.contact())
    house.now = moscow("2026-04-06 13:00")
    house.desk.move(card, "closed", "2026-04-06 12:30")
    house.post.mailbox.recipient_answers[CLIENT] = "550 5.1.1 no such user"
    house.round()
    ((state, reason),) = house.states()
    assert (state, "no such user" in str(reason)) == ("failed", True)

    del house.post.mailbox.recipient_answers[CLIENT]
    ((letter_id,),) = house.query("SELECT letter_id FROM feedback.ask")
    house.later(hours=1)
    keep_letters.retry(house.house, [letter_id], now=house.now)
    house.round()

    assert [state for state, _reason in house.states()] == ["sent"]
    path = next(one for one in house.links(CLIENT) if one.rpartition("/")[2] == "5")
    assert house.client().get(path).status_code == 200


def test_c1_to_c4_the_stage_starts_it_a_missing_address_is_said_and_the_filled_one_goes_on_once(house: Rounds) -> None:
    house.switch_on("nps-after-a-stage")
    agent = house.staff.person("Agent")
    contact = house.contact(email=None)
    card = house.desk.open("2026-04-06 11:10", contact_id=contact, assignee_id=agent)
    house.move(card, "review_requested", by=agent)
    house.round()

    assert house.states() == [("needs_data", None)]
    assert house.letters(CLIENT) == []

    house.query("UPDATE crm.contact SET email = :mail WHERE id = :id", mail=CLIENT, id=contact)
    house.later(minutes=10)
    house.round()
    house.round()

    (letter,) = house.letters(CLIENT)
    assert house.states() == [("sent", None)]
    kinds = house.query("SELECT kind FROM crm.message WHERE record_id = :id", id=card.id)
    assert [tuple(one) for one in kinds] == [("mail_out",)]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    path = next(one for one in house.links(CLIENT) if one.startswith("/f/nps/"))
    house.later(minutes=5)
    person = house.client()
    page = person.get(path)
    person.save(page, path, decision="yes", quality="5", recommend="10", improve="Ничего")
    house.round()

    ((name, extra),) = house.query("SELECT subject, extra FROM crm.record WHERE kind = 'nps'")
    assert name.startswith(f"NPS {card.number or card.id}")
    assert extra["recommend"] == 10
    assert house.query("SELECT count(*) FROM crm.assignment") == [(1,)]
    assert house.query("SELECT count(*) FROM feedback.ask") == [(1,)]


def test_b6_to_b14_an_agreement_is_asked_about_by_its_manager_and_answered(house: Rounds) -> None:
    house.switch_on("review-registry")
    head = house.staff.person("Head", role=Role.HEAD)
    manager = house.staff.person("Manager", role=Role.AGENT)
    division = house.division("Сервис", head)
    contact = house.contact(email=CLIENT)
    agreement = house.agreement("Д-7/26", contact, manager, division)
    house.later(minutes=5)

    house.round()

    assert house.states() == [("awaiting_address", None)]
    ((ask_id,),) = house.query("SELECT id FROM feedback.ask")
    viewer = house.staff.viewer(manager)
    sight = choose_address.shown(house.house, viewer, ask_id, now=house.now)
    assert [one.address for one in sight.addresses] == [CLIENT]
    choose_address.choose(house.house, viewer, ask_id, Choice(address=CLIENT), now=house.now)
    house.round()

    (letter,) = house.letters(CLIENT)
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Д-7/26" in str(body.get_content())
    assert house.states() == [("sent", None)]
    ((asked_at, received_at),) = house.query(
        "SELECT asked_at, received_at FROM crm.agreement WHERE id = :id", id=agreement
    )
    assert asked_at is not None
    assert received_at is None
    path = next(one for one in house.links(CLIENT) if one.startswith("/f/review/"))
    house.later(minutes=5)
    person = house.client()
    person.save(person.get(path), path, quality="2", manager="5", comment="Долго")
    house.round()

    ((received_at,),) = house.query("SELECT received_at FROM crm.agreement WHERE id = :id", id=agreement)
    assert received_at is not None
    states = [after for (after,) in house.query("SELECT after FROM feedback.taken ORDER BY ask_id, number")]
    assert states == ["draft", "awaiting_address", "queued", "sent", "answered", "closed"]
    assert house.query("SELECT count(*) FROM crm.assignment") == [(1,)]
    house.later(days=1)
    house.round()
    assert house.query("SELECT count(*) FROM feedback.ask") == [(1,)]


def test_d1_to_d7_a_visit_is_rated_in_a_chat_and_a_good_mean_brings_review_and_bonus(house: Rounds) -> None:
    with house.house.engine.begin() as connection:
        address = "https://yandex.ru/maps/org/primer/1"
        review_store.put(connection, Target(code="yandex", name="Яндекс Карты", address=address, reward=Reward.CLICK))
    house.switch_on("chat-rating-with-bonus")
    contact = house.contact()
    house.query("UPDATE crm.contact SET mobile = '+7 900 123-45-67' WHERE id = :id", id=contact)
    card = house.desk.open("2026-04-06 11:10", contact_id=contact)
    house.move(card, "visit_done")
    house.round()
    path = next(one for one in house.links(CLIENT) if one.startswith("/c/"))
    person = house.client()
    assert "служба заботы о клиентах" in person.get(path).text

    for value in ("9", "восемь", "8/10"):
        house.later(seconds=20)
        page = person.get(path)
        fields = {name: chat_field(page.text, name) for name in ("key", "turn")}
        assert person.post(path, {**fields, "text": value}).status_code == 303
        house.round()

    rated = house.query("SELECT question, value FROM feedback.rating WHERE superseded_at IS NULL ORDER BY question")
    assert dict(map(tuple, rated)) == {"quality": 9, "speed": 8, "courtesy": 8}
    ((mean, subject_id),) = house.query("SELECT mean, subject_id FROM feedback.ask")
    assert (round(mean, 3), subject_id) == (8.333, card.id)
    assert "Рады, что вам понравилось" in person.get(path).text
    offer = re.search(rf'href="{PUBLIC}(/go/[^"]+)"', person.get(path).text)
    assert offer is not None
    assert house.query("SELECT count(*) FROM feedback.bonus_line") == [(0,)]
    way = person.get(offer[1])
    house.later(seconds=10)
    seen = {"seen": chat_field(way.text, "seen")}
    assert "https://yandex.ru/maps/org/primer/1" in person.post(offer[1], seen).text
    house.round()

    ((kind, amount, owner),) = house.query("SELECT kind, amount, contact_id FROM feedback.bonus_line")
    assert (kind, amount, owner) == ("credit", 500, contact)
    house.round()
    assert "500" in person.get(path).text


def test_a_chat_that_has_not_begun_yet_is_not_begun_about_a_request_that_is_open_again(house: Rounds) -> None:
    house.switch_on("chat-rating-with-bonus")
    contact = house.contact()
    house.query("UPDATE crm.contact SET mobile = '+7 900 123-45-67' WHERE id = :id", id=contact)
    card = house.move(house.desk.open("2026-04-06 11:10", contact_id=contact), "visit_done")
    trigger_asks.run(house.house, now=house.now)
    send_asks.run(house.house, now=house.now, chat=chat_asks.start)
    assert house.query("SELECT count(*) FROM chat.outgoing WHERE state = 'queued'")[0][0] > 0

    house.later(minutes=1)
    house.move(card, "working")
    house.round()

    assert house.states() == [("cancelled", "reopened")]
    states = {tuple(one) for one in house.query("SELECT state, reason FROM chat.outgoing")}
    assert states == {("failed", "reopened")}


def chat_field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, text[:2000]
    return unescape(found[1])


def test_a_fifth_campaign_is_made_by_data_alone(house: Rounds) -> None:
    """Closure, a form on a site of one's own, and a call of another system."""
    key = bytes.fromhex(keep_sites.add(house.house, "shop", by="test", now=house.now))
    values = {"code": "accounting", "url": "https://books.example.org/in", "made_by": "t", "made_at": house.now}
    with house.house.engine.begin() as connection:
        hooks.make(connection, values, b"s" * 32)
    house.make(
        "site-after-closure",
        {
            "name": {"ru": "Форма на сайте", "en": "Form on the site"},
            "kind": "web",
            "trigger": {"by": "stage", "closed": True},
            "channel": "web",
            "form": "smileys",
            "follow": [{"do": "webhook", "hook": "accounting"}],
        },
    )
    card = house.desk.open("2026-04-06 12:10", contact_id=house.contact(email=None), number="K-17")
    house.now = moscow("2026-04-06 23:00")  # at night, too: whoever looks at the site is awake
    wanted = {"campaign": "site-after-closure", "request": "K-17"}
    assert called(house, key, "/api/links", wanted).status_code == 404, "it is open"
    house.desk.move(card, "closed", "2026-04-06 22:50")

    house.round()

    assert house.states() == [("sent", None)]
    assert house.letters(CLIENT) == []
    given = called(house, key, "/api/links", wanted).json()
    path = f"/api/asks/{given['link']}"
    shown = called(house, key, path).json()
    assert (shown["state"], [one["key"] for one in shown["questions"]]) == ("open", ["rating", "comment"])
    answered = called(house, key, path, {"submission": "page-0001", "answers": {"rating": 2, "comment": "Долго"}})
    assert answered.json() == {"state": "answered", "counted": True}
    house.round()

    assert house.states() == [("closed", None)]
    ((body,),) = house.query("SELECT body FROM feedback.hook_call")
    assert (body["subject_id"], body["answers"]) == (card.id, {"rating": 2, "comment": "Долго"})


def called(house: Rounds, key: bytes, path: str, said: object = None) -> httpx.Response:
    """What the server of a site says to ours, signed."""
    method, body = ("GET", b"") if said is None else ("POST", json.dumps(said).encode())
    time = str(int(house.now.timestamp()))
    headers = {"Caseline-Site": "shop", "Caseline-Time": time}
    headers["Caseline-Signature"] = signatures.sign(key, method, path, time, body)
    return house.client().ask(method, path, content=body, headers=headers)
