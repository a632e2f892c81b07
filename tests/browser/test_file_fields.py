"""A field of files in a real browser: what is chosen stays chosen while the form changes around it."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from caseline.actions.wiring import House
from caseline.crm.vocabulary import Type
from tests.browser.conftest import shot
from tests.factories import fields, pages

pytestmark = pytest.mark.browser
PLAN: FilePayload = {"name": "Схема.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}


def test_files_stay_chosen_while_other_fields_make_theirs_obligatory(
    house: House, page: Page, faults: list[str]
) -> None:
    pages.login(house, "anna", language="ru")
    city = fields.field(house, "City", label="Город")
    plan = fields.field(house, "Plan", Type.FILE, label="Схемы проезда")
    fields.require(house, plan, city, "Пермь")
    number = pages.request(house, "noise")
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run
    page.goto(f"/requests/{number}")
    page.locator("#fields a", has_text="Изменить").click()
    chosen = page.locator(f"[name='u:{plan}']")
    chosen.set_input_files([PLAN])

    page.locator(f"[name='f:{city}']").fill("Пермь")
    page.locator(f"[name='f:{city}']").press("Tab")
    page.locator(".kept-files .must").wait_for()
    assert chosen.evaluate("one => one.files.length") == 1
    page.locator("[name='f:subject']").fill("")
    page.locator(".fields-form button.main").click()
    expect(page.locator("#fields [role=alert]").first).to_be_visible()
    assert chosen.evaluate("one => one.files.length") == 1
    shot(page, "files-edit")
    page.locator("[name='f:subject']").fill("Шум")
    page.locator(".fields-form button.main").click()
    expect(page.locator("#fields .files a")).to_have_text("Схема.pdf")
    shot(page, "files-card")
    page.locator("#fields a", has_text="Изменить").click()
    expect(page.locator(".kept-files input[type=checkbox]")).to_be_checked()
    shot(page, "files-edit-held")
    assert len(faults) == 1  # the browser tells of the refusal
    assert "422" in faults.pop()
