"""The bell counts up without loading the page; a checklist is ticked from the keyboard; lists and forms on a phone."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from caseline.actions import assign, change_request, know_calendars
from caseline.actions.assign import Order
from caseline.actions.change_request import Changes
from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.browser.conftest import shot
from tests.factories import pages
from tests.factories.colleagues import Staff
from tests.factories.served import desk, house

pytestmark = pytest.mark.browser
__all__ = ["desk", "house"]

NOW = datetime.now(UTC)
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1366, "height": 768}
PATIENCE_MS = 30_000


@pytest.fixture
def staff(house: House) -> Staff:
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=NOW)
    return Staff(house)


def enter(house: House, staff: Staff, page: Page) -> int:
    pages.login(house, "anna", Role.AGENT, language="ru")
    person = staff.person("Анна Иванова", role=None, email="anna@desk.example")
    staff.link("anna", person)
    sign_in(page)
    return person


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".bell").wait_for()


def take(house: House, person: int, subject: str) -> int:
    record = pages.request(house, "text", subject=subject)
    change_request.change(house, f"id:{record}", Changes(assignee=str(person)), now=datetime.now(UTC))
    return record


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_bell_counts_up_without_loading_the_page_and_down_in_another_window(
    house: House, staff: Staff, page: Page
) -> None:
    person = enter(house, staff, page)
    page.evaluate("window.same = true")
    expect(page.locator(".bell .count")).to_be_hidden()

    take(house, person, "Не печатает принтер")
    expect(page.locator(".bell .count")).to_have_text("1", timeout=PATIENCE_MS)
    expect(page).to_have_title("(1) Рабочее место · caseline")
    take(house, person, "Нет сети на третьем этаже")
    expect(page.locator(".bell .count")).to_have_text("2", timeout=PATIENCE_MS)
    expect(page.locator("#bell-said")).to_have_text("Новое уведомление.")
    assert page.evaluate("window.same") is True

    page.goto("/notices")
    expect(page.locator(".notices li")).to_have_count(2)
    page.evaluate("window.same = true")
    take(house, person, "Третье")
    expect(page.locator(".notices li")).to_have_count(3, timeout=PATIENCE_MS)
    assert page.evaluate("window.same") is True
    shot(page, "notices-ru-screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)
    shot(page, "notices-ru-phone")
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    other = page.context.new_page()
    other.goto("/notices")
    other.get_by_role("button", name="Отметить все прочитанными").click()
    expect(other.locator(".bell .count")).to_be_hidden()
    page.bring_to_front()
    expect(page.locator(".bell .count")).to_be_hidden(timeout=PATIENCE_MS)
    page.goto("/me/notices")
    shot(page, "choices-ru-screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)
    shot(page, "choices-ru-phone")
    page.get_by_label("Не сообщать").first.check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_label("Не сообщать").first).to_be_checked()


def test_a_page_whose_session_has_ended_hears_nothing_and_complains_of_nothing(
    house: House, staff: Staff, page: Page
) -> None:
    person = enter(house, staff, page)
    page.context.clear_cookies()
    staff.run("DELETE FROM people.session")
    take(house, person, "Nobody hears")
    page.wait_for_timeout(4_000)
    expect(page.locator(".bell .count")).to_be_hidden()


def test_an_assignment_is_given_and_its_checklist_ticked_from_the_keyboard(
    house: House, staff: Staff, page: Page
) -> None:
    person = enter(house, staff, page)
    record = pages.request(house, "text", subject="Не печатает принтер в бухгалтерии")
    page.goto(f"/assignments/new?request={record}")
    expect(page.get_by_label("Внешний исполнитель", exact=True)).to_be_hidden()
    page.get_by_label("Название").fill("Заменить барабан")
    page.get_by_label("Описание").fill("Третий этаж, комната 305.\nЗапасной барабан на складе.")
    page.locator("select[name=person]").select_option(str(person))
    page.get_by_label("Срок").fill("8")
    page.get_by_label("Чек-лист").fill("Взять барабан на складе\nЗаменить\nНапечатать пробную страницу")
    shot(page, "new-ru-screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)
    shot(page, "new-ru-phone")
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.get_by_role("button", name="Дать поручение").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)

    page.evaluate("window.same = true")
    first = page.get_by_role("checkbox", name="Взять барабан на складе")
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    expect(first).to_be_focused()
    page.get_by_placeholder("Ещё один пункт").fill("Сдать старый")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(4)
    page.get_by_role("button", name="Убрать пункт: Заменить").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    assert page.evaluate("window.same") is True
    page.get_by_text("Написать заметку").click()
    page.get_by_label("Заметка").fill("Барабан есть, иду.")
    page.locator("form[action$='/notes'] button").click()
    expect(page.locator(".talk .letter")).to_have_text("Барабан есть, иду.")
    shot(page, "assignment-ru-screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)
    shot(page, "assignment-ru-phone")
    page.locator("button[name=state][value=done]").click()
    expect(page.get_by_role("button", name="Открыть снова")).to_be_visible()


def test_lists_of_assignments_on_a_screen_and_on_a_phone(house: House, staff: Staff, page: Page) -> None:
    person = enter(house, staff, page)
    number, record = 0, pages.request(house, "text", subject="Не печатает принтер в бухгалтерии на третьем этаже")
    boris = staff.person("Борис Петров", role=None)
    for title, hours, who in (
        ("Заменить барабан", 8, person),
        ("Позвонить поставщику", None, person),
        ("Счёт", 4, boris),
    ):
        steps = ("раз", "два") if hours else ()
        order = Order(
            request=f"id:{record}", title=title, text="x", person=str(who), hours=hours, by=str(person), checklist=steps
        )
        number = assign.give(house, order, now=NOW - timedelta(days=30 if hours == 4 else 0)).assignment.id
    staff.run("UPDATE crm.assignment SET due_at = now() - interval '2 hours' WHERE id = :id", id=number)
    page.goto("/assignments")
    expect(page.get_by_role("link", name="Заменить барабан")).to_be_visible()
    page.goto("/assignments?list=all")
    assert page.locator("tbody tr").count() == 3
    shot(page, "assignments-ru-screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)
    shot(page, "assignments-ru-phone")
    page.get_by_role("link", name="Просроченные").click()
    expect(page.locator("tbody tr")).to_have_count(1)
