"""What clients have said stands on the card of the request: what counts, what counted, what is not confirmed, why not."""

import re
from datetime import timedelta

import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import feedback_filled, pages
from tests.factories.feedback_filled import BEGAN, Click, Given, Told
from tests.factories.pages import Browser
from tests.integration.web.test_page_cost import counted

AT = BEGAN + timedelta(days=3)


def told(number: int, state: str, **more: object) -> Told:
    place = {"channel": "mail_smileys", "service": "repair", "person": 1, "division": 2, "group": 1, "contact": 1}
    return Told(id=number, campaign=1, variant=None, state=state, happened=BEGAN, **{**place, **more})  # type: ignore[arg-type]


ASKS = [
    told(
        1,
        "closed",
        sent=BEGAN,
        visited=True,
        answered=AT,
        comment="Долго ждали",
        ratings=[
            Given("smiley", 1, AT, superseded=AT + timedelta(minutes=1)),
            Given("smiley", 2, AT + timedelta(minutes=1)),
            Given("smiley", 5, AT + timedelta(days=4)),
        ],
    ),
    told(
        2, "answering", sent=BEGAN, visited=True, clicks=[Click("smiley", 3, AT), Click("smiley", 4, AT + timedelta(1))]
    ),
    told(3, "answered", answered=AT, phone=True, ratings=[Given("smiley", 4, AT, phone=True)]),
    told(4, "skipped", reason="asked lately"),
]


@pytest.fixture
def cards(house: House, browser: Browser) -> Browser:
    feedback_filled.kept(house, ASKS)
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")
    return browser


def panel(browser: Browser, number: int) -> str:
    """The words of the panel, without its marks."""
    found = re.search(
        r'<section class="card" aria-labelledby="feedback">(.*?)</section>',
        browser.get(f"/requests/{number}").text,
        re.DOTALL,
    )
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_the_rating_that_counts_stands_first_and_earlier_ones_are_folded(cards: Browser) -> None:
    page = panel(cards, 1)

    assert "How was it? 5 of 5, 8 May 2026, 03:00 2 earlier ratings 2 of 5" in page
    assert "1 of 5, 4 May 2026, 03:00 (replaced on the same day)" in page
    assert "Долго ждали" in page
    assert "Feedback received, all done" in page
    assert "<details><summary>2 earlier ratings" in cards.get("/requests/1").text


def test_a_click_that_does_not_count_and_what_was_entered_by_phone_are_told_so(cards: Browser) -> None:
    assert "clicked 4, not confirmed" in panel(cards, 2)
    assert "4 of 5, 4 May 2026, 03:00, entered by phone by vera" in panel(cards, 3)
    cards.post("/language", language="ru", next="/")
    assert "нажато 4, не подтверждено" in panel(cards, 2)
    assert "по телефону" in panel(cards, 3)


def test_why_nobody_was_asked_is_said(house: House, cards: Browser) -> None:
    assert "Why not asked: the person was asked lately" in panel(cards, 4)
    number = pages.request(house, "It does not start.")
    assert panel(cards, number) == ""  # it is open: nothing was to be asked yet
    with house.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE crm.record SET stage = 'closed', closed_at = now() WHERE id = {number}")
    assert panel(cards, number).endswith("Why not asked: no campaign has taken this request.")
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feedback.campaign SET switched_on_at = NULL")
    assert panel(cards, number) == ""


def test_it_costs_one_statement_beside_that_of_the_bonus(house: House, cards: Browser) -> None:
    cards.get("/requests/1")
    with counted(house) as statements:
        cards.get("/requests/1")
    of_feedback = [one for one in statements if "feedback." in one]
    assert len([one for one in of_feedback if "feedback.bonus_line" in one]) == 1
    assert len(of_feedback) == 2
