"""An agent at a real browser: opens a request, answers, gives an assignment, closes it; drafts survive what happens."""

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from tests.browser.conftest import shot
from tests.factories import fields, pages
from tests.factories.request_cards import PNG, Staff, mail

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    made = Staff(house)
    made.person("Анна Петрова", made.group("Поддержка"), login="anna")
    made.query("UPDATE people.login SET language = 'ru'")
    return made


@pytest.fixture
def request_id(staff: Staff) -> int:
    return staff.opened(
        mail(
            "Насос не включается.\n\nС уважением,\nИван\n",
            subject="Насос",
            html="<p>Насос <b>не включается</b>. <img src='cid:a.png'><img src='http://evil.example/x.png'></p>",
            files=(("a.png", "image/png", PNG),),
        )
    )


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()


def test_an_agent_works_a_request_to_its_close(staff: Staff, page: Page, request_id: int) -> None:
    sign_in(page, f"/requests/{request_id}")
    expect(page.locator("h1")).to_contain_text("Насос")

    page.get_by_role("button", name="Взять себе").click()
    expect(page.locator(".strip")).to_contain_text("Анна Петрова")
    page.get_by_role("button", name="В работе").click()
    expect(page.locator("[aria-current=step]")).to_have_text("В работе")

    reply = page.locator("#reply")
    reply.locator("textarea").fill("Добрый день! Посмотрим.")
    reply.get_by_role("button", name="Просмотр").click()
    expect(reply.locator(".preview")).to_contain_text("Re: Насос")
    reply.get_by_role("button", name="Отправить").dblclick()
    expect(page.locator(".line.mail_out")).to_have_count(1)
    expect(page.locator(".line.mail_out")).to_contain_text("ждёт отправки")
    expect(page.locator("#reply textarea")).to_have_value("")

    page.locator("#assignment > summary").click()
    work = page.locator("#assignment form")
    work.get_by_label("внешний исполнитель").check()
    work.get_by_label("Контакт: адрес почты или имя").fill("master@repair.example")
    work.get_by_label("Название").fill("Осмотреть насос")
    work.get_by_label("Что нужно сделать").fill("Просьба выехать.")
    work.get_by_role("button", name="Дать поручение").click()
    expect(page.locator(".works")).to_contain_text("Осмотреть насос")
    shot(page, "request-card-ru")
    page.locator(".works").get_by_role("button", name="Выполнено").click()
    expect(page.locator(".works")).to_contain_text("выполнено")

    page.get_by_role("button", name="Закрыто").click()
    expect(page.locator("[aria-current=step]")).to_have_text("Закрыто")
    assert staff.query("SELECT count(*) FROM outbox.letter WHERE nature = 'personal'") == [(2,)]
    assert staff.query("SELECT closed_at IS NOT NULL FROM crm.record") == [(True,)]


def test_pictures_of_the_mail_are_shown_and_nothing_is_loaded_from_elsewhere(
    page: Page, request_id: int, faults: list[str]
) -> None:
    sign_in(page, f"/requests/{request_id}")

    page.get_by_text("с оформлением").click()

    expect(page.locator(".mail-html b")).to_have_text("не включается")
    expect(page.locator(".mail-html img[src^='/requests/']")).to_have_count(1)
    assert faults == []


def test_a_draft_survives_a_reload_and_a_session_that_has_ended(
    staff: Staff, page: Page, request_id: int, faults: list[str]
) -> None:
    sign_in(page, f"/requests/{request_id}")
    page.locator("#reply textarea").fill("Долгий ответ")
    page.reload()
    expect(page.locator("#reply textarea")).to_have_value("Долгий ответ")

    staff.query("DELETE FROM people.session")
    page.locator("#reply").get_by_role("button", name="Отправить").click()
    expect(page.locator("#reply .fault")).to_contain_text("Войдите в другом окне")
    expect(page.locator("#reply textarea")).to_have_value("Долгий ответ")
    other = page.context.new_page()
    sign_in(other, "/sign-in")
    page.locator("#reply").get_by_role("button", name="Отправить").click()
    expect(page.locator(".line.mail_out")).to_contain_text("Долгий ответ")
    expect(page.locator("#reply textarea")).to_have_value("")

    complaints = [fault for fault in faults if "401" not in fault]
    faults.clear()
    assert complaints == []
    page.locator("#comment > summary").click()
    page.locator("#comment textarea").fill("Черновик")
    page.get_by_role("button", name="Выйти").click()
    page.locator("input[name=password]").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_the_card_works_without_scripts(staff: Staff, plain_page: Page, request_id: int) -> None:
    sign_in(plain_page, f"/requests/{request_id}")

    plain_page.locator("#comment > summary").click()
    plain_page.locator("#comment textarea").fill("Без скриптов")
    plain_page.get_by_role("button", name="Сохранить комментарий").click()

    expect(plain_page.locator(".line.comment")).to_contain_text("Без скриптов")
    assert len(staff.texts(request_id)) == 2


@pytest.mark.parametrize("width", [1366, 390])
def test_nothing_is_wider_than_the_screen(staff: Staff, page: Page, request_id: int, width: int) -> None:
    staff.query("UPDATE crm.record SET subject = repeat('ОченьДлинноеСлово', 20), description = repeat('x', 400)")
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, f"/requests/{request_id}")
    page.evaluate("for (const one of document.querySelectorAll('details')) { one.name = ''; one.open = true; }")

    assert page.evaluate(WIDE) <= 0
    page.goto("/requests/new")
    assert page.evaluate(WIDE) <= 0
    shot(page, f"request-new-{width}")


def test_a_field_comes_when_another_one_asks_for_it_and_what_is_typed_stays(
    house: House, staff: Staff, page: Page, request_id: int, faults: list[str]
) -> None:
    city, street = fields.field(house, "Город"), fields.field(house, "Улица")
    fields.show(house, street, city, "Тверь")
    fields.require(house, street, city, "Тверь")
    sign_in(page, f"/requests/{request_id}")

    page.locator("#fields").get_by_role("link", name="Изменить").click()
    page.get_by_label("Тип").fill("не теряется")
    expect(page.get_by_label("Улица")).to_be_hidden()
    page.get_by_label("Город").fill("Тверь")
    page.get_by_label("Город").press("Tab")
    expect(page.get_by_label("Улица")).to_be_visible()
    expect(page.get_by_label("Тип")).to_have_value("не теряется")

    page.locator("#fields").get_by_role("button", name="Сохранить").click()
    expect(page.locator("#fields .fault-words")).to_contain_text("пусто")
    faults[:] = [fault for fault in faults if "422" not in fault]
    page.get_by_label("Улица").fill("Ленина")
    page.locator("#fields").get_by_role("button", name="Сохранить").click()
    expect(page.locator("#fields")).to_contain_text("Ленина")
    assert staff.query("SELECT type, extra FROM crm.record") == [("не теряется", {"Город": "Тверь", "Улица": "Ленина"})]
