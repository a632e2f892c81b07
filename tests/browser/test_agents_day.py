"""A day at a desk that is full: an agent finds a request in three clicks and works it to its close, its head counts it.

With TEST_SCREENSHOTS=FOLDER the pictures of the README are left there: desk-table, desk-card, desk-report.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.browser.conftest import shot
from tests.factories import catalogues, filled_desk, pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PRODUCTS = (
    "Насосы / Центробежные / НЦ-45",
    "Насосы / Погружные / НП-25",
    "Приборы учёта / Счётчики воды / СВ-15",
)


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Имя").fill(name)
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("heading", name="Рабочее место").wait_for()


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


def test_a_request_is_found_worked_to_its_close_and_counted(house: House, page: Page, tmp_path: Path) -> None:
    filled = filled_desk.fill(house, tmp_path)
    catalogues.brought(house, *PRODUCTS)
    pages.login(house, "head", Role.HEAD, language="ru")
    sign_in(page, "anna")

    page.get_by_role("navigation").get_by_role("link", name="Обращения").first.click()
    page.get_by_role("link", name="Все", exact=True).click()
    shot(page, "desk-table", whole=False)
    page.get_by_role("link", name="Все открытые").click()
    row = page.locator(f"table.requests a[href='/requests/{filled.request}']").last
    subject = row.inner_text()
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(subject)
    expect(page.get_by_text("Прочие поля из прежней системы")).to_be_visible()
    expect(page.get_by_text("LastModifiedById")).to_be_hidden()

    shot(page, "desk-card", whole=False)
    _name_product(page)
    _reply(page)
    _give_work(page)

    page.get_by_role("button", name="Closed", exact=True).click()
    expect(page.locator("[aria-current=step]")).to_have_text("Closed")

    page.get_by_role("button", name="Выйти").click()
    sign_in(page, "head")
    page.get_by_role("navigation").get_by_role("link", name="Отчёты").click()
    page.get_by_role("link", name=re.compile("Поток обращений")).click()
    page.get_by_role("link", name="365 дней").click()
    shot(page, "desk-report", whole=False)
    page.get_by_role("link", name="сегодня").click()
    page.locator("tfoot a", has_text=re.compile(r"^1$")).first.click()
    expect(page.get_by_role("link", name=subject)).to_be_visible()


def _name_product(page: Page) -> None:
    page.get_by_role("combobox", name="Найти продукт").fill("нц 45")
    page.get_by_role("listbox").get_by_role("option", name="НЦ-45").click()
    page.get_by_role("button", name="Добавить продукт").click()
    expect(page.get_by_role("button", name="Убрать НЦ-45")).to_be_visible()


def _reply(page: Page) -> None:
    reply = page.locator("#reply")
    reply.get_by_label("Письмо").fill("Добрый день! Инженер приедет завтра.")
    reply.get_by_role("button", name="Отправить").click()
    expect(page.locator(".line.mail_out").last).to_contain_text("Инженер приедет завтра")


def _give_work(page: Page) -> None:
    page.locator("#assignment > summary").click()
    work = page.locator("#assignment form")
    work.locator("select[name=person]").select_option(index=1)
    work.get_by_label("Название").fill("Подготовить выезд")
    work.get_by_label("Что нужно сделать").fill("Согласовать время с клиентом.")
    work.get_by_label("Чек-лист").fill("Позвонить\nЗаказать пропуск")
    work.get_by_role("button", name="Дать поручение").click()
    page.locator(".works").get_by_role("link", name="Подготовить выезд").click()
    for step in ("Позвонить", "Заказать пропуск"):
        page.get_by_role("checkbox", name=step).click()
        expect(page.get_by_role("checkbox", name=step)).to_be_checked()
    page.get_by_role("button", name="Готово").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("^Обращение ")).first.click()
    expect(page.locator(".works")).to_contain_text("выполнено")
