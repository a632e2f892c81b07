"""Pages about what follows from answers: bonuses corrected by hand, webhooks with secrets, cards of NPS records."""

import re
from collections.abc import Iterator

import pytest

from caseline.actions import note_deed
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.answered import Feedback, feedback
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

FIVE = {"decision": "partly", "quality": 4, "recommend": 3, "improve": "<b>Быстрее</b>"}


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url)


@pytest.fixture
def browser(asked: Feedback) -> Iterator[Browser]:
    pages.login(asked.house, "anna")
    with pages.served(asked.house) as base:
        found = Browser(base)
        found.sign_in("anna")
        yield found


def test_a_bonus_is_corrected_by_hand_once_with_a_line_in_the_audit_log(asked: Feedback, browser: Browser) -> None:
    contact = asked.contact("Пример Примеров")
    path = f"/contacts/{contact}/bonus"
    for form in ({"amount": "0", "note": "gift"}, {"amount": "-5", "note": "gift"}, {"amount": "5", "note": ""}):
        answer = browser.post(path, days="30", once="a", **form)
        assert answer.status_code == 422
        assert all(f'value="{value}"' in answer.text for value in form.values()), "nothing typed is lost"

    for _ in range(2):
        browser.post(path, amount="300", note="For waiting", days="30", once="b")
        browser.post(path, amount="−100", note="Used at the till", days="30", once="c")

    shown = browser.get(f"/contacts/{contact}").text
    assert "<strong>200</strong>" in shown
    assert all(word in shown for word in ("For waiting", "Used at the till", "anna"))
    lines = [one for one in note_deed.noted(asked.house) if one.action == "bonus.changed"]
    assert [one.data["after"] for one in reversed(lines)] == [
        {"balance": 300, "note": "For waiting"},
        {"balance": 200, "note": "Used at the till"},
    ]
    report = browser.get("/settings/bonuses").text
    assert ("+300" in report, "-100" in report, "Пример Примеров" in report) == (True, True, True)


def test_an_agent_sees_the_bonus_and_may_not_correct_it(asked: Feedback, browser: Browser) -> None:
    contact = asked.contact()
    browser.post(f"/contacts/{contact}/bonus", amount="300", note="For waiting", days="30", once="b")
    card = asked.record(contact_id=contact)
    Staff(asked.house).person("Boris", login="boris", role=Role.AGENT)
    agent = Browser(browser.base)
    agent.sign_in("boris")

    assert "For waiting" in agent.get(f"/requests/{card.id}").text
    assert "/bonus" not in agent.get(f"/contacts/{contact}").text
    assert agent.post(f"/contacts/{contact}/bonus", amount="5", note="me", days="9", once="d").status_code == 403


def test_the_secret_of_a_webhook_is_shown_once(asked: Feedback, browser: Browser) -> None:
    browser.get("/settings/hooks/new")
    browser.post("/settings/hooks/edit", code="accounting", url="https://hook.example/in", active="on")
    assert "accounting" in browser.get("/settings/hooks").text
    wrong = browser.post("/settings/hooks/edit", code="other", url="http://hook.example/in")
    assert wrong.status_code == 422
    assert "http://hook.example/in" in wrong.text

    found = re.search(r"<code>(\S{43})</code>", browser.post("/settings/hooks/secret", key="accounting").text)

    assert found is not None
    assert asked.query("SELECT secret FROM feedback.hook")[0][0] == found[1].encode()
    everything = browser.get("/settings/hooks/edit?key=accounting").text + browser.get("/audit").text
    assert found[1] not in everything


def test_a_site_for_reviews_is_held_against_the_sites_that_may_be_linked_to(asked: Feedback, browser: Browser) -> None:
    browser.get("/settings/review-targets/new")
    given = {"code": "maps", "name": "Maps", "reward": "click", "active": "on"}
    for address in ("https://evil.example/", "javascript:alert(1)", "https://www.google.com/maps/1"):
        answer = browser.post("/settings/review-targets/edit", address=address, **given)
        assert answer.status_code == 422
        assert f'value="{address}"' in answer.text

    assert browser.post("/settings/review-targets/edit", address="https://yandex.ru/maps/1", **given).status_code == 200
    assert asked.query("SELECT code, reward FROM feedback.review_target") == [("maps", "click")]


def test_the_card_of_an_nps_record_shows_the_answer_and_its_own_stages(asked: Feedback, browser: Browser) -> None:
    manager = asked.staff.person("Manager")
    source = asked.record(stage="closed", number="K-17", assignee_id=manager, contact_id=asked.contact())
    asked.answer(asked.ask(asked.campaign("nps-after-a-stage"), source), **FIVE)
    ((number,),) = asked.query("SELECT record_id FROM feedback.made_record")

    page = browser.get(f"/requests/{number}").text

    assert "NPS K-17: −100" in page
    assert "Закрыт как положительный" in page
    assert "Rejected" not in page
    assert "3 of 10" in page
    assert "Partly" in page
    assert "&lt;b&gt;Быстрее&lt;/b&gt;" in page
    assert f'href="/requests/{source.id}"' in page
    browser.post(f"/requests/{number}/stage", version="1", stage="positive")
    assert asked.card(number).stage.code == "positive"
    assert "A client has answered: bad" in browser.get(f"/requests/{source.id}").text
