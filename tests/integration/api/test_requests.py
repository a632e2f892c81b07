"""Requests by the API: lists, one, opened, changed, moved, many at once; and what is said when that cannot be."""

import base64
import json
from typing import Any

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.crm import clients
from caseline.crm.vocabulary import Type
from caseline.people.rights import Role
from tests.factories import fields, pages, programs
from tests.factories.request_cards import Staff


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


@pytest.fixture
def caller(house: House, desk: str) -> httpx.Client:
    return programs.program(house, desk, Role.AGENT)


def opened(caller: httpx.Client, **values: object) -> int:
    answer = caller.post("/requests", json={"values": {"subject": "Pump", **values}})
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def test_a_request_is_opened_shown_and_changed_with_its_types(house: House, caller: httpx.Client) -> None:
    fields.field(house, "Amount", Type.MONEY)
    fields.field(house, "Tags", Type.MULTI_LIST, choices=("a", "b"))
    fields.field(house, "Visit", Type.DATETIME)
    company = fields.company(house, "ООО Ромашка")
    pages.category(house, "repair")
    number = opened(caller, category="repair", company=company, **{"extra.Amount": 1250.5, "extra.Tags": ["a", "b"]})

    shown = caller.get(f"/requests/{number}").json()

    assert (shown["version"], shown["stage"]["code"], shown["open"]) == (1, "new", True)
    assert shown["values"]["company"] == {"id": company, "name": "ООО Ромашка"}
    assert shown["values"]["extra.Amount"] == 1250.5
    assert shown["values"]["extra.Tags"] == ["a", "b"]
    assert shown["deadline"]["overdue"] is False
    sent = {"extra.Visit": "2026-03-31T11:30:00Z", "extra.Amount": None, "subject": "Valve"}
    saved = caller.patch(f"/requests/{number}", json={"version": shown["version"], "values": sent}).json()
    assert saved["changed"] == ["extra.Amount", "extra.Visit", "subject"]
    now = caller.get(f"/requests/{number}").json()
    assert now["version"] == saved["version"] > shown["version"]
    assert now["values"]["extra.Visit"] == "2026-03-31T11:30:00.000Z"
    assert now["values"]["extra.Amount"] is None


def test_all_that_is_wrong_is_told_by_field_in_the_language_of_the_caller(house: House, caller: httpx.Client) -> None:
    amount, city = fields.field(house, "Amount", Type.INTEGER), fields.field(house, "City")
    number = opened(caller)
    fields.require(house, city)

    told = {}
    for language in ("en", "ru"):
        answer = caller.patch(
            f"/requests/{number}",
            json={"version": 1, "values": {amount: "many", "subject": "Other", "nowhere": 1}},
            headers={"Accept-Language": language},
        )
        assert answer.status_code == 422
        told[language] = {one["field"]: one["message"] for one in answer.json()["errors"]}

    assert set(told["en"]) == set(told["ru"]) == {amount, city, "nowhere"}
    assert "is no number" in told["en"][amount]
    assert "не число" in told["ru"][amount]
    assert caller.get(f"/requests/{number}").json()["values"]["subject"] == "Pump"


def test_the_second_of_two_is_told_what_the_first_has_changed(caller: httpx.Client) -> None:
    number = opened(caller)
    assert caller.patch(f"/requests/{number}", json={"version": 1, "values": {"subject": "A"}}).status_code == 200

    late = {"version": 1, "values": {"subject": "B"}, "base": {"subject": "Pump"}}
    answer = caller.patch(f"/requests/{number}", json=late)

    assert answer.status_code == 409
    (difference,) = answer.json()["differences"]
    assert (
        difference["field"],
        difference["base"],
        difference["yours"],
        difference["theirs"],
        difference["conflict"],
    ) == (
        *("subject", "Pump", "B", "A"),
        True,
    )
    again = {**late, "version": answer.json()["version"]}
    assert caller.patch(f"/requests/{number}", json=again).json()["changed"] == ["subject"]
    stage = caller.post(f"/requests/{number}/stage", json={"stage": "working", "version": 1})
    assert stage.status_code == 409


def test_a_stage_is_changed_and_refuses_what_lacks_something(house: House, caller: httpx.Client) -> None:
    city = fields.field(house, "City")
    number = opened(caller)
    fields.require(house, city, "stage", "closed")

    refused = caller.post(f"/requests/{number}/stage", json={"stage": "closed", "version": 1})
    moved = caller.post(f"/requests/{number}/stage", json={"stage": "working", "version": 1})

    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [city]
    assert moved.json()["stage"] == "working"
    nowhere = caller.post(f"/requests/{number}/stage", json={"stage": "nowhere", "version": moved.json()["version"]})
    assert nowhere.status_code == 422


def test_a_list_is_read_part_by_part_and_every_part_is_another(house: House, caller: httpx.Client) -> None:
    city = fields.field(house, "City")
    numbers = [opened(caller, subject=f"Pump {place}", **{city: "Tver"}) for place in range(5)]
    opened(caller, subject="Elsewhere", **{city: "Omsk"})
    asked: dict[str, Any] = {"w": [f"{city}:in:Tver", "open::"], "sort": "created_at", "limit": 2, "column": city}

    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        part = caller.get("/requests", params={**asked, **after}).json()
        found += part["requests"]
        if part["next"] is None:
            break
        after = {"after": part["next"]}

    assert [one["id"] for one in found] == numbers
    assert {one["values"][city] for one in found} == {"Tver"}
    other = caller.get("/requests", params={"w": "open::", **after})
    assert [one["field"] for one in other.json()["errors"]] == ["after"]


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"w": ["nowhere:in:1", "open::"]}, "w", "nowhere:in:1"),
        ({"w": "created_at:from:yesterdayish"}, "w", "created_at"),
        ({"sort": "-nowhere"}, "sort", "nowhere"),
        ({"column": "extra.Nowhere"}, "column", "extra.Nowhere"),
        ({"limit": "0"}, "limit", "greater"),
        ({"colour": "red"}, "colour", ""),
    ],
)
def test_a_list_that_was_asked_for_wrongly_is_no_shorter_list(
    caller: httpx.Client, asked: dict[str, str], field: str, said: str
) -> None:
    opened(caller)

    answer = caller.get("/requests", params=asked)

    assert answer.status_code == 422
    (wrong,) = answer.json()["errors"]
    assert wrong["field"] == field
    assert said in wrong["message"]


def test_what_is_searched_for_is_found_by_its_number_at_once(caller: httpx.Client) -> None:
    number = opened(caller, number="AB-77")
    opened(caller)

    found = caller.get("/requests", params={"q": "AB-77"}).json()

    assert [one["id"] for one in found["requests"]] == [number]
    assert found["search"] is not None


def test_many_are_changed_each_by_itself(house: House, caller: httpx.Client) -> None:
    city = fields.field(house, "City")
    pages.category(house, "repair")
    lacking, whole = opened(caller), opened(caller, **{city: "Tver"})
    fields.require(house, city)
    group = fields.group(house, "Line")

    sent = {"requests": [lacking, whole, 999], "category": "repair", "group": group}
    answer = caller.post("/requests/bulk", json=sent)

    told = {one["id"]: (one["result"], bool(one["reasons"])) for one in answer.json()["results"]}
    assert told == {lacking: ("refused", True), whole: ("done", False), 999: ("absent", False)}
    assert caller.post("/requests/bulk", json={"requests": [whole]}).status_code == 422
    assert caller.get(f"/requests/{whole}").json()["values"]["group"] == {"id": group, "name": "Line"}


def test_the_same_call_twice_with_a_key_is_done_once(staff: Staff, caller: httpx.Client) -> None:
    number = opened(caller)
    key = {"Idempotency-Key": "night-1"}

    answers = [
        caller.post(path, json=body, headers=key).status_code
        for path, body in (
            ("/requests", {"values": {"subject": "Once"}}),
            (f"/requests/{number}/comments", {"text": "once"}),
        )
        for _ in range(2)
    ]

    assert answers == [201, 409, 201, 409]
    assert staff.texts(number) == ["once"]
    assert len(staff.query("SELECT id FROM crm.record WHERE subject = 'Once'")) == 1
    assert caller.post("/requests", json={"values": {}}, headers={"Idempotency-Key": "x" * 201}).status_code == 422


def test_a_refused_call_with_a_key_may_be_mended_and_sent_again(caller: httpx.Client) -> None:
    key = {"Idempotency-Key": "night-2"}

    answers = [
        caller.post("/requests", json={"values": values}, headers=key).status_code
        for values in ({"subject": "x", "category": "nowhere"}, {"subject": "x"})
    ]

    assert answers == [422, 201]


@pytest.mark.parametrize(("path", "sort"), [("/companies", {}), ("/requests", {"sort": ["company", "subject"]})])
def test_lists_go_on_after_names_as_long_as_a_name_may_be(
    house: House, caller: httpx.Client, path: str, sort: dict[str, list[str]]
) -> None:
    for letter in "абв":
        company = fields.company(house, letter * clients.LONGEST)
        opened(caller, company=company, subject=letter * 200)
    found, place = [], None
    for _ in range(5):
        part = caller.get(path, params={"limit": 1, **sort, **({"after": place} if place else {})})
        assert part.status_code == 200, part.text
        found += [one["id"] for one in part.json()["found" if path == "/companies" else "requests"]]
        place = part.json()["next"]
        if place is None:
            break

    assert len(set(found)) == len(found) == 3


@pytest.mark.parametrize("key", ["\ud800", "a\0b"])
def test_a_place_in_a_list_of_clients_that_no_name_can_have_is_none(caller: httpx.Client, key: str) -> None:
    place = base64.urlsafe_b64encode(json.dumps([key, 5]).encode()).decode()

    assert caller.get("/companies", params={"after": place}).status_code == 422
    assert caller.get("/contacts", params={"after": place}).status_code == 422
