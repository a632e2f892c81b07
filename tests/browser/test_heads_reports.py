"""A head reads a report at a real browser, on a screen and on a phone: period, lines, chart, figures, what is behind them."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.browser.conftest import shot
from tests.factories import filled_desk, pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def head(house: House, page: Page, tmp_path: Path) -> Page:
    filled_desk.fill(house, tmp_path)
    pages.login(house, "olga", Role.HEAD, language="ru")
    page.goto("/sign-in")
    page.get_by_label("Имя").fill("olga")
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("heading", name="Рабочее место").wait_for()
    return page


def unfold(head: Page, name: str) -> None:
    """A phone shows the figures first, and what they are asked by when it is wanted."""
    if name == "phone":
        expect(head.locator(".asking")).to_be_hidden()
        head.get_by_text("Период и фильтры").click()
    expect(head.locator(".asking")).to_be_visible()


@pytest.mark.parametrize(("name", "width", "height"), [("screen", 1366, 768), ("phone", 390, 844)])
def test_a_figure_of_the_report_is_read_and_led_back_to_its_requests(
    head: Page, name: str, width: int, height: int
) -> None:
    head.set_viewport_size({"width": width, "height": height})
    if name == "phone":
        head.get_by_text("Меню").click()
    head.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Отчёты").click()
    shot(head, f"head-1-reports-{name}")
    head.get_by_role("main").get_by_role("link", name="Время по стадиям").click()
    unfold(head, name)
    head.get_by_role("link", name="365 дней", exact=True).click()
    expect(head.locator(".chips [aria-current]")).to_have_text("365 дней")
    expect(head.locator("svg.chart:visible")).to_have_count(1)
    assert head.locator("svg.chart:visible").evaluate("it => it.getBoundingClientRect().bottom") < height
    shot(head, f"head-2-stages-{name}")

    unfold(head, name)
    head.get_by_label("Строки").select_option(label="по группам")
    head.get_by_role("button", name="Показать").click()
    expect(head.locator("thead th").first).to_have_text("Группа")
    expect(head.locator(".chips [aria-current]")).to_have_text("365 дней")
    assert head.evaluate(WIDE) <= 0
    shot(head, f"head-3-groups-{name}")
    figure = head.locator("tbody td.number a").first
    said = figure.inner_text()
    line = head.locator("tbody th").first.inner_text()
    with head.expect_download() as table:
        head.get_by_role("link", name="Выгрузить CSV").click()
    rows = list(csv.reader(io.StringIO(Path(table.value.path()).read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows if row[0] == line] == [said]

    figure.click()
    expect(head.locator("h1")).to_contain_text(line)
    expect(head.locator("h1 .tag")).to_have_text(re.compile(rf"^\s*{said}\s*$"))
    expect(head.locator("table.behind tbody tr")).to_have_count(min(int(said), 50))
    assert head.evaluate(WIDE) <= 0
    shot(head, f"head-4-behind-{name}", whole=False)
    with head.expect_download() as behind:
        head.get_by_role("link", name="Выгрузить CSV").click()
    kept = list(csv.reader(io.StringIO(Path(behind.value.path()).read_text(encoding="utf-8-sig")), delimiter=";"))
    assert len(kept) == int(said) + 1
    first = head.locator("table.behind tbody a").first
    number = first.inner_text()
    first.click()
    expect(head.locator("h1 .number")).to_have_text(number)
