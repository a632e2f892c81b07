"""An administrator at a real browser: a long list is narrowed, a day is picked from the picture, a letter is previewed."""

import pytest
from playwright.sync_api import Page, expect

from caseline.actions import keep_groups
from caseline.actions.wiring import House
from tests.browser.conftest import shot
from tests.factories import pages
from tests.factories.staff import person

pytestmark = pytest.mark.browser


@pytest.fixture
def admin(house: House, page: Page) -> Page:
    pages.login(house, "anna", language="ru")
    for number in range(12):
        person(house, f"Сотрудник {number:02}")
    page.goto("/settings")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run
    return page


def test_members_are_found_by_typing_and_hidden_ticks_stay(house: House, admin: Page) -> None:
    admin.goto("/settings/groups/new")
    admin.get_by_label("Название").fill("Первая линия")
    admin.get_by_label("Сотрудник 03").check()
    admin.locator("[data-narrows]").fill("сотрудник 07")
    expect(admin.get_by_label("Сотрудник 03")).to_be_hidden()
    admin.get_by_label("Сотрудник 07").check()
    shot(admin, "group-narrowed")
    admin.get_by_role("button", name="Сохранить").click()

    expect(admin.locator(".notice.good")).to_contain_text("Сохранено")
    (group,) = keep_groups.with_members(house)
    assert group.member_names == ("Сотрудник 03", "Сотрудник 07")


def test_a_day_is_picked_from_the_picture_of_the_year(admin: Page) -> None:
    admin.goto("/settings/calendars/year?id=ru&year=2027")
    admin.locator("td[data-day='2027-03-10']").click()
    expect(admin.locator("#day-changed input[name=day]")).to_have_value("2027-03-10")
    admin.locator("#day-changed input[name=reason]").fill("приказ 5")
    admin.locator("#day-changed button").click()
    expect(admin.locator(".days")).to_contain_text("10 марта 2027: рабочий → выходной (приказ 5)")
    admin.get_by_role("button", name="Применить").click()
    expect(admin.locator(".notice.good")).to_be_visible()


def test_a_letter_is_previewed_without_leaving_the_form(admin: Page) -> None:
    admin.goto("/settings/templates/edit?key=request_received.ru")
    admin.locator("textarea[name=text]").fill("Номер %Номер%")
    admin.get_by_role("button", name="Показать введённое").click()
    expect(admin.locator("#preview")).to_contain_text("Номер 1024")
    expect(admin.locator("textarea[name=text]")).to_have_value("Номер %Номер%")
    admin.locator("textarea[name=text]").fill("Номер %Номр%")
    admin.get_by_role("button", name="Показать введённое").click()
    expect(admin.locator("#preview")).to_contain_text("метки %Номр% не существует: напишите %Номер%")
    admin.on("dialog", lambda dialog: dialog.accept())  # what is typed is left behind on purpose


def test_a_rating_letter_is_seen_as_phones_and_wide_screens_show_it_and_as_text(admin: Page) -> None:
    admin.goto("/settings/templates/edit?key=ask_smileys.ru")
    phone, wide = admin.locator(".shown.phone"), admin.locator(".shown.wide")
    for place, stacked in ((phone, True), (wide, False)):
        cells = place.locator("td[bgcolor][width]")
        expect(cells).to_have_count(5)
        boxes = [box for number in range(5) if (box := cells.nth(number).bounding_box())]
        assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
        assert (len({round(box["x"]) for box in boxes}) == 1) is stacked
        pictures = place.locator("img")
        assert pictures.evaluate_all("all => all.every(one => one.complete && one.naturalWidth === 80)")
        expect(cells.nth(4)).to_contain_text("отлично")
    expect(admin.locator("pre.letter")).to_contain_text("5 — отлично: https://")
    shot(admin, "rating-letter-preview")
