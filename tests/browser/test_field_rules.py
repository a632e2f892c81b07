"""An administrator shapes the fields of requests in a real browser; the pages are looked at as a reader of screens would."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, Route, expect

from caseline.actions import keep_rules, keep_sections
from caseline.actions.wiring import House
from caseline.crm.field_rules import Condition, Effect, Op
from caseline.crm.request_fields import Section
from caseline.crm.vocabulary import Type
from tests.browser.conftest import shot
from tests.factories import fields, pages

pytestmark = pytest.mark.browser
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def admin(house: House, page: Page) -> Page:
    pages.login(house, "admin")
    pages.category(house, "it", "Hardware")
    pages.category(house, "docs", "Documents")
    page.goto("/sign-in")
    page.locator("input[name=name]").fill("admin")
    page.locator("input[name=password]").fill(pages.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("form[action='/sign-out']").wait_for(state="attached")
    page.wait_for_load_state()  # scripts have run
    return page


def looked_at(page: Page, name: str) -> None:
    """No barrier, nothing too wide: on a screen and on a phone."""
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        assert Axe().run(page, options=RULES).response["violations"] == [], (name, width)
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_rule_is_put_together_from_lists_tried_and_kept(house: House, admin: Page) -> None:
    serial = fields.field(house, "Serial", label="Serial number")
    number = pages.request(house, "noise")
    admin.goto("/settings/rules/new")

    admin.locator("[name='c0.field']").select_option(label="Category")
    admin.locator("select[name='c0.value']").wait_for()
    admin.locator("[name='c0.op']").select_option("in")
    admin.locator("select[name='c0.value'][multiple]").wait_for()
    admin.locator("[name='c0.value']").select_option(["it", "docs"])
    admin.get_by_role("button", name="Add a condition").click()
    admin.locator("[name='c1.field']").select_option(label="Subject")
    admin.locator("[name='c1.op'] option[value=filled]").wait_for(state="attached")
    admin.locator("[name='c1.op']").select_option("filled")
    expect(admin.locator("[name='c1.value']")).to_have_count(0)
    admin.get_by_label("Field of the rule").select_option(serial)
    admin.get_by_role("button", name="Try on open requests").click()
    expect(admin.locator("#trial")).to_contain_text("the conditions hold for 0")
    admin.locator("[name=match]").select_option("any")
    admin.get_by_role("button", name="Try on open requests").click()
    expect(admin.locator("#trial")).to_contain_text("the conditions hold for 1")
    expect(admin.locator("#trial a")).to_have_text(str(number))
    looked_at(admin, "rule")
    admin.get_by_role("button", name="Save").click()

    words = "When Category is one of Documents, Hardware or Subject is filled, then require Serial number"
    expect(admin.get_by_role("link", name=words)).to_be_visible()
    looked_at(admin, "rules")
    kept = keep_rules.rules(house)[0]
    assert (kept.effect, kept.field) == (Effect.REQUIRE, serial)
    assert kept.conditions == (
        Condition(field="category", op=Op.IN, values=("docs", "it")),
        Condition(field="subject", op=Op.FILLED),
    )


def test_a_condition_is_removed_and_the_others_keep_what_they_say(house: House, admin: Page) -> None:
    rule = fields.require(house, "priority", "category", "it", "docs")
    admin.goto(f"/settings/rules/edit?key={rule}")
    admin.get_by_role("button", name="Add a condition").click()
    with admin.expect_response("**/settings/rules/draw"):
        admin.locator("[name='c1.field']").select_option("subject")
    admin.wait_for_load_state("networkidle")
    admin.locator("input[name='c1.value']").fill("pump")

    admin.get_by_role("button", name="Remove condition 1").click()

    expect(admin.locator("[name='c0.field']")).to_have_value("subject")
    expect(admin.locator("[name='c0.value']")).to_have_value("pump")
    expect(admin.locator("[name='c1.field']")).to_have_count(0)


def test_what_is_typed_while_conditions_are_drawn_anew_is_kept(house: House, admin: Page) -> None:
    rule = fields.require(house, "priority", "category", "it")
    admin.goto(f"/settings/rules/edit?key={rule}")
    admin.get_by_role("button", name="Add a condition").click()
    with admin.expect_response("**/settings/rules/draw"):
        admin.locator("[name='c1.field']").select_option("subject")
    value = admin.locator("input[name='c1.value']")
    expect(value).to_be_visible()
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    admin.route("**/settings/rules/draw", hold)
    with admin.expect_request("**/settings/rules/draw"):
        admin.locator("[name='c0.op']").select_option("is")
    value.press_sequentially("pump no")
    waiting.pop().continue_()
    expect(admin.locator("select[name='c0.value']:not([multiple])")).to_be_visible()

    expect(value).to_have_value("pump no")
    expect(value).to_be_focused()
    value.press_sequentially("ise")
    with admin.expect_request("**/settings/rules/draw"):
        admin.get_by_role("button", name="Remove condition 1").click()
    value.fill("pumps")
    waiting.pop().continue_()
    expect(admin.locator("[name='c1.field']")).to_have_count(0)
    expect(admin.locator("input[name='c0.value']")).to_have_value("pumps")


def _leave(dialog: Dialog, asked: list[str]) -> None:
    asked.append(dialog.type)
    dialog.accept()


def test_a_field_that_was_chosen_before_the_scripts_came_brings_its_values(admin: Page) -> None:
    held: list[Route] = []
    admin.goto("/settings/rules")
    admin.route("**/htmx.min.js*", lambda route: held.append(route))  # noqa: PLW0108 - it takes Python functions only
    admin.get_by_role("link", name="Add a rule").click(no_wait_after=True)
    admin.locator("[name='c0.field']").select_option("category")
    expect(admin.locator("select[name='c0.value']")).to_have_count(0)

    held[0].continue_()
    admin.unroute("**/htmx.min.js*")

    expect(admin.locator("select[name='c0.value']")).to_be_visible()
    expect(admin.locator("[name='c0.field']")).to_have_value("category")
    asked: list[str] = []
    admin.on("dialog", lambda dialog: _leave(dialog, asked))
    admin.get_by_role("link", name="Cancel").click()
    admin.wait_for_url("**/settings/rules")
    assert asked == ["beforeunload"]


def test_a_page_on_which_nothing_was_chosen_asks_nothing_by_itself(admin: Page) -> None:
    asked: list[str] = []
    admin.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    admin.on("dialog", lambda dialog: _leave(dialog, asked))
    for place in ("/settings/rules/new", "/requests/new"):
        admin.goto(place)
        admin.wait_for_load_state("networkidle")
        admin.get_by_role("heading", level=1).click()
    admin.goto("/settings/rules")

    assert asked == []


def test_ways_fields_sections_and_stages_can_be_read_by_everybody(house: House, admin: Page) -> None:
    keep_sections.add(house, Section("device", "Device"), fields.ADMIN)
    colour = fields.field(house, "Colour", Type.LIST, choices=("red", "green"), section="device")
    places = (
        "transitions",
        "fields",
        f"fields/edit?key={colour}",
        "fields/new",
        "sections",
        "sections/edit?key=device",
    )
    for place in (*places, "stages", "stages/edit?key=new", f"fields/remove?key={colour}"):
        admin.goto(f"/settings/{place}")
        looked_at(admin, place.replace("/", "-").partition("?")[0])
    admin.goto("/settings/transitions")
    admin.get_by_label("from Новое to В работе").check()
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_label("from Новое to В работе")).to_be_checked()
    admin.get_by_role("button", name="Open all ways").click()
    expect(admin.get_by_text("All ways are open now.")).to_be_visible()
