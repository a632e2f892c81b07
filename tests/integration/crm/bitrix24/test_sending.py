"""Calls that write: each fault of the wire and of the portal, what is said of each call, and what the server executed."""

import socket
from collections import Counter

import pytest

from caseline.crm.bitrix24.answers import Done, Refused, Unknown
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.port import TryLater
from tests.factories import portal_steps as script
from tests.factories.portal_clock import ADD, Bench, calls, executed, kinds
from tests.factories.portal_steps import Step
from tests.factories.scripted_portal import No

LOST: dict[str, Step] = {
    "reset before reading": script.unread,
    "reset, not executed": script.reset(executed=False),
    "reset, executed": script.reset(executed=True),
    "cut JSON": script.cut,
    "broken off": script.broken_off,
    "page of 200": script.html(200),
    "empty 200": script.says(200, b"", executed=True),
    "302": script.html(302, more="Location: https://other.example/rest/7/x/batch\r\n"),
    "500 page": script.html(500),
    "502 page": script.html(502),
    "503 page": script.html(503),
    "504 page": script.html(504),
    "INTERNAL_SERVER_ERROR": script.fault(500, "INTERNAL_SERVER_ERROR", executed=True),
    "ERROR_UNEXPECTED_ANSWER": script.fault(500, "ERROR_UNEXPECTED_ANSWER", executed=True),
    "no map": script.says(200, {"result": True}, executed=True),
    "empty list": script.says(200, {"result": []}, executed=True),
    "empty maps": script.says(200, {"result": {"result": [], "result_error": []}}, executed=True),
    "too deep": script.says(200, b"[" * 100_000, executed=True),
}
REPEATED: dict[str, Step] = {
    "QUERY_LIMIT_EXCEEDED": script.fault(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"),
    "429": script.fault(429, "OPERATION_TIME_LIMIT"),
    "429 page": script.html(429, executed=False),
}
ENDING: dict[str, Step] = {
    "NO_AUTH_FOUND": script.fault(401, "NO_AUTH_FOUND", "Wrong authorization data"),
    "expired_token": script.fault(401, "expired_token"),
    "401 page": script.html(401, executed=False),
    "403 page": script.html(403, executed=False),
    "404 page": script.html(404, executed=False),
    "INSUFFICIENT_SCOPE": script.fault(403, "insufficient_scope"),
    "ACCESS_DENIED": script.fault(403, "ACCESS_DENIED", "REST API is available only on commercial plans"),
    "OVERLOAD_LIMIT": script.fault(503, "OVERLOAD_LIMIT"),
    "PORTAL_DELETED": script.fault(500, "PORTAL_DELETED"),
    "https": script.fault(400, "INVALID_REQUEST", "Https required"),
}


@pytest.mark.parametrize("name", LOST)
def test_after_a_lost_answer_nothing_of_the_batch_is_sent_again(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.append(LOST[name])

    outcomes = portal.send(calls(12))

    assert kinds(outcomes) == "u" * 10 + "dd"
    assert max(Counter(executed(table)).values()) == 1
    assert executed(table)[-2:] == ["10", "11"]


def test_an_answer_that_never_comes_is_a_lost_one(table: Bench) -> None:
    table.server.script.append(script.hold)
    with table.client(ceiling=0.3, margin=0.1) as portal:
        assert kinds(portal.send(calls(1))) == "u"
    assert executed(table) == ["0"]


def test_after_two_lost_answers_the_rest_is_held(table: Bench, portal: Portal) -> None:
    table.server.script.extend([script.html(502), script.html(502)])

    outcomes = portal.send(calls(25))

    assert kinds(outcomes) == "u" * 20 + "h" * 5
    assert len(table.server.asked) == 2


def test_a_portal_that_answers_rubbish_to_batches_is_not_tried_for_ever(table: Bench, portal: Portal) -> None:
    table.server.script.extend([LOST["empty list"]] * 9)

    assert kinds(portal.send(calls(70))) == "u" * 20 + "h" * 50


@pytest.mark.parametrize("name", REPEATED)
def test_what_was_not_executed_is_sent_again_with_growing_pauses(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.extend([REPEATED[name]] * 3)

    assert kinds(portal.send(calls(3))) == "ddd"
    assert executed(table) == ["0", "1", "2"]
    assert [pause for pause in table.time.slept if pause >= 1][:3] == [1, 2, 4]


@pytest.mark.parametrize("name", REPEATED)
def test_patience_ends(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.extend([REPEATED[name]] * 100)

    with pytest.raises(TryLater, match="takes nothing now"):
        portal.send(calls(3))

    assert executed(table) == []


def test_a_portal_that_cannot_be_reached_has_executed_nothing(table: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        table.server.port = door.getsockname()[1]

    with table.client() as portal, pytest.raises(TryLater, match="cannot be reached"):
        portal.send(calls(1))

    assert sum(table.time.slept) > 800


@pytest.mark.parametrize("name", ENDING)
def test_the_end_of_a_run_tells_what_is_known(table: Bench, portal: Portal, name: str) -> None:
    table.server.script.extend([script.well, ENDING[name]])

    with pytest.raises(PortalStopped) as stopped:
        portal.send(calls(60))

    assert kinds(stopped.value.outcomes) == "d" * 10
    assert len(executed(table)) == 10
    assert len(table.server.asked) == 2


def test_a_command_that_ends_the_run_is_no_fault_of_its_record(table: Bench, portal: Portal) -> None:
    scope = No("insufficient_scope", "no")
    table.server.answers = lambda _method, params: scope if params["fields"]["TITLE"] == "Заявка 1" else None

    with pytest.raises(PortalStopped, match="lacks a scope") as stopped:
        portal.send(calls(3))

    assert set(stopped.value.outcomes) == {"r0", "r2"}


def test_rights_to_one_record_are_its_own_affair_once_the_method_was_taken(table: Bench, portal: Portal) -> None:
    denied = No("ACCESS_DENIED", "no")
    portal.send(calls(1))
    table.server.answers = lambda _method, _params: denied

    assert portal.send(calls(1)) == {"r0": Refused("ACCESS_DENIED", "no")}
    with pytest.raises(PortalStopped):
        portal.send(calls(1, "crm.contact.add"))


def test_each_command_has_its_own_outcome(table: Bench, portal: Portal) -> None:
    said = {
        "Заявка 1": No("", "Not found"),
        "Заявка 2": No("INTERNAL_SERVER_ERROR", "oops"),
        "Заявка 3": No(0, "odd"),
        "Заявка 4": No("CRM_FIELD_ERROR_REQUIRED", "Title"),
    }
    table.server.answers = lambda _method, params: said.get(params["fields"]["TITLE"])

    outcomes = portal.send(calls(6))

    assert list(outcomes.values()) == [
        Done(1),
        Refused("", "Not found"),
        Unknown("INTERNAL_SERVER_ERROR oops"),
        Refused("0", "odd"),
        Refused("CRM_FIELD_ERROR_REQUIRED", "Title"),
        Done(2),
    ]
    assert len(table.server.asked) == 1


def test_a_command_in_neither_map_is_in_doubt(table: Bench, portal: Portal) -> None:
    maps = {"result": {"c0": 5}, "result_error": {"c2": {"error": "", "error_description": "no"}}}
    table.server.script.append(script.says(200, {"result": maps}, executed=True))

    assert kinds(portal.send(calls(3))) == "dur"
    assert executed(table) == ["0", "1", "2"]


def test_a_call_that_is_refused_alone_is_refused(table: Bench, portal: Portal) -> None:
    table.server.script.append(script.fault(400, "", "ID is not defined or invalid."))

    assert portal.send(calls(1)) == {"r0": Refused("", "ID is not defined or invalid.")}


@pytest.mark.parametrize(
    ("step", "outcome", "count"),
    [
        (script.reset(executed=True), "u", 1),
        (script.html(504), "u", 1),
        (script.fault(503, "QUERY_LIMIT_EXCEEDED"), "d", 1),
        (script.fault(429, "OPERATION_TIME_LIMIT"), "d", 1),
        (script.fault(400, "", "no"), "r", 0),
        (script.html(413, executed=False), "r", 0),
    ],
    ids=["reset", "504", "503", "429", "400", "413"],
)
def test_faults_of_a_call_that_goes_alone(table: Bench, portal: Portal, step: Step, outcome: str, count: int) -> None:
    table.server.script.append(step)

    assert kinds(portal.send({"k": Call(ADD, {"fields": {"TITLE": "$result[x]"}})})) == outcome
    assert len(table.server.executed) == count
