"""A product of the fourth level, found by typing part of its name and chosen by the keyboard alone; lists from both ends."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from caseline.actions import choose_products
from caseline.actions.wiring import House
from caseline.people.access import Viewer
from caseline.people.rights import Role
from tests.browser.conftest import shot
from tests.factories import catalogues, pages

pytestmark = pytest.mark.browser

PATHS = (
    "Насосы / Центробежные / Серия А / НЦ-45",
    "Насосы / Центробежные / Серия Б / НЦ-45",
    "Лебёдки / Ручные / Серия А / ЛР-2",
)


@pytest.fixture
def request_id(house: House) -> int:
    pages.login(house, "anna", Role.AGENT, language="ru")
    catalogues.brought(house, *PATHS)
    return pages.request(house, "насос не качает")


def enter(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("Имя").fill("anna")
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def chosen(house: House, request_id: int) -> list[str]:
    viewer = Viewer(login_id=1, name="anna", role=Role.AGENT)
    found = choose_products.of_request(house, viewer, request_id).products
    return [" / ".join(one.name for one in each.path) for each in found]


def test_the_keyboard_alone_finds_and_adds_a_product(page: Page, house: House, request_id: int) -> None:
    enter(page, f"/requests/{request_id}/products")
    field = page.get_by_role("combobox", name="Найти продукт")
    field.focus()
    page.keyboard.type("45 насос серия б")
    option = page.get_by_role("listbox").get_by_role("option", name="Серия Б")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    shot(page, "product-typed")
    page.keyboard.press("Enter")
    add = page.get_by_role("button", name="Добавить продукт")
    expect(add).to_be_focused()
    expect(page.get_by_label("Уровень 2")).to_contain_text("Центробежные")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("Серия Б")
    assert chosen(house, request_id) == [PATHS[1]]

    page.get_by_role("button", name="Убрать НЦ-45").press("Enter")
    expect(page.get_by_text("Продуктов пока нет.")).to_be_visible()
    assert chosen(house, request_id) == []


def test_lists_are_filled_upwards_and_narrowed_downwards(page: Page, house: House, request_id: int) -> None:
    enter(page, f"/requests/{request_id}/products")
    level = {number: page.locator(f"#product-level-{number}") for number in range(1, 5)}
    level[4].select_option(label="ЛР-2")
    expect(level[1].locator("option:checked")).to_have_text("Лебёдки")
    expect(level[3].locator("option:checked")).to_have_text("Серия А")
    level[1].focus()
    level[1].select_option(label="Насосы")
    expect(level[2].locator("option")).to_have_text(["– любой –", "Центробежные"])
    expect(level[4].locator("option")).to_have_count(3)
    expect(level[1]).to_be_focused()
    page.get_by_role("button", name="Добавить продукт").click()
    expect(page.get_by_role("table")).to_contain_text("Насосы")
    assert chosen(house, request_id) == ["Насосы"]


def test_without_scripts_the_same_is_done_by_forms(plain_page: Page, house: House, request_id: int) -> None:
    enter(plain_page, f"/requests/{request_id}/products")
    plain_page.get_by_label("Найти продукт").fill("лр")
    plain_page.get_by_role("button", name="Найти").click()
    plain_page.get_by_role("link", name="ЛР-2").click()
    plain_page.get_by_role("button", name="Добавить продукт").click()
    assert chosen(house, request_id) == [PATHS[2]]


def test_the_tree_of_the_settings_opens_level_by_level(page: Page, house: House) -> None:
    catalogues.brought(house, *PATHS)
    pages.login(house, "olga", language="ru")
    page.goto("/settings/catalogue")
    page.get_by_label("Имя").fill("olga")
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    tree = page.get_by_role("region", name="Дерево")
    tree.locator("summary", has_text="Насосы").click(position={"x": 4, "y": 10})
    expect(tree.get_by_role("link", name="Центробежные")).to_be_visible()
    tree.get_by_role("link", name="Центробежные").click()
    page.get_by_label("Название продукта").fill("Центробежные насосы")
    page.get_by_role("button", name="Переименовать").click()
    expect(page.get_by_role("heading", name="Центробежные насосы")).to_be_visible()
    shot(page, "catalogue-tree")


def test_a_branch_that_was_opened_before_the_scripts_came_is_filled(page: Page, house: House) -> None:
    catalogues.brought(house, *PATHS)
    pages.login(house, "olga", language="ru")
    page.goto("/settings/catalogue")
    page.get_by_label("Имя").fill("olga")
    page.get_by_label("Пароль").fill(pages.PASSWORD)
    held: list[Route] = []
    page.route("**/htmx.min.js*", lambda route: held.append(route))  # noqa: PLW0108 - it takes Python functions only
    page.get_by_label("Пароль").press("Enter", no_wait_after=True)
    tree = page.get_by_role("region", name="Дерево")
    tree.locator("summary", has_text="Насосы").click(position={"x": 4, "y": 10}, no_wait_after=True)
    expect(tree.locator("details[open]")).to_have_count(1)

    held[0].continue_()

    expect(tree.get_by_role("link", name="Центробежные")).to_be_visible()


TYPES_WHEN_THE_ANSWER_COMES = """() => document.addEventListener("htmx:beforeOnLoad", () => {
    const field = document.getElementById("product-name");
    field.value = "лебёд лр";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}, { once: true })"""


def found_for(page: Page, words: str, name: str) -> Locator:
    """What is found for words that are typed, once it stands there."""
    with page.expect_response("**/products/search*"):
        page.get_by_role("combobox", name="Найти продукт").fill(words)
    option = page.get_by_role("listbox").get_by_role("option", name=name)
    expect(option).to_be_visible()
    return option


def held(page: Page) -> list[Route]:
    """Searches that are on their way from now on and come when the test lets them."""
    waiting: list[Route] = []
    page.route("**/products/search*", lambda route: waiting.append(route))  # noqa: PLW0108 - it takes Python functions only
    return waiting


def typed(page: Page, words: str) -> None:
    """Type, and wait until the search is on its way."""
    with page.expect_request("**/products/search*"):
        page.get_by_role("combobox", name="Найти продукт").fill(words)
    expect(page.get_by_role("listbox", include_hidden=True)).to_have_attribute("aria-busy", "true")


def arrived(page: Page, waiting: list[Route]) -> None:
    """Let the last search come, and wait until the list is written anew."""
    waiting.pop().continue_()
    expect(page.get_by_role("listbox", include_hidden=True)).not_to_have_attribute("aria-busy", "true")


def narrowed(page: Page, request_id: int) -> tuple[Locator, Locator, list[Route]]:
    """The field, what was found in it, and the search for one letter more, which is on its way."""
    enter(page, f"/requests/{request_id}/products")
    option = found_for(page, "45 насос серия", "Серия Б")
    waiting = held(page)
    typed(page, "45 насос серия б")
    return page.get_by_role("combobox", name="Найти продукт"), option, waiting


def level(page: Page, number: int) -> Locator:
    return page.get_by_label(f"Уровень {number}").locator("option:checked")


def test_what_the_arrows_have_marked_stays_marked_when_a_later_answer_comes(page: Page, request_id: int) -> None:
    field, option, waiting = narrowed(page, request_id)
    while option.get_attribute("aria-selected") != "true":
        field.press("ArrowDown")
    arrived(page, waiting)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    field.press("Enter")
    expect(level(page, 3)).to_have_text("Серия Б")


@pytest.mark.parametrize("marked", [True, False])
def test_enter_before_the_answer_takes_what_was_typed_last(page: Page, request_id: int, marked: bool) -> None:
    enter(page, f"/requests/{request_id}/products")
    field = page.get_by_role("combobox", name="Найти продукт")
    found_for(page, "насос", "Насосы")
    if marked:
        field.press("ArrowDown")
    field.fill("лебёд лр")
    field.press("Enter")
    expect(level(page, 4)).to_have_text("ЛР-2")


def test_the_arrows_after_enter_choose_themselves(page: Page, request_id: int) -> None:
    field, option, waiting = narrowed(page, request_id)
    field.press("Enter")
    while option.get_attribute("aria-selected") != "true":
        field.press("ArrowDown")
    arrived(page, waiting)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(level(page, 1)).to_have_text("– любой –")
    field.press("Enter")
    expect(level(page, 3)).to_have_text("Серия Б")


@pytest.mark.parametrize("keys", [("Enter", "Escape"), ("Escape", "Enter"), ("Escape",)], ids=" ".join)
def test_a_list_that_was_closed_stays_closed_and_takes_nothing(
    page: Page, request_id: int, keys: tuple[str, ...]
) -> None:
    enter(page, f"/requests/{request_id}/products")
    field = page.get_by_role("combobox", name="Найти продукт")
    found_for(page, "насос", "Насосы")
    waiting = held(page)
    typed(page, "лебёд лр")
    for key in keys:
        field.press(key)
    arrived(page, waiting)
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(level(page, 1)).to_have_text("– любой –")
    expect(field).to_have_value("лебёд лр")
    field.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", name="ЛР-2")).to_be_visible()


def test_an_older_search_that_fails_does_not_end_the_newer(page: Page, request_id: int, faults: list[str]) -> None:
    enter(page, f"/requests/{request_id}/products")
    page.get_by_role("combobox", name="Найти продукт").focus()
    waiting = held(page)
    typed(page, "насос")
    page.evaluate(TYPES_WHEN_THE_ANSWER_COMES)
    waiting.pop().fulfill(status=503, body="")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("listbox", include_hidden=True)).to_have_attribute("aria-busy", "true")
    arrived(page, waiting)
    expect(level(page, 4)).to_have_text("ЛР-2")
    expect(page.get_by_role("alert")).to_have_count(0)
    only_the_server_failed(faults)


def test_enter_takes_nothing_that_was_found_for_other_words(page: Page, request_id: int, faults: list[str]) -> None:
    enter(page, f"/requests/{request_id}/products")
    field = page.get_by_role("combobox", name="Найти продукт")
    found_for(page, "насос", "Насосы")
    page.route("**/products/search*", lambda route: route.fulfill(status=503, body=""))
    field.fill("лебёд лр")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(level(page, 1)).to_have_text("– любой –")
    only_the_server_failed(faults)


def only_the_server_failed(faults: list[str]) -> None:
    """Take it from what the browser complained about."""
    assert any("503" in one for one in faults)
    assert [one for one in faults if not one.startswith(("Failed to load resource", "Response Status Error"))] == []
    faults.clear()
