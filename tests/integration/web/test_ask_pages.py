"""The registry of asks, one of them, answers by phone, and feedback on a request."""

import re
from datetime import timedelta

import pytest

from caseline.actions.repair_ask import Repair, offered
from caseline.actions.wiring import House
from caseline.feedback import answers, asks, ratings, signals
from caseline.feedback.confirming import Kind
from caseline.feedback.signals import Came
from caseline.feedback.states import FINAL, State
from caseline.people.rights import Role
from tests.factories import agreements, asked_clients, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


@pytest.fixture
def three(house: House, staff: Staff, browser: Browser) -> list[int]:
    """Asks about three requests, and the administrator at the desk."""
    pages.login(house, "anna")
    asked_clients.switched_on(house)
    records = [asked_clients.closed(house, staff, number, subject=f"Pump {number}") for number in (1, 2, 3)]
    made = asked_clients.asks(house, staff)
    browser.sign_in("anna")
    return [made[record] for record in records]


def state(house: House, ask_id: int) -> State:
    with house.engine.connect() as connection:
        found = asks.one(connection, ask_id)
    assert found is not None
    return found.state


def repaired(browser: Browser, ask_id: int, repair: str, **more: str) -> int:
    page = browser.get(f"/asks/{ask_id}").text
    stood = {name: found[1] for name in ("state", "state_at") if (found := re.search(rf'name="{name}" value="([^"]+)"', page))}  # fmt: skip
    return browser.post(f"/asks/{ask_id}/repair", repair=repair, **{**stood, **more}).status_code


def test_the_registry_tells_what_is_stuck_where_and_for_how_long(
    staff: Staff, browser: Browser, three: list[int]
) -> None:
    asked_clients.sent(staff, three[0], ago=timedelta(days=6))
    text = browser.get("/asks").text
    heaps = re.findall(r"<strong>(\d+)</strong>\s*<span>([^<]+)</span>\s*<span class=\"soft\">([^<]+)", text)
    assert heaps == [
        ("2", "Waits to be sent", "the oldest: less than an hour"),
        ("1", "Link was sent to the client", "the oldest: 6 days"),
    ]
    stuck = browser.get("/asks?still=5").text
    assert "Pump 1" in stuck
    assert "Pump 2" not in stuck
    assert "Pump 2" in browser.get("/asks?state=queued&sort=longest").text
    assert "Pump 2" not in browser.get("/asks?state=sent").text
    assert "No ask fits the filter." in browser.get("/asks?grade=bad").text
    assert "No ask fits the filter." in browser.get("/asks?until=2020-01-01").text
    for strange in ("state=x&sort=x&still=x&since=x&until=9999-12-31&after=newest~1~x", "after=worst~1~nan", "campaign=99999999999999999999"):  # fmt: skip
        assert browser.get(f"/asks?{strange}").status_code == 200
    table = browser.get("/asks/export?state=sent").text.splitlines()
    assert len(table) == 2
    assert "Pump 1" in table[1]


def test_pages_of_the_registry_join_without_a_gap(
    browser: Browser, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caseline.web.desk.ask_pages.MOST", 1)
    for sort in ("newest", "longest"):
        found, address = [], f"/asks?sort={sort}"
        while address:
            text = browser.get(address).text
            found += re.findall(r'<div class="about"><a href="/asks/(\d+)">', text)
            further = re.search(r'class="pager"><a class="button" href="([^"]+)"', text)
            address = further[1].replace("&amp;", "&") if further else ""
        assert sorted(map(int, found)) == sorted(three)
        assert len(found) == 3


def test_what_was_clicked_and_does_not_count_says_why(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    ask_id = three[0]
    asked_clients.sent(staff, ask_id, ago=timedelta(hours=1))
    sent_at = staff.query("SELECT sent_at FROM feedback.ask WHERE id = :id", id=ask_id)[0][0]
    with house.engine.begin() as connection:
        for seconds, kind in ((5, Kind.VISIT), (6, Kind.SENT)):
            came = Came(ask_id=ask_id, at=sent_at + timedelta(seconds=seconds), kind=kind, question="rating", value=4)
            signals.add(connection, came)
    assert "clicked 4, not confirmed: too soon after the letter" in browser.get(f"/asks/{ask_id}").text


def test_an_answer_given_by_phone_is_kept_as_such_and_counts(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    ask_id = three[0]
    form = browser.get(f"/asks/{ask_id}/answer").text
    submission = re.search(r'name="submission" value="([^"]+)"', form)
    assert submission is not None

    wrong = browser.post(f"/asks/{ask_id}/answer", submission=submission[1], **{"q.comment": "He said <b>so</b>"})
    assert wrong.status_code == 422
    assert "Please answer this question." in wrong.text
    assert "He said &lt;b&gt;so&lt;/b&gt;" in wrong.text
    assert staff.query("SELECT count(*) FROM feedback.answer")[0][0] == 0

    for _ in range(2):  # a double click
        done = browser.post(
            f"/asks/{ask_id}/answer", submission=submission[1], **{"q.rating": "2", "q.comment": "He was content"}
        )
        assert done.status_code == 200
    with house.engine.connect() as connection:
        (given,) = answers.of(connection, ask_id)
        (rating,) = ratings.of(connection, ask_id)
    assert (given.entered_by, dict(given.document)) == ("anna", {"rating": 2, "comment": "He was content"})
    assert (rating.value, rating.by_hand, rating.superseded_at) == (2, True, None)
    assert state(house, ask_id) is State.ANSWERED
    assert staff.query("SELECT kind FROM feedback.effect WHERE kind = 'notice'") != []  # it was a bad one
    page = browser.get(f"/asks/{ask_id}").text
    assert "2 by phone, entered by anna" in page
    assert "Review received" in page
    assert staff.query("SELECT count(*) FROM feedback.ask WHERE state = 'answered'")[0][0] == 1


def test_the_form_is_looked_at_and_nothing_is_counted(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    asked_clients.sent(staff, three[0])
    text = browser.get(f"/asks/{three[0]}/form").text
    assert "only to look at" in text
    assert re.search(r"<(input|textarea|fieldset)[^>]*name=\"q\.rating\"", text)
    assert 'name="form_token"' not in text.partition('class="card form stack answer"')[2]
    assert staff.query("SELECT count(*) FROM feedback.signal")[0][0] == 0
    assert state(house, three[0]) is State.SENT


FAR = {
    State.FAILED: (Repair.RETRY, State.QUEUED),
    State.SKIPPED: (Repair.RETRY, State.NEEDS_DATA),
    State.SENT: (Repair.RESEND, State.QUEUED),
    State.VISITED: (Repair.RESEND, State.QUEUED),
}


def put(staff: Staff, ask_id: int, then: State) -> None:
    """Let an ask be in a state, by steps that there are."""
    asked_clients.sent(staff, ask_id)
    if then is State.SKIPPED:
        staff.query("UPDATE feedback.ask SET state = 'failed', reason = 'x' WHERE id = :id", id=ask_id)
        staff.query("UPDATE feedback.ask SET state = 'draft' WHERE id = :id", id=ask_id)
        staff.query("UPDATE feedback.ask SET state = 'skipped', address = NULL WHERE id = :id", id=ask_id)
    elif then is not State.SENT:
        staff.query("UPDATE feedback.ask SET state = :then, reason = 'x' WHERE id = :id", id=ask_id, then=then.value)


def test_what_is_stuck_is_put_right_by_one_button(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    fourth = asked_clients.closed(house, staff, 4)
    for (then, (repair, expected)), ask_id in zip(
        FAR.items(), [*three, asked_clients.asks(house, staff)[fourth]], strict=True
    ):
        put(staff, ask_id, then)
        assert repaired(browser, ask_id, repair.value, state_at="2020-01-01T00:00:00+00:00") == 409
        assert repaired(browser, ask_id, repair.value, address="no address") == 422
        assert state(house, ask_id) is then

        assert repaired(browser, ask_id, repair.value) == 200
        assert state(house, ask_id) is expected
        with house.engine.connect() as connection:
            found = asks.one(connection, ask_id)
        assert found is not None
        assert (found.letter_id, found.reason) == (None, None)
        assert found.due_at is not None
        lines = staff.query("SELECT action, login FROM people.audit WHERE subject = :id", id=str(ask_id))
        assert [tuple(one) for one in lines] == [("ask.changed", "anna")]


def test_a_link_lasts_longer_and_an_ask_is_cancelled(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    ask_id = three[0]
    asked_clients.sent(staff, ask_id)
    query = "SELECT expires_at FROM feedback.ask WHERE id = :id"
    before = staff.query(query, id=ask_id)[0][0]
    assert repaired(browser, ask_id, "extend") == 200
    assert staff.query(query, id=ask_id)[0][0] == before + timedelta(days=14)
    assert repaired(browser, ask_id, "cancel") == 200
    assert state(house, ask_id) is State.CANCELLED
    assert repaired(browser, ask_id, "cancel") == 409
    assert "Put right" not in browser.get(f"/asks/{ask_id}").text
    answer = browser.post(f"/asks/{ask_id}/answer", submission="x", **{"q.rating": "5", "q.comment": "Typed"})
    assert answer.status_code == 409
    assert "Typed" in answer.text


def test_final_asks_offer_nothing_but_trying_again(house: House, three: list[int]) -> None:
    with house.engine.connect() as connection:
        one = asks.one(connection, three[0])
    assert one is not None
    for found in FINAL - {State.CLOSED}:
        object.__setattr__(one, "state", found)
        expected = (Repair.RETRY,) if found is State.SKIPPED else ()
        assert (offered(one) == expected) or (found is State.FAILED and Repair.RETRY in offered(one))


def test_a_client_is_asked_about_a_request_by_hand_and_told_why_not(
    house: House, staff: Staff, browser: Browser
) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    asked_clients.switched_on(house)
    record = asked_clients.opened(house, staff, 9, subject="A valve")
    page = browser.get(f"/requests/{record}/feedback").text
    assert "the request is not in a stage that the campaign waits for" in page
    assert f'href="/requests/{record}/feedback"' in browser.get(f"/requests/{record}").text

    made = browser.post(f"/requests/{record}/feedback", campaign=asked_clients.CAMPAIGN, address="other@client.example")
    assert made.url.path.startswith("/asks/")
    assert staff.query("SELECT state, address FROM feedback.ask") == [("queued", "other@client.example")]

    again = browser.post(f"/requests/{record}/feedback", campaign=asked_clients.CAMPAIGN, address="x@client.example")
    assert again.status_code == 422
    assert "wait until tomorrow" in again.text
    assert "x@client.example" in again.text
    staff.query("DELETE FROM feedback.ask")
    staff.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('client9@client.example', now(), 'client')")
    refused = browser.post(f"/requests/{record}/feedback", campaign=asked_clients.CAMPAIGN)
    assert "Nobody is asked: the client wants no letters." in refused.text
    asked_clients.close(house, record)
    assert "the client wants no letters" in browser.get(f"/requests/{record}/feedback").text


def test_who_sees_no_request_sees_no_ask_about_it(
    house: House, staff: Staff, browser: Browser, three: list[int]
) -> None:
    group, other = staff.group("Mine"), staff.group("Theirs")
    petr = staff.person("Petr", group, login="petr", role=Role.HEAD, scope="groups")
    own, foreign, away = three
    for ask_id, to, assignee in ((own, group, petr), (foreign, other, None), (away, other, None)):
        record = staff.query("SELECT subject_id FROM feedback.ask WHERE id = :id", id=ask_id)[0][0]
        staff.give(record, to, assignee)
    browser.sign_in("petr")
    assert "Pump 1" in browser.get("/asks").text
    assert "Pump 2" not in browser.get("/asks").text
    assert "Pump 2" not in browser.get("/asks/export").text
    assert "<strong>1</strong>" in browser.get("/asks").text
    assert browser.get(f"/asks/{own}").status_code == 200
    for path in ("", "/form", "/answer"):
        assert browser.get(f"/asks/{foreign}{path}").status_code == 404
    # Of an agreement whoever is responsible sees the ask, and the head of its division.
    staff.query("UPDATE feedback.ask SET subject = 'agreement', responsible_id = NULL WHERE id = :id", id=away)
    assert browser.get(f"/asks/{away}").status_code == 404
    staff.query("UPDATE feedback.ask SET responsible_id = :petr WHERE id = :id", petr=petr, id=away)
    assert browser.get(f"/asks/{away}").status_code == 200
    division = staff.query("INSERT INTO people.division (name, head_id) VALUES ('D', :petr) RETURNING id", petr=petr)
    change = "UPDATE feedback.ask SET responsible_id = NULL, division_id = :division WHERE id = :id"
    staff.query(change, division=division[0][0], id=away)
    assert browser.get(f"/asks/{away}").status_code == 200
    browser.get(f"/asks/{own}")
    assert browser.post(f"/asks/{foreign}/repair", repair="cancel").status_code == 404
    assert state(house, foreign) is State.QUEUED


def test_an_ask_about_an_agreement_tells_number_client_service_and_status(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    with house.engine.begin() as connection:
        service = agreements.service(connection, "boilers", label="Service of boilers")
        ids = {
            "company_id": agreements.company(connection, "Example Firm"),
            "contact_id": agreements.contact(connection, "Example Contact"),
        }
        number = agreements.agreement(connection, service, "A-17/26", **ids)
        campaign = agreements.campaign(connection)
        ask = agreements.ask(connection, campaign, number)
    browser.sign_in("anna")

    listed, shown = browser.get("/asks").text, browser.get(f"/asks/{ask}").text
    exported = browser.get("/asks/export").text.splitlines()[1]

    for text in (listed, shown):
        assert "Agreement A-17/26" in text
        assert f'href="/agreements/{number}"' in text
        for word in ("Example Contact", "Example Firm", "Service of boilers", "In work", "Реестр отзывов"):
            assert word in text
    for word in ("A-17/26", "Example Contact", "Example Firm", "Service of boilers"):
        assert word in exported
