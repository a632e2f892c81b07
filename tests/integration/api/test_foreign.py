"""Whoever sees the requests of own groups only: calls about others are answered as calls about what there is not."""

import re
from typing import Any, Final

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.web.api.endpoints import ENDPOINTS
from tests.factories import catalogues, clients, programs
from tests.factories.request_cards import Staff, mail

ABSENT: Final = 999_999
OPEN_TO_ALL: Final = {"/companies/{id:key}", "/contacts/{id:key}"}
"""Clients are no secrets of a group."""
BODIES: Final[dict[str, Any]] = {
    "/requests/{id:key}": {"version": 1, "values": {"subject": "mine"}},
    "/requests/{id:key}/stage": {"version": 1, "stage": "working"},
    "/requests/{id:key}/comments": {"text": "mine"},
    "/requests/{id:key}/replies": {"text": "mine"},
    "/requests/{id:key}/assignments": {"title": "mine", "text": "mine", "contact": "o@out.example"},
    "/requests/{id:key}/products": {"product": 1},
    "/assignments/{id:key}/end": {},
}


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


@pytest.fixture
def foreign(house: House, desk: str, staff: Staff) -> tuple[httpx.Client, int, int]:
    """(a program that sees one group, a request of another one, an assignment of that request)."""
    mine, theirs = staff.group("Mine"), staff.group("Theirs")
    staff.person("Petr", mine, login="petr", role=Role.HEAD, scope="groups")
    boris = staff.person("Boris", theirs)
    number = staff.opened(mail("A secret matter\n", subject="Secret"))
    (pump,) = catalogues.brought(house, "Насосы / НЦ-45")
    boss = programs.program(house, desk)
    boss.post(f"/requests/{number}/products", json={"product": pump})
    work = boss.post(f"/requests/{number}/assignments", json={"title": "t", "text": "t", "person": boris}).json()
    staff.give(number, theirs, boris)
    return programs.calling(desk, programs.token(house, "petr")), number, work["assignment"]["id"]


def test_every_call_about_a_foreign_request_is_answered_as_about_none(
    staff: Staff, foreign: tuple[httpx.Client, int, int]
) -> None:
    caller, number, work = foreign
    before = (staff.query("SELECT * FROM crm.record"), staff.query("SELECT count(*) FROM crm.message"))
    tried = [one for one in ENDPOINTS if "{id:key}" in one.path and one.path not in OPEN_TO_ALL]
    assert tried

    for one in tried:
        answers = []
        for meant in (work if one.path.startswith("/assignments") else number, ABSENT):
            path = re.sub(r"{\w+:key}", "1", one.path.replace("{id:key}", str(meant)))
            body = BODIES[one.path] if one.body is not None else None
            answers.append(caller.request(one.method, path, json=body))
        assert [answer.status_code for answer in answers] == [404, 404], (one.method, one.path)
        assert answers[0].content == answers[1].content, one.path

    assert (staff.query("SELECT * FROM crm.record"), staff.query("SELECT count(*) FROM crm.message")) == before


def test_lists_bulk_changes_references_and_reports_know_nothing_of_it(foreign: tuple[httpx.Client, int, int]) -> None:
    caller, number, _work = foreign
    own = caller.post("/requests", json={"values": {"subject": "Own", "group": "Mine"}}).json()["id"]

    listed = caller.get("/requests").json()["requests"]
    searched = caller.get("/requests", params={"q": "secret"}).json()["requests"]
    bulk = caller.post("/requests/bulk", json={"requests": [number, ABSENT], "group": 1}).json()["results"]
    parents = [
        caller.patch(f"/requests/{own}", json={"version": 1, "values": {"parent": meant}}) for meant in (number, ABSENT)
    ]
    flow = caller.get("/reports/flow", params={"period": "this_year"}).json()["total"]["counts"]

    assert [one["id"] for one in listed] == [own]
    assert searched == []
    assert [one["result"] for one in bulk] == ["absent", "absent"]
    assert [answer.status_code for answer in parents] == [422, 422]
    assert parents[0].text.replace(str(number), "N") == parents[1].text.replace(str(ABSENT), "N")
    assert flow["created"] == 1


def test_a_foreign_request_is_not_told_by_a_reference_to_it(
    staff: Staff, foreign: tuple[httpx.Client, int, int]
) -> None:
    caller, number, _work = foreign
    own = caller.post("/requests", json={"values": {"subject": "Own", "group": "Mine"}}).json()["id"]
    staff.query("UPDATE crm.record SET parent_id = :parent WHERE id = :id", parent=number, id=own)

    shown = caller.get(f"/requests/{own}").json()
    listed = caller.get("/requests").json()["requests"]

    assert shown["values"]["parent"] is None
    assert listed[0]["values"]["parent"] is None


def test_clients_are_seen_by_everybody_who_sees_requests(house: House, foreign: tuple[httpx.Client, int, int]) -> None:
    caller = foreign[0]
    number = clients.company(house, "Open to all")

    assert caller.get(f"/companies/{number}").status_code == 200
