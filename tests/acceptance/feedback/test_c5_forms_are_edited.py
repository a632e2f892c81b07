"""C5: number, order, wording, kind, explanations and target field of questions are edited without a release."""

from datetime import UTC, datetime
from typing import Any

from lxml import html

from caseline.actions import show_forms
from caseline.actions.wiring import House
from caseline.feedback import presets
from caseline.people.rights import Role
from tests.factories import fields, pages
from tests.factories.pages import Browser
from tests.factories.served import desk, house

__all__ = ["desk", "house"]
FORMS = "/settings/forms"


def typed(text: str) -> dict[str, Any]:
    """What a browser would send of the editor."""
    (form,) = [one for one in html.document_fromstring(text).forms if one.action == f"{FORMS}/edit"]
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value.removeprefix("\n"))
    return found


def test_an_administrator_edits_the_five_questions_and_a_sent_ask_keeps_its_version(house: House, desk: str) -> None:
    assert len(presets.forms()["nps"]["questions"]) == 5
    fields.field(house, "Wish")
    pages.login(house, "anna", Role.ADMINISTRATOR)
    browser = Browser(desk)
    browser.sign_in("anna")

    sent = typed(browser.get(f"{FORMS}/edit?key=nps").text)
    sent = typed(browser.post(f"{FORMS}/draw", **{**sent, "draw": "4-"}).text)  # number
    sent = typed(browser.post(f"{FORMS}/draw", **{**sent, "draw": "3^"}).text)  # order
    changes = {
        "q0.label.ru": "Довольны ли вы решением?",  # wording
        "q1.kind": "smileys",  # kind
        "q1.hint.ru": "Пять — отлично",  # explanation
        "q2.target": "extra.Wish",  # target field
    }
    browser.post(f"{FORMS}/edit", **{**sent, **changes})
    shown = browser.get(f"{FORMS}/show?key=nps").text
    browser.client.close()

    newest, oldest = show_forms.versions(house, "nps", now=datetime.now(UTC))
    made = newest.document["questions"]
    assert [one["key"] for one in made] == ["decision", "quality", "improve", "recommend"]
    assert made[0]["label"]["ru"] == "Довольны ли вы решением?"
    assert (made[1]["kind"], made[1]["hint"]["ru"], made[2]["target"]) == ("smileys", "Пять — отлично", "extra.Wish")
    assert oldest.document == presets.forms()["nps"]
    assert "Asks that were sent keep the version that they were sent with." in shown
