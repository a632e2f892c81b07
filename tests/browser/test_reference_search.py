"""References on the card in a real browser: part of a name finds, the keyboard alone chooses."""

import pytest
from playwright.sync_api import Page, Route, expect

from caseline.actions.wiring import House
from caseline.crm import tables
from tests.browser.conftest import shot
from tests.factories import fields, pages

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_finds_and_chooses_a_company(house: House, page: Page) -> None:
    pages.login(house, "anna", language="ru")
    for tax_number in ("7707083893", "7736050003"):
        fields.row(house, tables.company, name="ООО Ромашка", tax_number=tax_number)
    card = pages.request(house, "noise")
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run
    page.goto(f"/requests/{card}")
    page.locator("#fields a", has_text="Изменить").click()

    field = page.get_by_role("combobox", name="Компания")
    field.press_sequentially("ромаш")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(1).get_attribute("data-value")
    shot(page, "reference-found")
    field.press("Enter")
    expect(field).to_have_value("ООО Ромашка")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.locator(".fields-form button.main").click()
    page.wait_for_url("**notice=saved*")
    with house.engine.connect() as connection:
        found = connection.execute(tables.record.select()).one()
    assert str(found.company_id) == chosen


def test_a_late_answer_does_not_open_the_list_of_what_was_taken(house: House, page: Page) -> None:
    pages.login(house, "anna", language="ru")
    for tax_number in ("7707083893", "7736050003"):
        fields.row(house, tables.company, name="ООО Ромашка", tax_number=tax_number)
    card = pages.request(house, "noise")
    page.goto(f"/requests/{card}")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#fields a", has_text="Изменить").click()
    field = page.get_by_role("combobox", name="Компания")
    field.fill("ромаш")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    chosen = options.nth(0).get_attribute("data-value")
    waiting: list[Route] = []
    page.route("**/references/company*", lambda route: waiting.append(route))  # noqa: PLW0108 - it takes Python functions only
    with page.expect_request("**/references/company*"):
        field.fill("ромашка")
    field.press("ArrowUp")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("ООО Ромашка")
    waiting.pop().continue_()
    expect(page.locator("[role=listbox][aria-busy]")).to_have_count(0)
    expect(page.get_by_role("listbox")).to_have_count(0)
    field.press("Enter")
    page.wait_for_url("**notice=saved*")
    with house.engine.connect() as connection:
        assert str(connection.execute(tables.record.select()).one().company_id) == chosen
