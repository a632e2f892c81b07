"""What is said on a request by the API: timeline, comments, letters, work, products; clients, fields, reports."""

from typing import Any

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.crm import vocabulary
from caseline.crm.clients import FIELDS, Entity
from caseline.crm.vocabulary import Type
from caseline.people.rights import Role
from caseline.reports.questions import Report
from tests.factories import catalogues, fields, programs
from tests.factories.request_cards import PNG, Staff, mail


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


@pytest.fixture
def caller(house: House, desk: str) -> httpx.Client:
    return programs.program(house, desk, Role.HEAD)


def test_the_timeline_tells_messages_and_events_part_by_part(staff: Staff, caller: httpx.Client) -> None:
    number = staff.opened(mail("Hello there\n", files=(("a.png", "image/png", PNG),)))
    made = caller.post(f"/requests/{number}/comments", json={"text": "For us"}).json()["message"]

    whole = caller.get(f"/requests/{number}/timeline", params={"limit": 200}).json()
    parts: list[Any] = []
    start: int | None = 0
    while start is not None:
        part = caller.get(f"/requests/{number}/timeline", params={"start": start, "limit": 1}).json()
        parts += part["lines"]
        start = part["next"]

    assert parts == whole["lines"]
    assert len(parts) == whole["total"]
    letter = next(one for one in parts if one["kind"] == "mail_in")
    assert letter["said"].strip() == "Hello there"
    assert [one["name"] for one in letter["files"]] == ["a.png"]
    comment = next(one for one in parts if one["message"] == made)
    assert (comment["said"], comment["public"], comment["by"]) == ("For us", False, "program-head")
    assert any(one["kind"] == "event" and one["said"] for one in parts)


def test_a_letter_to_the_client_is_queued_and_says_so(staff: Staff, caller: httpx.Client) -> None:
    number = staff.opened(mail())

    answer = caller.post(f"/requests/{number}/replies", json={"text": "We are on it"})

    assert answer.status_code == 201
    assert answer.json()["letter"]["state"] == "queued"
    assert staff.query("SELECT state FROM outbox.letter WHERE id = :id", id=answer.json()["letter"]["id"]) == [
        ("queued",)
    ]
    empty = caller.post(f"/requests/{number}/replies", json={"text": " "}, headers={"Accept-Language": "ru"})
    assert empty.status_code == 422
    assert empty.json()["detail"].startswith("Текст")


def test_work_is_given_listed_and_ended(staff: Staff, caller: httpx.Client) -> None:
    person = staff.person("Boris")
    number = staff.opened(mail())

    inside = caller.post(f"/requests/{number}/assignments", json={"title": "Look", "text": "There", "person": person})
    outside = caller.post(
        f"/requests/{number}/assignments", json={"title": "Mend", "text": "It", "contact": "Outsider <o@out.example>"}
    )
    nobody = caller.post(f"/requests/{number}/assignments", json={"title": "Mend", "text": "It"})

    assert (inside.json()["letter"], outside.json()["letter"] is None) == (None, False)
    assert nobody.status_code == 422
    found = caller.get(f"/requests/{number}/assignments").json()["assignments"]
    assert [(one["worker"], one["state"]) for one in found] == [("Boris", "open"), ("Outsider", "open")]
    ended = caller.post(f"/assignments/{found[0]['id']}/end", json={"state": "done", "remark": "Done it"})
    assert ended.json()["state"] == "done"
    assert caller.post(f"/assignments/{found[0]['id']}/end", json={}).status_code == 422
    assert "Done it" in staff.texts(number)


def test_products_are_looked_up_chosen_and_taken_away(house: House, staff: Staff, caller: httpx.Client) -> None:
    number = staff.opened(mail())
    (pump,) = catalogues.brought(house, "Насосы / НЦ-45")

    (top,) = caller.get("/products").json()["products"]
    (below,) = caller.get("/products", params={"under": top["id"]}).json()["products"]
    (hit,) = caller.get("/products", params={"q": "нц-45"}).json()["products"]

    assert (below["id"], hit["path"]) == (pump, ["Насосы", "НЦ-45"])
    added = caller.post(f"/requests/{number}/products", json={"product": pump}).json()
    assert [one["id"] for one in added["products"]] == [pump]
    assert caller.get(f"/requests/{number}/products").json() == added
    assert caller.delete(f"/requests/{number}/products/{pump}").json()["products"] == []
    assert caller.post(f"/requests/{number}/products", json={"product": 999}).status_code == 422
    assert caller.get("/products", params={"under": 999}).status_code == 404


@pytest.mark.parametrize("entity", Entity)
def test_clients_are_made_found_and_changed_and_the_second_of_two_is_told(
    staff: Staff, caller: httpx.Client, entity: Entity
) -> None:
    home = {Entity.COMPANY: "/companies", Entity.CONTACT: "/contacts"}[entity]
    staff.query(
        "INSERT INTO crm.field_definition (entity, name, type, label) VALUES (:entity, 'Size', 'integer', 'Size')",
        entity=entity.value,
    )
    made = [
        caller.post(home, json={"values": {"name": name, "email": f"{name}@x.example"}, "extra": {"Size": 7}}).json()[
            "id"
        ]
        for name in ("alpha", "beta", "gamma")
    ]

    first = caller.get(home, params={"limit": 2}).json()
    second = caller.get(home, params={"limit": 2, "after": first["next"]}).json()
    shown = caller.get(f"{home}/{made[0]}").json()

    assert [one["id"] for one in first["found"] + second["found"]] == made
    assert second["next"] is None
    assert [one["id"] for one in caller.get(home, params={"q": "bet"}).json()["found"]] == [made[1]]
    assert (shown["values"]["name"], shown["extra"]) == ("alpha", {"Size": 7})
    change = {"version": shown["version"], "values": {"name": "Alpha & Sons"}}
    assert caller.patch(f"{home}/{made[0]}", json=change).json()["values"]["email"] == "alpha@x.example"
    assert caller.patch(f"{home}/{made[0]}", json={**change, "values": {"name": "x"}}).status_code == 409
    wrong = caller.post(home, json={"values": {"name": 5, "colour": "red"}, "extra": {"Size": "big", "No": 1}})
    assert [one["field"] for one in wrong.json()["errors"]] == ["name", "colour", "extra.Size", "extra.No"]
    assert caller.post(home, json={"values": {"name": " "}}).status_code == 422
    assert caller.get(home, params={"after": "nonsense"}).status_code == 422
    assert set(shown["values"]) == {one.name for one in FIELDS[entity]}


def test_fields_tell_what_requests_can_hold(house: House, caller: httpx.Client) -> None:
    fields.field(house, "Colour", Type.LIST, choices=("red", "blue"))

    found = {one["key"]: one for one in caller.get("/fields", headers={"Accept-Language": "ru"}).json()["fields"]}

    assert found["subject"]["label"] == "Тема"
    assert found["extra.Colour"]["choices"] == ["red", "blue"]
    assert (found["number"]["writable"], found["extra.Colour"]["writable"]) == (False, True)
    assert found["company"]["to"] == "company"
    assert set(found) >= {one.name for one in vocabulary.ENTITIES[vocabulary.REQUEST]}


@pytest.mark.parametrize("report", Report)
def test_reports_tell_their_figures_and_what_was_asked_wrongly(
    staff: Staff, caller: httpx.Client, report: Report
) -> None:
    staff.opened(mail())

    found = caller.get(f"/reports/{report}", params={"period": "this_year"}).json()

    assert found["report"] == report
    if report is Report.FLOW:
        assert found["total"]["counts"]["created"] == 1
    if report is Report.BACKLOG:
        assert sum(found["total"]["counts"].values()) == 1
    assert caller.get(f"/reports/{report}", params={"period": "whenever"}).status_code == 422
    assert caller.get(f"/reports/{report}", params={"first": "2026-02-30"}).status_code == 422
    other = "stage" if report is Report.FLOW else "entry" if report is not Report.ENTRIES else "group"
    assert caller.get(f"/reports/{report}", params={"by": other}).status_code == 422
