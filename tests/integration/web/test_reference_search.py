"""References of a request: found by part of a name, mail or number, chosen by key, typed exactly without scripts."""

import html
import re
from datetime import timedelta

import pytest

from caseline.actions import index_texts, open_request
from caseline.actions.open_request import Order
from caseline.actions.wiring import House
from caseline.crm import tables
from caseline.crm.vocabulary import Type
from tests.factories import fields
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff


@pytest.fixture
def staff(house: House, browser: Browser) -> Staff:
    made = Staff(house)
    made.person("Anna Agent", login="anna")
    browser.sign_in("anna")
    return made


def offered(browser: Browser, entity: str, words: str) -> list[tuple[int, str]]:
    page = browser.client.get(f"/references/{entity}", params={"r:extra.Any": words, "list": "control-3"}).text
    found = re.findall(r'id="control-3-\d+" data-value="(\d+)" data-name="([^"]*)"', page)
    return [(int(number), html.unescape(name)) for number, name in found]


@pytest.mark.usefixtures("staff")
def test_clients_are_found_by_parts_of_what_is_known_of_them(house: House, browser: Browser) -> None:
    rose = fields.row(house, tables.company, name='ООО "Ромашка"', tax_number="7707083893")
    ivan = fields.row(house, tables.contact, name="Иван Петров", email="ivan@rose.example", company_id=rose)

    assert offered(browser, "company", "ромаш") == [(rose, 'ООО "Ромашка"')]
    assert offered(browser, "company", "7707083893") == [(rose, 'ООО "Ромашка"')]
    assert offered(browser, "contact", "ivan@rose.example") == [(ivan, "Иван Петров")]
    assert offered(browser, "contact", "nobody") == []
    assert "Nothing is called so." in browser.get("/references/contact?q=nobody").text
    assert browser.get("/references/person?q=x").status_code == 404


def test_requests_are_offered_to_those_who_see_them(house: House, staff: Staff, browser: Browser) -> None:
    group = fields.group(house, "Far")
    far = open_request.open_request(
        house, Order(subject="Far pump", number="R-77", group=f"id:{group}"), now=fields.NOW
    )

    assert offered(browser, "request", "R-77") == [(far.id, "R-77")]
    staff.person("Near", login="near", scope="groups")
    browser.post("/sign-out")
    browser.sign_in("near")
    assert offered(browser, "request", "R-77") == []


def test_of_a_common_word_somebody_is_offered_his_own_requests(house: House, staff: Staff, browser: Browser) -> None:
    near = fields.group(house, "Near")
    own = open_request.open_request(house, Order(subject="Pump of ours", group=f"id:{near}"), now=fields.NOW)
    far = fields.group(house, "Far")
    for number in range(45):
        order = Order(subject="Pump of theirs", number=f"R-{number}", group=f"id:{far}")
        open_request.open_request(house, order, now=fields.NOW + timedelta(minutes=number))
    index_texts.index(house, now=fields.NOW, rest=0)
    staff.person("Nora", near, login="nora", scope="groups")
    browser.post("/sign-out")
    browser.sign_in("nora")

    assert [number for number, _name in offered(browser, "request", "pump")] == [own.id]


@pytest.mark.usefixtures("staff")
def test_what_was_chosen_goes_by_its_key_and_what_is_typed_by_its_name(house: House, browser: Browser) -> None:
    one, two = fields.company(house, "Rose"), fields.company(house, "Rose")
    tulip = fields.company(house, "Tulip")
    fields.field(house, "Payer", Type.REFERENCE, to="company")
    card = open_request.open_request(house, Order(subject="x"), now=fields.NOW)
    path = f"/requests/{card.id}/fields"

    def save(**given: str) -> str:
        page = browser.get(path).text
        version = re.search(r'name="version" value="(\d+)"', page)
        base = re.search(r'name="b:company" value="([^"]*)"', page)
        assert version
        assert base
        told = {"version": version[1], "b:company": base[1], **given}
        return html.unescape(browser.post(path, **told).text)

    save(**{"f:company": str(two), "n:company": "Rose", "r:company": "Rose"})
    assert fields.held(house, card)["company"] == two
    page = html.unescape(browser.get(path).text)
    assert 'name="r:company" value="Rose"' in page
    save(**{"f:company": str(two), "n:company": "Rose", "r:company": "tulip"})
    assert fields.held(house, card)["company"] == tulip
    page = save(**{"f:company": str(tulip), "n:company": "Tulip", "r:company": "Rose"})
    assert f"say which by its id: {one}, {two}" in page
    assert 'name="r:company" value="Rose"' in page
    save(**{"f:company": str(tulip), "n:company": "Tulip", "r:company": str(one)})
    assert fields.held(house, card)["company"] == one
    save(**{"f:company": str(one), "n:company": "Rose", "r:company": ""})
    assert "company" not in fields.held(house, card)
    save(**{"f:extra.Payer": str(one), "n:extra.Payer": "Rose", "r:extra.Payer": "Rose"})
    assert fields.held(house, card)["extra.Payer"] == one
