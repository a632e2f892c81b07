"""A day of a marketer at a real browser: a campaign is made of a preset, shaped, tried, switched on, and read about.

With TEST_SCREENSHOTS=FOLDER a picture of every step is left there.
"""

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.browser.conftest import shot
from tests.factories import asked_clients, pages
from tests.factories.request_cards import Staff

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_campaign_of_a_preset_is_shaped_tried_and_switched_on(house: House, page: Page, faults: list[str]) -> None:
    pages.login(house, "max", Role.MARKETER, language="ru")
    asked_clients.letters(house)
    staff = Staff(house)
    asked_clients.closed(house, staff, 1, subject="Насос шумит")
    page.goto("/sign-in")
    page.get_by_label("Имя").fill("max")
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    page.get_by_role("button", name="Войти").click()

    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Обратная связь").click()
    page.get_by_role("link", name="Кампании", exact=True).click()
    page.get_by_role("link", name="Новая кампания").click()
    page.get_by_label("Взять за основу").select_option("preset:smileys-on-closure")
    page.get_by_label("Название").fill("Смайлики сервиса")
    page.get_by_label("Код").fill("service-smileys")
    shot(page, "marketer-1-new")
    page.get_by_role("button", name="Создать выключенной").click()

    page.get_by_label("Добавить правило").select_option("assignment")
    page.locator("#follow").get_by_role("button", name="+ Добавить").click()
    page.locator("[name='f1.title.ru']").fill("Позвонить клиенту")
    page.get_by_label("Задержка, часов").first.fill("скоро")
    page.get_by_role("button", name="Сохранить", exact=True).last.click()
    expect(page.get_by_text("Не сохранено.")).to_be_visible()
    assert [one for one in faults if "422" not in one] == []
    faults.clear()  # the browser tells of every refusal
    expect(page.locator("[name='f1.title.ru']")).to_have_value("Позвонить клиенту")
    shot(page, "marketer-2-wrong")
    page.get_by_label("Задержка, часов").first.fill("2")
    page.get_by_role("button", name="Сохранить", exact=True).last.click()
    expect(page.get_by_text("Письмо уходит не раньше чем через 2 часа.")).to_be_visible()
    shot(page, "marketer-3-told")

    page.get_by_role("navigation", name="Кампания").get_by_role("link", name="Проверить").click()
    expect(page.get_by_text("Насос шумит")).to_be_visible()
    shot(page, "marketer-4-tried")
    page.get_by_role("link", name="Включить…").click()
    shot(page, "marketer-5-switch")
    page.get_by_role("button", name="Включить с этой минуты").click()
    expect(page.get_by_text("Кампания включена.")).to_be_visible()
    page.goto("/settings/campaigns")
    expect(page.get_by_role("row", name="Смайлики сервиса")).to_contain_text("включена с")
