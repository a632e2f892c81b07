"""Fields, sections, rules, stages and the ways between them in the settings."""

from typing import Any

import pytest

from caseline.actions import keep_fields, keep_rules, keep_sections, keep_stages, note_deed, save_request
from caseline.actions.save_request import Wish
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.field_faults import Unsaved
from caseline.crm.field_rules import Effect, Op
from caseline.crm.vocabulary import Type
from caseline.people.rights import Role
from tests.factories import fields, pages
from tests.factories.pages import Browser

SCRIPT = '<script>alert("1")</script>'


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "admin")
    browser.sign_in("admin")
    return browser


def test_an_administrator_makes_a_field_and_requires_it_and_nobody_saves_without_it(
    house: House, admin: Browser
) -> None:
    pages.category(house, "it", "Hardware")
    number = pages.request(house, "noise")
    admin.get("/settings/sections/new")
    admin.post("/settings/sections/edit", code="device", label="Device", position="10")
    admin.get("/settings/fields/new")
    made = admin.post(
        "/settings/fields/edit",
        name="Serial",
        label="Serial number",
        type="text",
        section="device",
        position="5",
        active="on",
    )
    assert "Serial number" in made.text
    admin.get("/settings/rules/new")
    rule: dict[str, Any] = {"match": "all", "field": "extra.Serial", "effect": "require", "active": "on"}
    condition: dict[str, Any] = {"c0.field": "category", "c0.op": "is", "c0.value": "it"}

    saved = admin.post("/settings/rules/edit", **rule, **condition)

    assert "When Category is Hardware, then require Serial number" in saved.text
    wish = Wish(record_id=number, values={"category": "it"}, viewer=fields.AGENT)
    with pytest.raises(Unsaved, match="Serial number: is empty"):
        save_request.save(house, wish, now=fields.NOW)
    deeds = {one.action for one in note_deed.noted(house)}
    assert {"section.added", "field.added", "field_rule.added"} <= deeds
    assert "rule of a field: added" in admin.get("/audit").text


def test_a_rule_is_tried_before_it_is_kept(house: House, admin: Browser) -> None:
    key = fields.field(house, "City")
    number = pages.request(house, "noise")
    admin.get("/settings/rules/new")
    rule: dict[str, Any] = {"match": "all", "field": key, "effect": "require", "active": "on"}

    tried = admin.post("/settings/rules/try", **rule)

    assert "the conditions hold for 1" in tried.text
    assert f'href="/requests/{number}"' in tried.text
    assert keep_rules.rules(house) == ()


def test_conditions_offer_what_their_field_holds_and_rows_come_and_go(house: House, admin: Browser) -> None:
    colour = fields.field(house, "Colour", Type.LIST, choices=("red", SCRIPT))
    admin.get("/settings/rules/new")
    row: dict[str, Any] = {"c0.field": colour, "c0.op": "in", "c0.value": ["red", SCRIPT]}

    drawn = admin.post("/settings/rules/draw", field="priority", more="1", **row)
    less = admin.post("/settings/rules/draw", field="priority", drop="0", **row)

    assert 'name="c1.field"' in drawn.text
    assert "&lt;script&gt;" in drawn.text
    assert SCRIPT not in drawn.text
    assert "multiple" in drawn.text
    assert 'name="c0.field"' not in less.text
    admin.post("/settings/rules/edit", match="any", field="priority", effect="hide", active="on", **row)
    kept = keep_rules.rules(house)[0]
    assert (kept.effect, kept.conditions[0].op, kept.conditions[0].values) == (Effect.HIDE, Op.IN, ("red", SCRIPT))
    assert SCRIPT not in admin.get("/settings/rules").text


def test_a_rule_that_cannot_be_kept_stays_in_the_editor_with_the_reason(house: House, admin: Browser) -> None:
    admin.get("/settings/rules/new")
    typed: dict[str, Any] = {"match": "all", "effect": "require", "c0.field": "category", "c0.op": "is", "c0.value": ""}

    unnamed = admin.post("/settings/rules/edit", field="", **typed)
    empty = admin.post("/settings/rules/edit", field="priority", **typed)
    odd = admin.post("/settings/rules/edit", field="priority", **(typed | {"effect": "'; DROP TABLE --"}))

    assert (unnamed.status_code, empty.status_code, odd.status_code) == (422, 422, 422)
    assert "Choose the field that the rule is for" in unnamed.text
    assert "Category: say with what it is compared" in empty.text
    assert keep_rules.rules(house) == ()


def test_of_two_administrators_the_second_is_told(house: House, admin: Browser) -> None:
    rule = fields.require(house, "priority")
    page = admin.get(f"/settings/rules/edit?key={rule}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    typed: dict[str, Any] = {"key": rule, "match": "all", "effect": "require", "field": "contact"}
    admin.post("/settings/rules/edit", seen=seen, **typed)

    second = admin.post("/settings/rules/edit", seen=seen, **(typed | {"field": "company"}))

    assert second.status_code == 409
    assert "Somebody else has saved this meanwhile" in second.text
    assert keep_rules.find(house, rule).field == "contact"


def test_a_rule_is_deleted_after_a_question(house: House, admin: Browser) -> None:
    rule = fields.require(house, "priority")
    page = admin.get(f"/settings/rules/remove?key={rule}").text
    assert "Always require Priority" in page

    admin.post("/settings/rules/remove", key=rule, seen=page.split('name="seen" value="')[1].split('"')[0])

    assert keep_rules.rules(house) == ()
    with pytest.raises(Absent):
        keep_rules.find(house, rule)


def test_a_field_in_use_is_put_out_of_use_and_never_deleted_nor_misread(house: House, admin: Browser) -> None:
    key = fields.field(house, "City")
    number = pages.request(house, "noise")
    page = admin.get(f"/settings/fields/remove?key={key}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    wish = Wish(record_id=number, values={key: "Perm"}, viewer=fields.AGENT)
    save_request.save(house, wish, now=fields.NOW)

    kept = admin.post("/settings/fields/remove", key=key, seen=seen)
    typed = admin.post(
        "/settings/fields/edit", key=key, seen=seen, label="City", type="money", position="0", active="on"
    )
    listed = admin.post("/settings/fields/edit", key=key, seen=seen, label="City", type="list", choices="Perm\nOmsk")

    assert "requests hold values in it" in kept.text
    assert "requests hold values of another type in it" in typed.text.lower()
    assert listed.status_code == 200
    found = keep_fields.find(house, key)
    assert (found.type, found.choices, found.active) == (Type.LIST, ("Perm", "Omsk"), False)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "Город"}, "write Latin letters"),
        ({"name": "City"}, "another field has this key"),
        ({"label": ""}, "is empty: say how people call it"),
        ({"label": "Priority"}, "another field is called so"),
        ({"type": "reference"}, "say what it points at"),
        ({"type": "multi_list", "choices": "a;b"}, "no semicolon may stand"),
        ({"section": "nowhere"}, "is not in the list any more"),
    ],
)
def test_what_no_field_can_be_is_refused_at_its_place(
    house: House, admin: Browser, typed: dict[str, Any], words: str
) -> None:
    fields.field(house, "City")
    admin.get("/settings/fields/new")

    answer = admin.post("/settings/fields/edit", **{"name": "New", "label": "New", "type": "text", **typed})

    assert answer.status_code == 422
    assert words in answer.text.lower().replace("write latin", "write Latin")


def test_own_fields_are_named_placed_and_given_values_but_neither_retyped_nor_deleted(
    house: House, admin: Browser
) -> None:
    page = admin.get("/settings/fields/edit?key=priority").text
    seen = page.split('name="seen" value="')[1].split('"')[0]

    admin.post(
        "/settings/fields/edit",
        key="priority",
        seen=seen,
        label="Urgency",
        type="text",
        choices="low\nhigh",
        position="3",
        active="on",
    )

    found = keep_fields.find(house, "priority")
    assert (found.label, found.type, found.choices) == ("Urgency", Type.LIST, ("low", "high"))
    number = pages.request(house, "noise")
    wish = Wish(record_id=number, values={"priority": "odd"}, viewer=fields.AGENT)
    with pytest.raises(Unsaved, match="Urgency: 'odd' is not among its values: choose one of low, high"):
        save_request.save(house, wish, now=fields.NOW)


def test_a_section_with_fields_is_kept(house: House, admin: Browser) -> None:
    admin.get("/settings/sections/new")
    admin.post("/settings/sections/edit", code="device", label="Device", position="10")
    fields.field(house, "Serial", section="device")
    page = admin.get("/settings/sections/remove?key=device").text

    answer = admin.post(
        "/settings/sections/remove", key="device", seen=page.split('name="seen" value="')[1].split('"')[0]
    )

    assert "fields stand in it (1)" in answer.text
    assert keep_sections.find(house, "device").label == "Device"


def test_stages_are_made_named_and_paused_and_closed_ones_stay_closed(house: House, admin: Browser) -> None:
    admin.get("/settings/stages/new")
    admin.post("/settings/stages/edit", code="checked", label="Checked", closed="on", position="50")
    page = admin.get("/settings/stages/edit?key=working").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    change: dict[str, Any] = {"key": "working", "seen": seen, "label": "At work", "pauses": "on", "position": "20"}

    asked = admin.post("/settings/stages/edit", **change)
    admin.post("/settings/stages/edit", agreed="yes", **change)

    assert "go on as they began" in asked.text
    assert keep_stages.find(house, "checked").closed
    working = keep_stages.find(house, "working")
    assert (working.label, working.pauses, working.closed) == ("At work", True, False)


def test_a_stage_without_a_place_is_not_where_new_requests_begin(house: House, admin: Browser) -> None:
    admin.get("/settings/stages/new")
    admin.post("/settings/stages/edit", code="abroad", label="Abroad", position="")
    admin.post("/settings/stages/edit", code="dropped", label="Dropped", closed="on", position="")

    codes = [one.code for one in keep_stages.stages(house)]

    assert codes == ["new", "working", "waiting", "abroad", "closed", "dropped"]


def test_open_stages_that_nothing_leads_out_of_are_named(admin: Browser) -> None:
    admin.get("/settings/transitions")
    seen = admin.get("/settings/transitions").text.split('name="seen" value="')[1].split('"')[0]

    page = admin.post("/settings/transitions", seen=seen, way=["new\nworking", "working\nclosed"]).text

    assert "so requests stay there: Ждём клиента." in page


def test_ways_are_ticked_in_a_table_and_none_of_them_means_all(house: House, admin: Browser) -> None:
    def seen() -> str:
        return admin.get("/settings/transitions").text.split('name="seen" value="')[1].split('"')[0]

    assert "All ways are open now." in admin.get("/settings/transitions").text
    first = seen()
    admin.post("/settings/transitions", seen=first, way=["new\nworking", "working\nclosed"])
    assert keep_rules.ways(house)[1] == {("new", "working"), ("working", "closed")}
    late = admin.post("/settings/transitions", seen=first, way=["new\nclosed"])
    gone = admin.post("/settings/transitions", seen=seen(), way=["new\nnowhere"])
    assert (late.status_code, gone.status_code) == (409, 422)
    admin.post("/settings/transitions", seen=seen(), every="1")
    assert keep_rules.ways(house)[1] == frozenset()


def test_who_only_sees_the_settings_changes_nothing(house: House, browser: Browser) -> None:
    rule = fields.require(house, "priority")
    pages.login(house, "head", Role.HEAD)
    browser.sign_in("head")

    shown = browser.get(f"/settings/rules/edit?key={rule}")

    assert shown.status_code == 200
    assert "disabled" in shown.text
    assert browser.post("/settings/rules/edit", key=rule, field="contact", effect="hide").status_code == 403
    assert browser.post("/settings/transitions", way=["new\nworking"]).status_code == 403
    assert browser.get("/settings/rules/edit?key=99").status_code == 404


def test_a_field_gets_an_index_and_gives_it_back_eight_have_one_at_most(house: House, admin: Browser) -> None:
    keys = [fields.field(house, f"City {number}") for number in range(9)]
    admin.get(f"/settings/fields/edit?key={keys[0]}")

    built = [admin.post("/settings/fields/index", key=key) for key in keys]
    back = admin.post("/settings/fields/unindex", key=keys[0])

    assert "The index is built" in built[0].text
    assert "Take the index back" in built[0].text
    assert "Eight fields have an index already" in built[8].text
    assert "Build the index" in back.text
    assert admin.post("/settings/fields/index", key="priority").status_code == 404
    refused = admin.post(
        "/settings/fields/remove", key=keys[1], seen=seen_of(admin, f"/settings/fields/remove?key={keys[1]}")
    )
    assert "it has an index: take that back first" in refused.text.lower()


def seen_of(browser: Browser, path: str) -> str:
    return browser.get(path).text.split('name="seen" value="')[1].split('"')[0]
