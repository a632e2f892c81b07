"""Calls that change nothing: lost answers are asked for again, lists are walked to their end."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from caseline.crm.bitrix24.answers import Done, Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.inspection import Inspection
from caseline.crm.findings import Level
from caseline.crm.port import TryLater
from tests.factories import portal_steps as script
from tests.factories.portal_clock import Bench
from tests.factories.portal_steps import Step
from tests.factories.scripted_portal import No

LOST: dict[str, Step] = {
    "unread": script.unread,
    "reset": script.reset(executed=True),
    "cut": script.cut,
    "broken off": script.broken_off,
    "page": script.html(200),
    "redirect": script.html(302, more="Location: /rest/1/x/\r\n"),
    "500": script.html(500),
    "503 page": script.html(503),
    "INTERNAL_SERVER_ERROR": script.fault(500, "INTERNAL_SERVER_ERROR"),
    "QUERY_LIMIT_EXCEEDED": script.fault(503, "QUERY_LIMIT_EXCEEDED"),
    "OPERATION_TIME_LIMIT": script.fault(429, "OPERATION_TIME_LIMIT"),
    "429": script.html(429),
}
STOPPING: dict[str, Step] = {
    "401": script.fault(401, "NO_AUTH_FOUND"),
    "403": script.fault(403, "insufficient_scope"),
    "404": script.html(404),
    "method": script.fault(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
    "overload": script.fault(503, "OVERLOAD_LIMIT"),
}
GETS = {f"k{n}": Call("crm.lead.get", {"ID": n}) for n in range(4)}


def answer(_method: str, params: dict[str, Any]) -> dict[str, str]:
    return {"ID": str(params["ID"])}


@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_is_asked_for_again(table: Bench, portal: Portal, name: str) -> None:
    table.server.answers = answer
    table.server.script.extend([LOST[name]] * 3)

    assert portal.read("crm.lead.get", {"ID": 5}) == Done({"ID": "5"})
    table.server.script.extend([LOST[name]] * 3)
    assert portal.read_many(GETS) == {f"k{n}": Done({"ID": str(n)}) for n in range(4)}


def test_a_check_waits_for_a_portal_no_longer_than_somebody_looks(table: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        table.server.port = door.getsockname()[1]

    with table.client() as portal:
        found = Inspection(portal, imports=True, now=lambda: datetime.now(UTC)).reach()

    assert (found.level, "cannot be reached" in found.text) == (Level.ERROR, True)
    assert "CASELINE_BITRIX24_URL" in found.remedy
    assert 10 < sum(table.time.slept) <= 20


@pytest.mark.parametrize("name", ["reset", "500", "page"])
def test_answers_that_are_lost_again_and_again(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.extend([LOST[name]] * 100)

    with pytest.raises(TryLater, match=r"crm\.lead\.get"):
        portal.read("crm.lead.get", {"ID": 5})
    assert len(table.server.asked) == portal.options.doubts
    with pytest.raises(TryLater, match="does not answer"):
        portal.read_many(GETS)


def test_a_portal_that_never_has_time(table: Bench, portal: Portal) -> None:
    table.server.script.extend([LOST["QUERY_LIMIT_EXCEEDED"]] * 200)

    with pytest.raises(TryLater, match="QUERY_LIMIT_EXCEEDED"):
        portal.read("crm.lead.get", {"ID": 5})
    with pytest.raises(TryLater, match="QUERY_LIMIT_EXCEEDED"):
        portal.read_many(GETS)


def test_a_read_that_is_held_ends(table: Bench) -> None:
    table.server.script.extend([script.hold] * 2)
    with table.client(ceiling=0.2, margin=0.1, doubts=2) as portal, pytest.raises(TryLater, match="NO_ANSWER"):
        portal.read("profile")


@pytest.mark.parametrize("name", STOPPING)
def test_what_needs_somebody_stops_at_once(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.append(STOPPING[name])
    with pytest.raises(PortalStopped):
        portal.read("crm.lead.get", {"ID": 5})
    table.server.script.append(STOPPING[name])
    with pytest.raises(PortalStopped):
        portal.read_many(GETS)
    assert len(table.server.asked) == 2


def test_refusals(table: Bench, portal: Portal) -> None:
    table.server.script.append(script.fault(400, "", "Not found"))
    with pytest.raises(PortalRefused, match="Not found") as refused:
        portal.read("crm.lead.get", {"ID": 5})
    assert (refused.value.code, refused.value.text) == ("", "Not found")

    table.server.answers = lambda _method, params: No("", "Not found") if params["ID"] == "2" else "yes"
    assert portal.read_many(GETS) == {
        "k0": Done("yes"),
        "k1": Done("yes"),
        "k2": Refused("", "Not found"),
        "k3": Done("yes"),
    }


def test_only_what_is_in_doubt_is_asked_for_again(table: Bench, portal: Portal) -> None:
    maps = {"result": {"c0": "yes", "c3": "yes"}, "result_error": []}
    table.server.script.append(script.says(200, {"result": maps}))
    table.server.answers = lambda _method, _params: "yes"

    assert list(portal.read_many(GETS).values()) == [Done("yes")] * 4
    assert table.server.batches() == [4, 2]


def test_total_next_and_the_portals_clock(table: Bench, portal: Portal) -> None:
    assert str(portal.clock) == "None"
    said = {"result": [], "total": 654, "next": 50, "time": {"finish": 1724916874.5}}
    table.server.script.append(script.says(200, said))

    assert portal.read("crm.lead.list") == Done([], 654, 50)
    assert str(portal.clock) == "2024-08-29 07:34:34.500000+00:00"


def rows(count: int, name: str = "ID") -> Callable[[str, dict[str, Any]], object]:
    """A list of a classic method, or of crm.item.*."""

    def answers(_method: str, params: dict[str, Any]) -> object:
        above = int(params["filter"][f">{name}"])
        found = [{name: str(n) if name == "ID" else n} for n in range(3, 3 * count + 1, 3) if n > above]
        return found[:50] if name == "ID" else {"items": found[:50]}

    return answers


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 120])
def test_a_list_is_walked_to_its_end(table: Bench, portal: Portal, count: int) -> None:
    table.server.answers = rows(count)
    found = [int(row["ID"]) for page in portal.walk("crm.lead.list", {"select": ["TITLE"]}) for row in page]
    assert found == [3 * n for n in range(1, count + 1)]

    table.server.answers = rows(count, "id")
    found = [row["id"] for page in portal.walk("crm.item.list", {"entityTypeId": 1}, after=6) for row in page]
    assert found == [3 * n for n in range(3, count + 1)]
    assert {params["start"] for method, params in table.server.executed if method == "crm.item.list"} <= {-1, "-1"}


def test_the_filter_of_a_walk_stays(table: Bench, portal: Portal) -> None:
    table.server.answers = rows(1)
    list(portal.walk("crm.lead.list", {"select": ["TITLE", "ID"], "filter": {"=ORIGINATOR_ID": "SF"}}))

    assert table.server.asked[0].params == {
        "select": ["ID", "TITLE"],
        "filter": {"=ORIGINATOR_ID": "SF", ">ID": 0},
        "order": {"ID": "ASC"},
        "start": -1,
    }


def test_a_walk_survives_a_lost_page(table: Bench, portal: Portal) -> None:
    table.server.answers = rows(120)
    table.server.script.extend([script.well, script.cut, script.reset(executed=True)])

    assert sum(len(page) for page in portal.walk("crm.lead.list")) == 120


@pytest.mark.parametrize("ids", [[1, 2], [9, 7], [6, 6]], ids=["not filtered", "not ordered", "twice"])
def test_a_list_that_cannot_be_walked_is_not_cut_short(table: Bench, portal: Portal, ids: list[int]) -> None:
    table.server.answers = lambda _method, _params: [{"ID": number} for number in ids]

    with pytest.raises(PortalStopped, match="to its end"):
        list(portal.walk("crm.lead.list", after=3))


@pytest.mark.parametrize(
    "value", [True, "text", [1], {"items": {"7": {"ID": 9}}}, [{"NAME": "x"}], [{"ID": "x"}]], ids=repr
)
def test_an_answer_without_rows_is_not_an_empty_list(table: Bench, portal: Portal, value: object) -> None:
    table.server.answers = lambda _method, _params: value

    with pytest.raises(PortalRefused, match="the answer holds"):
        list(portal.walk("crm.lead.list"))


@pytest.mark.parametrize("value", [[], {}, {"items": []}], ids=repr)
def test_an_empty_list_is_one(table: Bench, portal: Portal, value: object) -> None:
    table.server.answers = lambda _method, _params: value

    assert list(portal.walk("crm.lead.list")) == []
