"""An administrator at a real browser: pastes a text, sees why, changes a weight, sees the dry run, saves."""

import re

import pytest
from playwright.sync_api import Page, expect

from caseline.actions.wiring import House
from keywords.entries import Entry
from tests.browser.conftest import shot
from tests.factories import pages

pytestmark = pytest.mark.browser

LETTER = "Здравствуйте! Сломался автомат C16, прошу возврат денег 😀 и ремонт."


@pytest.fixture
def filled(house: House) -> dict[str, int]:
    pages.login(house, "anna", language="ru")
    for code, label in (("returns", "Возвраты"), ("repair", "Ремонт")):
        pages.category(house, code, label)
    words = (("автомат С16", 90, "repair"), ("возврат", 60, "returns"), ("ремонт", 70, "repair"))
    ids = pages.dictionary(house, *(Entry(*word) for word in words))
    for _ in range(3):
        pages.request(house, "Прошу возврат и ремонт")
    return {word[0]: number for word, number in zip(words, ids, strict=True)}


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run


def test_a_weight_is_changed_with_eyes_open_and_the_next_request_follows_it(
    house: House, page: Page, filled: dict[str, int]
) -> None:
    sign_in(page, "/keywords")

    page.get_by_role("textbox", name="Текст").fill(LETTER)
    expect(page.locator(".verdict")).to_contain_text("Ремонт")
    assert page.locator(".letter mark").all_text_contents() == ["автомат C16", "возврат", "ремонт"]
    shot(page, "dictionary-ru")

    page.locator(f"input[name=weight-{filled['возврат']}]").fill("95")
    expect(page.locator(".verdict")).to_contain_text("Возвраты")
    expect(page.locator("#answer")).to_contain_text("С учётом 1 ещё не сохранённого изменения.")

    page.get_by_role("button", name="Проверить изменения…").click()
    expect(page.locator("main")).to_contain_text("Из 3 самых новых обращений изменится 3.")
    shot(page, "draft-ru")
    page.get_by_role("link", name="посмотреть").click()
    expect(page.locator("article").first).to_contain_text("Прошу возврат и ремонт")
    page.go_back()
    page.get_by_label("Почему?").fill("Возвраты важнее")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("status")).to_contain_text("Сохранено.")

    with house.engine.connect() as connection:
        assert house.words.now(connection).classifier.decide(LETTER).category == "returns"


def test_long_names_of_categories_are_not_cut_and_nothing_is_pushed_out(
    house: House, page: Page, filled: dict[str, int]
) -> None:
    pages.category(house, "repair", "Ремонт и гарантийное обслуживание оборудования")
    sign_in(page, "/keywords")

    short, long = (page.locator(f"select[name=category-{filled[word]}]") for word in ("возврат", "ремонт"))
    lines = [one.evaluate("it => it.getBoundingClientRect().height") for one in (short, long)]
    assert lines[1] > lines[0] * 1.5
    assert page.locator(".entries").evaluate("it => it.scrollWidth - it.parentElement.clientWidth") <= 0


def test_everything_is_done_by_keyboard_alone(page: Page, filled: dict[str, int]) -> None:
    page.goto("/keywords")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("table.entries").wait_for()

    page.keyboard.press("/")
    page.keyboard.type("возв")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    weight = page.locator(f"input[name=weight-{filled['возврат']}]")
    for _ in range(80):
        page.keyboard.press("Tab")
        if weight.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("33")
    for _ in range(80):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.formAction || ''").endswith("/keywords/propose"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/keywords/drafts/"))
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("notice=saved"))
    expect(weight).to_have_value("33")


def test_what_is_typed_outlives_the_session_and_goes_on_in_the_next(
    house: House, page: Page, faults: list[str], filled: dict[str, int]
) -> None:
    sign_in(page, "/keywords")
    page.locator(f"input[name=weight-{filled['возврат']}]").fill("95")
    expect(page.locator("#answer")).to_contain_text("С учётом 1")
    page.context.clear_cookies()

    page.get_by_role("textbox", name="Текст").fill(LETTER)
    expect(page.locator("#answer")).to_contain_text("Сеанс закончился")
    shot(page, "session-ended-ru")
    assert [fault for fault in faults if "401" not in fault] == []
    faults.clear()
    with page.expect_popup() as opening:
        page.locator("#answer").get_by_role("link").click()
    sign_in(opening.value, "/keywords")
    page.get_by_role("textbox", name="Текст").fill(LETTER + "!")
    expect(page.locator(".verdict")).to_contain_text("Возвраты")
    page.get_by_role("button", name="Проверить изменения…").click()
    page.get_by_label("Почему?").fill("Возвраты важнее")
    page.keyboard.press("Enter")

    expect(page.locator("main").get_by_role("status")).to_contain_text("Сохранено.")
    with house.engine.connect() as connection:
        assert {kept.entry.keyword: kept.entry.weight for kept in house.words.now(connection).kept}["возврат"] == 95


def test_a_basic_edit_works_without_scripts(plain_page: Page, filled: dict[str, int]) -> None:
    page = plain_page
    page.goto("/keywords")
    page.locator("input[name=name]").fill("anna")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.locator("button.main").click()

    page.locator("textarea[name=text]").fill(LETTER)
    page.locator(f"input[name=weight-{filled['возврат']}]").fill("95")
    page.locator("button[formaction='/keywords/try']").click()
    expect(page.locator(".verdict .tag")).to_have_text("Возвраты")
    page.locator("button[formaction='/keywords/propose']").click()
    page.locator("input[name=reason]").fill("without scripts")
    page.locator("form[action$='/save'] button.main").click()

    expect(page.locator(f"input[name=weight-{filled['возврат']}]")).to_have_value("95")


def test_an_entry_shows_its_forms_while_it_is_typed(page: Page, filled: dict[str, int]) -> None:
    sign_in(page, "/keywords/new")

    page.locator("input[name=keyword]").fill("банка")
    expect(page.locator("#forms")).to_contain_text("банкой")
    page.locator("select[name=kind]").select_option("exact")
    expect(page.locator("#forms")).not_to_contain_text("банкой")
    assert filled


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_no_page_is_wider_than_the_screen(
    page: Page, filled: dict[str, int], language: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, "/keywords")
    if language == "en":
        page.locator("button[name=language][value=en]").dispatch_event("click")
        page.locator("button[name=language][value=ru]").wait_for(state="attached")
    paths = ("/", "/keywords", "/keywords/new", f"/keywords/{filled['возврат']}", "/keywords/history")
    for path in (*paths, "/keywords/history/1", "/keywords/settings", "/audit"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        shot(page, f"{language}-{size[0]}{path.replace('/', '-')}")
