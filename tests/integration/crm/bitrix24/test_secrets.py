"""Whoever knows the code of a webhook may do what its owner may: no error, traceback or log line tells it."""

import json
import logging
import socket
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from tests.factories import portal_steps as script
from tests.factories.portal_clock import Bench
from tests.factories.portal_steps import Step
from tests.factories.scripted_portal import CODE, No

BATCH: Mapping[str, Call] = {"a": Call("crm.lead.add", {"fields": {"TITLE": "x"}}), "b": Call("crm.lead.add")}
USES: dict[str, Callable[[Portal], object]] = {
    "read": lambda portal: portal.read("crm.lead.get", {"ID": 5}),
    "read_many": lambda portal: portal.read_many(BATCH),
    "walk": lambda portal: list(portal.walk("crm.lead.list")),
    "send": lambda portal: portal.send(BATCH),
    "alone": lambda portal: portal.send({"k": Call("crm.lead.add", {"TITLE": "$result[a]"})}),
}


def telling(status: int, code: str) -> Step:
    """A fault whose text repeats the address, at the place where long texts are cut, too."""
    address = f"https://portal.example/rest/7/{CODE}/crm.lead.add"
    text = f"{address} {CODE.upper()} {'x' * 400} {address} {address}"
    return script.fault(status, code or CODE, text)


FAULTS: dict[str, Step] = {
    "unread": script.unread,
    "reset": script.reset(executed=True),
    "hold": script.hold,
    "cut": script.cut,
    "broken off": script.broken_off,
    "drip": script.drip,
    "redirect": script.html(302, more=f"Location: https://portal.example/rest/7/{CODE}/batch\r\n"),
    "500": script.html(500, more=f"X-Asked: /rest/7/{CODE}/batch\r\n"),
    "404": script.html(404),
    "413": script.html(413),
    "safe": telling(503, "QUERY_LIMIT_EXCEEDED"),
    "429": telling(429, "OPERATION_TIME_LIMIT"),
    "doubt": telling(500, "INTERNAL_SERVER_ERROR"),
    "refused": telling(400, ""),
    "fatal": telling(401, "NO_AUTH_FOUND"),
    "overload": telling(503, "OVERLOAD_LIMIT"),
    "no rows": script.says(200, {"result": [{"NAME": 1}]}),
    "not ordered": script.says(200, {"result": [{"ID": 0}]}),
    "no protocol": lambda exchange: exchange.line.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"),
}


def told(use: Callable[[Portal], object], portal: Portal, *, values: bool = True) -> str:
    """Everything that an error says of itself, with the values of all frames; or what the use answers."""
    try:
        answer = use(portal)
    except Exception as error:  # noqa: BLE001 - any error at all
        formed = traceback.TracebackException.from_exception(error, capture_locals=values)
        outcomes: Any = getattr(error, "outcomes", None)
        return "".join([repr(error), str(error), *traceback.format_exception(error), *formed.format(), repr(outcomes)])
    return repr(answer)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Log lines of everybody, the most talkative level too."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_tells_the_code(table: Bench, lines: pytest.LogCaptureFixture, name: str, use: str) -> None:
    table.server.script.extend([FAULTS[name]] * 3)
    with table.client(ceiling=0.1, margin=0.05, patience=20, doubts=2) as portal:
        found = told(USES[use], portal) + repr(portal)

    assert CODE.lower() not in found.lower()
    assert "s3cr3t" not in found.lower()
    assert lines.text
    assert CODE.lower() not in lines.text.lower()
    assert len(table.server.asked) or name == "unread"


def test_no_outcome_of_a_command_tells_the_code(table: Bench, lines: pytest.LogCaptureFixture) -> None:
    for code in ("", "INTERNAL_SERVER_ERROR", "QUERY_LIMIT_EXCEEDED", "NO_AUTH_FOUND", CODE):
        refusal = No(code, f"asked at {table.server.url}crm.lead.add")
        table.server.answers = lambda _method, _params, refusal=refusal: refusal
        with table.client(patience=20) as portal:
            assert CODE not in told(USES["send"], portal, values=False)
    assert CODE not in lines.text


def test_a_portal_that_is_not_there(table: Bench, lines: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        table.server.port = door.getsockname()[1]
    for use in USES.values():
        with table.client(patience=5) as portal:
            found = told(use, portal)
        assert "cannot be reached" in found
        assert CODE not in found
    assert CODE not in lines.text


def test_the_tables_do_not_hold_it(table: Bench, portal: Portal) -> None:
    table.server.operating = {"profile": 5.0}
    portal.read("profile")
    with table.engine.connect() as connection:
        for name in ("pace", "operating"):
            rows = connection.exec_driver_sql(f"SELECT to_json(t) FROM portal.{name} t").scalars().all()
            assert rows
            assert CODE not in json.dumps(rows)
