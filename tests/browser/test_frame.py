"""The frame of the pages in a real browser: the table has the whole screen, a phone has the menu behind one button."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from caseline.actions.wiring import House
from caseline.crm import tables
from caseline.web.desk import menu
from caseline.web.language import Texts
from tests.browser.conftest import opened, shot
from tests.factories import pages, requests_in_lists

pytestmark = pytest.mark.browser
LONG = (
    "Не печатает принтер в бухгалтерии, на экране мигает надпись «замятие», бумага лежит правильно, перезапуск не помог"
)


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_table_of_requests_fits_a_usual_screen(house: House, page: Page, language: str) -> None:
    requests_in_lists.fill(house, 60)
    with house.engine.begin() as connection:
        connection.execute(sa.update(tables.record).where(tables.record.c.id % 2 == 0).values(subject=LONG))
    pages.login(house, "anna", language=language)
    sign_in(page)
    page.goto("/requests?view=all")

    table = page.locator("table.requests")
    assert table.evaluate("one => one.parentElement.scrollWidth - one.parentElement.clientWidth") <= 0
    assert table.evaluate("one => one.getBoundingClientRect().width") > 1300
    subject = table.locator("tbody td[data-key=subject]", has_text="принтер").first
    assert subject.evaluate("one => one.getBoundingClientRect().width") >= 240
    shot(page, f"table-{language}")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_opens_its_menu_by_keyboard(
    house: House, chromium: Browser, desk: str, faults: list[str], scripts: bool
) -> None:
    pages.login(house, "anna", language="ru")
    size = {"width": 390, "height": 844}
    context = chromium.new_context(base_url=desk, viewport=size, java_script_enabled=scripts, locale="ru-RU")  # type: ignore[arg-type]
    page = opened(context, faults)
    sign_in(page)

    menu = page.locator(".bar .menu summary")
    assert page.locator(".bar").bounding_box()["height"] < 64  # type: ignore[index]
    expect(page.locator(".bar nav")).to_be_hidden()
    expect(page.locator(".bell")).to_be_visible()
    shot(page, f"menu-shut-{scripts}")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bar nav")).to_be_visible()
    expect(page.locator("form[action='/sign-out'] button")).to_be_visible()
    shot(page, f"menu-open-{scripts}")
    page.keyboard.press("Tab")
    expect(page.locator(".bar nav a").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0 if scripts else True
    page.locator(".bar nav > a", has_text="Компании").click()
    page.wait_for_url("**/companies")
    context.close()
    assert faults == []


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [1280, 1024, 940])
def test_the_bar_is_one_line_and_what_does_not_fit_lies_under_more(
    house: House, chromium: Browser, desk: str, faults: list[str], width: int, language: str
) -> None:
    pages.login(house, "anna", language=language)
    context = chromium.new_context(base_url=desk, viewport={"width": width, "height": 700})
    page = opened(context, faults)
    sign_in(page)
    shown = page.locator(".bar nav a:visible")

    assert page.locator(".bar").bounding_box()["height"] < 60  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    first = shown.all_inner_texts()
    more = page.locator(".bar .more > summary")
    more.focus()
    page.keyboard.press("Enter")
    both = shown.all_inner_texts()
    labels = [Texts(language, "UTC").say(item.label) for item in menu.ITEMS]
    assert len(first) == (7 if width == 1280 else 4)
    assert sorted(both) == sorted(labels), "each of them once"
    shot(page, f"bar-{width}-{language}", whole=False)

    page.keyboard.press("Escape")
    expect(page.locator(".bar .more .list")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Space")
    for _ in range(len(both) - len(first)):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit")
    expect(page.locator(".bar .more .list")).to_be_hidden()
    more.click()
    expect(page.locator(".bar .more [aria-current=page]")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(".bar .more .list")).to_be_hidden()
    context.close()
    assert faults == []
