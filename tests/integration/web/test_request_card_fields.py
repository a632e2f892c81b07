"""Fields on the card: shown and needed as the rules say, saved or refused with all faults, met by two at once."""

import html
import re

import pytest

from caseline.actions.wiring import House
from caseline.crm.vocabulary import Type
from tests.factories import fields, pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff, mail


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House, browser: Browser) -> Staff:
    made = Staff(house)
    made.person("Anna Agent", login="anna")
    browser.sign_in("anna")
    return made


def controls(page: str) -> dict[str, str]:
    """All that a form of fields holds, as a browser would send it."""
    found = re.findall(r'<input type="hidden" name="(b:[^"]+|version|merge)" value="([^"]*)"', page)
    found += re.findall(r'<input value="([^"]*)"[^>]*name="(f:[^"]+)"', page) and [
        (name, value) for value, name in re.findall(r'<input value="([^"]*)"[^>]*name="(f:[^"]+)"', page)
    ]
    return {name: html.unescape(value) for name, value in found}


def test_fields_are_saved_with_their_types_and_stand_on_the_card(house: House, staff: Staff, browser: Browser) -> None:
    fields.field(house, "City")
    fields.field(house, "Amount", Type.MONEY)
    number = staff.opened(mail())
    form = controls(browser.get(f"/requests/{number}/fields").text)

    page = browser.post(
        f"/requests/{number}/fields", **{**form, "f:extra.City": "Tver", "f:extra.Amount": "1250.5"}
    ).text

    assert staff.query("SELECT extra FROM crm.record") == [({"City": "Tver", "Amount": 1250.5},)]
    assert "Tver" in page
    assert "1,250.50" in page
    assert "extra.City: – → Tver" in page or "City: – → Tver" in page


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    house: House, staff: Staff, browser: Browser
) -> None:
    amount = fields.field(house, "Amount", Type.INTEGER)
    city = fields.field(house, "City")
    fields.require(house, city)
    number = staff.opened(mail())
    form = controls(browser.get(f"/requests/{number}/fields").text)

    answer = browser.post(f"/requests/{number}/fields", **{**form, f"f:{amount}": "many", "f:subject": "Kept words"})

    assert answer.status_code == 422
    assert "is no number" in html.unescape(answer.text)
    assert "is empty, and such a request needs it" in answer.text
    assert 'value="many"' in answer.text
    assert 'value="Kept words"' in answer.text
    assert staff.query("SELECT subject, extra FROM crm.record") == [("Pump", {})]
    assert "Still to be filled in" in browser.get(f"/requests/{number}").text


def test_controls_come_and_go_while_somebody_types(house: House, staff: Staff, browser: Browser) -> None:
    city, street = fields.field(house, "City"), fields.field(house, "Street")
    fields.show(house, street, city, "Tver")
    number = staff.opened(mail())
    page = browser.get(f"/requests/{number}/fields").text
    state = re.search(r'<textarea id="fields-state"[^>]*>([^<]*)<', page)
    assert state is not None
    form = {**controls(page), "state": html.unescape(state[1])}

    shown = browser.post(f"/requests/{number}/fields/live", **{**form, f"f:{city}": "Tver"}).text
    same = browser.post(f"/requests/{number}/fields/live", **{**form, f"f:{city}": "Omsk"}).text

    assert f'name="f:{street}"' in shown
    assert f'name="f:{city}"' not in shown
    assert "hidden>" not in re.sub(r"<textarea.*?</textarea>", "", shown, flags=re.DOTALL)
    assert 'name="f:' not in same


def test_the_second_of_two_sees_the_difference_and_chooses(house: House, staff: Staff, browser: Browser) -> None:
    city, street = fields.field(house, "City"), fields.field(house, "Street")
    number = staff.opened(mail())
    form = controls(browser.get(f"/requests/{number}/fields").text)
    browser.post(f"/requests/{number}/fields", **{**form, f"f:{city}": "Omsk", f"f:{street}": "Lenina"})

    late = browser.post(f"/requests/{number}/fields", **{**form, f"f:{city}": "Tver", "f:subject": "Mine"})

    assert late.status_code == 409
    assert "mine: Tver" in late.text
    assert "the other: Omsk" in late.text
    assert "changed meanwhile: – → Lenina" in late.text
    again = controls(late.text)
    assert (again[f"f:{city}"], again["f:subject"], again[f"f:{street}"]) == ("Tver", "Mine", "Lenina")
    done = browser.post(f"/requests/{number}/fields", **{**again, f"pick:{city}": "theirs"})
    assert done.status_code == 200
    assert staff.query("SELECT subject, extra FROM crm.record") == [("Mine", {"City": "Omsk", "Street": "Lenina"})]


def test_a_stage_that_needs_something_refuses_without_it(house: House, staff: Staff, browser: Browser) -> None:
    city = fields.field(house, "City")
    fields.require(house, city, "stage", "closed")
    number = staff.opened(mail())
    browser.get(f"/requests/{number}")

    answer = browser.post(f"/requests/{number}/stage", stage="closed", version=staff.version(number))

    assert answer.status_code == 422
    assert "City: is empty" in answer.text
    assert staff.query("SELECT stage FROM crm.record") == [("new",)]


def test_a_new_request_needs_what_the_rules_need(house: House, staff: Staff, browser: Browser) -> None:
    city = fields.field(house, "City")
    fields.require(house, city, "channel", "phone")
    browser.get("/requests/new")

    answer = browser.post("/requests/new", **{"f:subject": "A call", "f:channel": "phone"})
    assert answer.status_code == 422
    assert 'value="A call"' in answer.text
    browser.post("/requests/new", **{"f:subject": "A call", "f:channel": "phone", f"f:{city}": "Tver"})

    assert staff.query("SELECT subject, extra FROM crm.record") == [("A call", {"City": "Tver"})]
    assert browser.post("/requests/new", **{"f:subject": " "}).status_code == 422


def test_fields_of_a_foreign_request_are_absent(house: House, staff: Staff, browser: Browser) -> None:
    number = staff.opened(mail())
    staff.give(number, staff.group("Theirs"))
    staff.query("UPDATE people.login SET scope = 'groups'")
    pages.login(house, "boris")
    browser.get("/")

    assert browser.get(f"/requests/{number}/fields").status_code == 404
    assert browser.post(f"/requests/{number}/fields", **{"f:subject": "x", "version": "1"}).status_code == 404
    assert browser.post(f"/requests/{number}/fields/live", **{"f:subject": "x"}).status_code == 404
