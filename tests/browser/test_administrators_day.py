"""A day of an administrator at a real browser: the desk is shaped without a developer, and somebody works as it says.

With TEST_SCREENSHOTS=FOLDER a picture of every step is left there.
"""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from caseline.actions.wiring import House
from tests.browser.conftest import opened, shot
from tests.factories import pages
from tests.factories.request_cards import Staff, mail

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GIVEN, OWN = "given by the head 1", "my own quiet words 2"
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    made = Staff(house)
    pages.login(house, "anna", language="ru")
    return made


@pytest.fixture
def colleague(chromium: Browser, desk: str, faults: list[str]) -> Iterator[Page]:
    """The browser of somebody else."""
    context = chromium.new_context(base_url=desk, locale="ru-RU", viewport={"width": 1366, "height": 768})
    yield opened(context, faults)
    context.close()


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Имя").fill(name)
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("heading", name="Рабочее место").wait_for()


def settings(page: Page, section: str) -> None:
    """To a section of the settings, by the menus."""
    page.get_by_role("navigation", name="Главное меню").get_by_text("Ещё", exact=True).click()
    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Настройки").click()
    page.get_by_role("navigation", name="Настройки").get_by_role("link", name=section, exact=True).click()
    page.wait_for_load_state()


def saved(page: Page) -> None:
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.locator(".notice.good")).to_contain_text("Сохранено")


def test_the_desk_is_shaped_without_a_developer(staff: Staff, page: Page, colleague: Page, faults: list[str]) -> None:
    ours = staff.opened(mail("Насос гудит и греется.\n", subject="Насос гудит"))
    strange = staff.opened(mail("Где счёт?\n", subject="Счёт", number=2, sender="Olga <olga@other.example>"))
    staff.give(strange, staff.group("Бухгалтерия"))
    for one in (page, colleague):
        one.set_default_timeout(6000)
    sign_in(page, "anna", pages.PASSWORD)

    _people(page)
    _category(page)
    page.goto(f"/requests/{ours}")
    page.locator("form[action$='/category']").get_by_label("Категория").select_option("check")
    page.locator("form[action$='/category']").get_by_role("button", name="Установить").click()
    expect(page.locator(".strip")).to_contain_text("Выездная служба")
    shot(page, "admin-05-card")

    _colleague_comes(colleague, "Насос гудит", "Счёт")
    _stages(page)
    _stage_is_used(colleague, "Насос гудит")
    _calendar(page, staff, ours)
    _field_with_rule(page)
    _rule_holds(colleague)
    _view(page)
    _views_are_kept(page)
    _template(page)
    _reply(colleague)
    _log(page)
    # The browser tells of the answer that refused to save; nothing else went wrong.
    complaints = [one for one in faults if "422" not in one]
    faults.clear()
    assert complaints == []


def _people(page: Page) -> None:
    settings(page, "Группы")
    page.get_by_role("link", name="Добавить группу").first.click()
    page.get_by_label("Название").fill("Выездная служба")
    saved(page)
    shot(page, "admin-01-group")
    settings(page, "Сотрудники")
    page.get_by_role("link", name="Добавить сотрудника").first.click()
    page.get_by_label("Имя").fill("Борис Орлов")
    page.get_by_label("Должность").fill("инженер")
    page.get_by_label("Почта").fill("boris@example.org")
    page.get_by_label("Выездная служба").check()
    shot(page, "admin-02-person")
    saved(page)
    settings(page, "Учётные записи")
    page.get_by_role("link", name="Добавить учётную запись").first.click()
    page.get_by_label("Имя для входа").fill("boris")
    page.get_by_label("Пароль").fill(GIVEN)
    page.get_by_label("Сотрудник").select_option(label="Борис Орлов · инженер")
    page.get_by_label("Роль *", exact=True).select_option(label="оператор")
    page.get_by_label("Видит").select_option(label="своих групп")
    shot(page, "admin-03-login")
    saved(page)


def _category(page: Page) -> None:
    settings(page, "Категории")
    page.get_by_role("link", name="Добавить категорию").first.click()
    page.get_by_label("Название").fill("Диагностика")
    page.get_by_label("Код").fill("check")
    page.get_by_label("Группа").select_option(label="Выездная служба")
    page.get_by_label("Часов до срока").fill("48")
    shot(page, "admin-04-category")
    saved(page)


def _colleague_comes(page: Page, his: str, others: str) -> None:
    sign_in(page, "boris", GIVEN)
    shot(page, "admin-06-front")
    page.get_by_role("link", name="boris").click()
    page.get_by_label("Действующий пароль").fill(GIVEN)
    page.get_by_label("Новый пароль", exact=True).fill(OWN)
    page.get_by_label("Новый пароль ещё раз").fill(OWN)
    page.get_by_role("button", name="Сменить пароль").click()
    expect(page.locator(".notice.good")).to_be_visible()
    page.get_by_role("button", name="Выйти").click()
    sign_in(page, "boris", OWN)
    expect(page.locator("#menu a[href='/settings']")).to_have_count(0)
    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Обращения").click()
    expect(page.get_by_role("link", name=his)).to_be_visible()
    expect(page.get_by_role("link", name=others)).to_have_count(0)
    shot(page, "admin-07-his-table")


def _stages(page: Page) -> None:
    settings(page, "Стадии")
    page.get_by_role("link", name="Добавить стадию").first.click()
    shot(page, "admin-08-stage")
    page.get_by_label("Название").fill("Выезд назначен")
    page.get_by_label("Код").fill("visit")
    page.get_by_label("Часы срока").check()
    saved(page)
    shot(page, "admin-09-stages")
    settings(page, "Переходы")
    page.get_by_label("из «Новое» в «Выезд назначен»").check()
    page.get_by_label("из «Выезд назначен» в «В работе»").check()
    saved(page)
    shot(page, "admin-10-ways")


def _stage_is_used(page: Page, subject: str) -> None:
    page.get_by_role("link", name=subject).click()
    steps = page.get_by_role("form", name="Стадия")
    expect(steps.get_by_role("button")).to_have_text(["Выезд назначен"])
    steps.get_by_role("button", name="Выезд назначен").click()
    expect(page.locator("[aria-current=step]")).to_have_text("Выезд назначен")
    expect(page.locator(".strip")).to_contain_text("отсчёт остановлен")
    shot(page, "admin-11-stage-used")
    steps.get_by_role("button", name="В работе").click()
    expect(page.locator("[aria-current=step]")).to_have_text("В работе")


def _calendar(page: Page, staff: Staff, request: int) -> None:
    page.goto(f"/requests/{request}")
    before = page.locator(".due-line .due").inner_text()
    told = page.locator(".explained").inner_text()
    ((due,),) = staff.query("SELECT due_at FROM crm.deadline WHERE record_id = :id", id=request)
    day = due.astimezone(MOSCOW).date()
    settings(page, "Календари")
    page.get_by_role("table").get_by_role("link").first.click()
    if page.locator(f"td[data-day='{day}']").count() == 0:
        page.get_by_role("link", name=str(day.year), exact=True).click()
    page.locator(f"td[data-day='{day}']").click()
    form = page.locator("#day-changed")
    form.get_by_label("Станет").select_option(label="выходной")
    form.get_by_label("Почему").fill("приказ 12")
    shot(page, "admin-12-calendar")
    form.get_by_role("button", name="Показать изменения…").click()
    expect(page.locator(".days")).to_contain_text("рабочий → выходной (приказ 12)")
    shot(page, "admin-13-difference")
    page.get_by_role("button", name="Применить").click()
    expect(page.locator(".notice.good")).to_contain_text("1 срок изменился")
    shot(page, "admin-14-calendar-done")
    page.goto(f"/requests/{request}")
    expect(page.locator(".due-line .due")).not_to_have_text(before)
    expect(page.locator(".explained")).not_to_have_text(told)
    expect(page.locator(".explained")).to_contain_text(
        re.compile("— выходн(ой|ые)")
    )  # a Friday is told with its weekend
    expect(page.locator(".timeline")).to_contain_text("календарь изменён: приказ 12")
    shot(page, "admin-15-moved")


def _field_with_rule(page: Page) -> None:
    settings(page, "Поля")
    page.get_by_role("link", name="Добавить поле").first.click()
    page.get_by_label("Ключ").fill("serial")
    page.get_by_label("Название").fill("Серийный номер")
    shot(page, "admin-16-field")
    saved(page)
    settings(page, "Правила полей")
    page.get_by_role("link", name="Добавить правило").click()
    page.locator("[name='c0.field']").select_option(label="Категория")
    page.locator("select[name='c0.value']").select_option(label="Диагностика")
    page.get_by_label("Поле, к которому относится правило").select_option(label="Серийный номер")
    page.get_by_role("button", name="Проверить на открытых").click()
    expect(page.locator("#trial")).to_contain_text("1")
    shot(page, "admin-17-rule")
    saved(page)
    shot(page, "admin-18-rules")


def _rule_holds(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("Осталось заполнить")).to_be_visible()
    shot(page, "admin-19-missing")
    page.get_by_role("link", name="Заполнить").click()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("alert")).to_be_visible()
    shot(page, "admin-20-refused")
    page.get_by_label("Серийный номер").fill("НЦ-45-0017")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#fields")).to_contain_text("НЦ-45-0017")


def _view(page: Page) -> None:
    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Обращения").click()
    page.get_by_role("link", name="+ условие").click()
    page.locator("select[name=key]").select_option(label="Категория")
    page.get_by_role("checkbox", name="Диагностика").check()
    shot(page, "admin-21-condition")
    page.get_by_role("button", name="Применить").click()
    page.get_by_text("Сохранить представление").click()
    page.get_by_label("Название").fill("Выезды на диагностику")
    page.get_by_label("для всех").check()
    shot(page, "admin-22-view")
    page.locator(".save-view").get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("navigation", name="Сохранённые представления")).to_contain_text("Выезды на диагностику")


def _views_are_kept(page: Page) -> None:
    """Another view of everybody is put first, called otherwise, changed and deleted."""
    page.get_by_role("link", name="Неполные").click()
    page.get_by_role("link", name="Убрать условие «открытые»").click()
    page.get_by_text("Сохранить представление").click()
    page.get_by_label("Название").fill("Что заполнить")
    page.get_by_label("для всех").check()
    page.locator(".save-view").get_by_role("button", name="Сохранить").click()
    settings(page, "Общие представления")
    page.get_by_role("button", name="Ниже: Выезды на диагностику").click()
    expect(page.get_by_role("row").filter(has_text="для всех").first).to_contain_text("Что заполнить")
    row = page.get_by_role("row").filter(has_text="Что заполнить")
    row.get_by_label("Название").fill("Дозаполнить")
    shot(page, "admin-22b-views")
    row.get_by_role("button", name="Переименовать").click()
    page.get_by_role("link", name="Дозаполнить").click()
    page.get_by_role("link", name="Убрать условие «неполные»").click()
    page.get_by_text("Сохранить представление").click()
    shot(page, "admin-22c-replace")
    page.get_by_role("button", name="Заменить «Дозаполнить»").click()
    expect(page.locator(".chip")).to_have_count(0)
    settings(page, "Общие представления")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Дозаполнить"))
    row.get_by_role("button", name="Удалить").click()
    shot(page, "admin-22d-delete")
    page.get_by_role("button", name="Удалить для всех").click()
    expect(page.get_by_role("link", name="Дозаполнить")).to_have_count(0)


def _template(page: Page) -> None:
    settings(page, "Шаблоны писем")
    page.get_by_role("link", name="Добавить шаблон").first.click()
    page.get_by_label("Код").fill("visit_planned")
    page.get_by_label("Тема").fill("Инженер приедет")
    page.get_by_label("Текст").fill("Здравствуйте, %ИмяКлиента%!\n\nИнженер приедет завтра.")
    saved(page)
    shot(page, "admin-23-template")


def _reply(page: Page) -> None:
    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Обращения").click()
    page.get_by_role("link", name="Выезды на диагностику").click()
    page.get_by_role("link", name="Насос гудит").click()
    page.get_by_text("Начать с шаблона").click()
    page.get_by_role("button", name="Инженер приедет").click()
    expect(page.locator("#reply textarea[name=text]")).to_have_value(re.compile("Здравствуйте, Ivan Client!"))
    shot(page, "admin-24-reply")
    page.locator("#reply").get_by_role("button", name="Отправить").click()
    expect(page.locator(".line.mail_out")).to_contain_text("Инженер приедет завтра.")


def _log(page: Page) -> None:
    settings(page, "Стадии")
    page.get_by_role("link", name="Выезд назначен").click()
    page.get_by_label("Название").fill("Выезд согласован")
    saved(page)
    page.get_by_role("navigation", name="Главное меню").get_by_text("Ещё", exact=True).click()
    page.get_by_role("navigation", name="Главное меню").get_by_role("link", name="Журнал действий").click()
    shot(page, "admin-25-log")
    lines = page.locator("table.audit tbody")
    for deed, of, details in (
        ("стадия: изменение", "visit", "название: Выезд назначен → Выезд согласован"),
        ("шаблон: добавление", "visit_planned", "тема: Инженер приедет"),
        ("общее представление удалено", "Дозаполнить", "название: Дозаполнить"),
        ("общее представление изменено", "Дозаполнить", "название: Что заполнить → Дозаполнить"),
        ("общее представление сохранено", "Выезды на диагностику", "фильтр: открытые; Категория: Диагностика"),
        ("правило поля: добавление", "1", "Если «Категория» — Диагностика, то требовать «Серийный номер»"),
        ("поле: добавление", "extra.serial", "тип: текст"),
        ("календарь: изменение", "ru", "рабочий → выходной (приказ 12)"),
        ("переходы между стадиями: изменение", "request", "Новое → Выезд назначен"),
        ("стадия: добавление", "visit", "часы стоят: да"),
        ("категория: добавление", "Диагностика", "часов: 48"),
        ("учётная запись создана", "boris", "роль: оператор"),
        ("учётная запись изменена", "boris", "для входа: другой пароль"),
        ("сотрудник: добавление", "Борис Орлов", "группы: Выездная служба"),
        ("группа: добавление", "Выездная служба", "название: Выездная служба"),
    ):
        line = lines.get_by_role("row").filter(has_text=deed).filter(has_text=of).filter(has_text=details)
        expect(line, f"{deed} {of}").to_have_count(1)
