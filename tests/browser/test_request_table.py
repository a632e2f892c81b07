"""The request table in a real browser: by keyboard, columns dragged and drawn, a filter built, many changed."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from tests.browser.conftest import shot
from tests.factories import pages, requests_in_lists

pytestmark = pytest.mark.browser
ROW: Final = "table.requests tbody tr"


@pytest.fixture
def desk_page(house: House, page: Page) -> Page:
    requests_in_lists.fill(house, 120)
    pages.login(house, "anna", language="ru")
    page.goto("/sign-in")
    page.fill("input[name=name]", "anna")
    page.fill("input[name=password]", pages.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run
    page.goto("/requests?view=all")
    return page


def test_rows_are_walked_ticked_and_opened_by_keyboard(desk_page: Page) -> None:
    page, rows = desk_page, desk_page.locator(ROW)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(rows.nth(1).locator("input[name=tick]")).to_be_checked()
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()

    page.goto("/requests?view=all")
    address = rows.nth(0).get_attribute("data-href") or ""
    page.keyboard.press("ArrowDown")
    with page.expect_request(lambda request: request.url.endswith(address)) as opened:
        # No card is asked for here: that the row is opened is what counts.
        page.route(f"**{address}", lambda route: route.fulfill(body="card"))
        page.keyboard.press("Enter")
    assert opened.value.url.endswith(address)


def test_sorting_and_paging_change_the_address_and_back_brings_the_list_again(desk_page: Page) -> None:
    page = desk_page
    page.locator("th[data-key=number] a").click()
    expect(page).to_have_url(re.compile(r"sort=number"))
    expect(page.locator("th[data-key=number]")).to_have_attribute("aria-sort", "ascending")
    first = page.locator(ROW).first.inner_text()
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(re.compile(r"at="))
    expect(page.locator("a[rel=prev]")).to_be_visible()
    assert page.locator(ROW).first.inner_text() != first
    page.go_back()
    expect(page.locator(ROW).first).to_have_text(re.compile(re.escape(first.split("\t")[1].strip())))
    expect(page.locator("#request-count")).to_have_text("120 обращений")


def test_a_condition_is_built_and_taken_away_again(desk_page: Page) -> None:
    page = desk_page
    page.get_by_role("link", name="+ условие").click()
    page.locator("select[name=key]").select_option("company")
    page.locator("input[name=name]").type("альф")
    page.get_by_label("Альфа company").check()
    shot(page, "requests-condition")
    page.get_by_role("button", name="Применить").click()
    expect(page.locator(".chip")).to_have_text(re.compile("Компания: Альфа company"))
    page.locator(".chip .away").click()
    expect(page.locator(".chip")).to_have_count(0)


def heads(page: Page) -> list[str | None]:
    return [head.get_attribute("data-key") for head in page.locator("table.requests th[data-key]").all()]


def test_columns_are_dragged_and_drawn_and_stay_so(desk_page: Page) -> None:
    page = desk_page
    before = heads(page)
    with page.expect_response("**/columns/arrange") as kept:
        page.drag_and_drop("th[data-key=stage]", "th[data-key=number]", source_position={"x": 8, "y": 8})
    assert kept.value.status == 204
    page.reload()
    assert heads(page) == ["stage", *(key for key in before if key != "stage")]

    box = page.locator("th[data-key=subject]").bounding_box()
    assert box is not None
    edge = box["x"] + box["width"] - 3
    page.mouse.move(edge, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(edge + 80, box["y"] + 10, steps=4)
    with page.expect_response("**/columns/arrange"):
        page.mouse.up()
    page.reload()
    wide = page.locator("th[data-key=subject]").bounding_box()
    assert wide is not None
    assert abs(wide["width"] - box["width"] - 80) <= 3
    shot(page, "requests-columns-drawn")


def test_many_are_ticked_and_changed(desk_page: Page, house: House) -> None:
    page = desk_page
    pages.request(house, "text", "first")
    pages.request(house, "text", "second")
    pages.category(house, "fix", "Ремонт")
    page.goto("/requests?w=open::&sort=-created_at")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    page.get_by_role("button", name="Изменить отмеченные…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Изменить 2 обращения")
    shot(page, "requests-change")
    page.get_by_label("Категория").select_option("fix")
    page.get_by_role("button", name="Изменить", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("Изменено 2 обращения.")
    shot(page, "requests-changed")


def test_every_step_works_without_scripts(house: House, plain_page: Page) -> None:
    page = plain_page
    requests_in_lists.fill(house, 120)
    pages.login(house, "anna", language="ru")
    page.goto("/sign-in")
    page.fill("input[name=name]", "anna")
    page.fill("input[name=password]", pages.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.goto("/requests?view=all")
    page.get_by_role("link", name="+ условие").click()
    page.locator("select[name=key]").select_option("stage")
    page.get_by_role("button", name="Далее").click()
    page.get_by_label("Waiting").check()
    page.get_by_role("button", name="Применить").click()
    expect(page.locator(".chip")).to_have_text(re.compile("Стадия: Waiting"))
    page.get_by_role("link", name="Колонки").click()
    page.get_by_label("Возраст").check()
    shot(page, "requests-columns")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("th[data-key=age]")).to_be_visible()
    page.get_by_role("link", name="Настроить представления").click()
    shot(page, "requests-views")
