"""A house that nobody has given a mail address: the forms for letters say so beforehand, and nothing typed is lost."""

import pytest

from caseline.actions.wiring import House
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

TOLD = "Letters cannot leave yet: nobody has said our own mail address (CASELINE_MAIL_ADDRESS)."


def written_to(house: House, browser: Browser) -> int:
    """A request of a contact with an address, seen by an agent."""
    staff = Staff(house)
    staff.person("Anna", login="anna")
    number = pages.request(house, "text")
    staff.query("INSERT INTO crm.contact (id, name, email) VALUES (1, 'Ivan', 'ivan@client.example')")
    staff.query("UPDATE crm.record SET contact_id = 1 WHERE id = :id", id=number)
    browser.sign_in("anna")
    return number


def form_of(page: str, place: str) -> str:
    return page.split(f'id="{place}"')[1].split("</form>", maxsplit=1)[0]


def test_the_form_for_a_reply_says_that_no_letter_can_leave_and_keeps_what_is_typed(
    house: House, browser: Browser
) -> None:
    number = written_to(house, browser)

    page = browser.get(f"/requests/{number}").text
    assert TOLD in form_of(page, "reply")
    assert TOLD in form_of(page, "assignment")
    assert TOLD not in form_of(page, "comment")

    refused = browser.post(f"/requests/{number}/reply", text="Dear <Ivan>,\nall is well.", once="1")
    assert refused.status_code == 422
    assert TOLD in refused.text
    assert "Dear &lt;Ivan&gt;,\nall is well." in form_of(refused.text, "reply")


def test_the_page_of_an_assignment_says_it_too(house: House, browser: Browser) -> None:
    number = written_to(house, browser)

    assert TOLD in browser.get(f"/assignments/new?request={number}").text


def test_with_an_address_nothing_is_said(house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(house.settings.__dict__, "mail_address", "support@example.org")
    number = written_to(house, browser)

    assert TOLD not in browser.get(f"/requests/{number}").text
    assert TOLD not in browser.get(f"/assignments/new?request={number}").text
