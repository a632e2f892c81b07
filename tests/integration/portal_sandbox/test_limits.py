"""The limits of a portal: requests, operating time, the length of a request."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from caseline.portal_sandbox import Webhook, dispatch
from tests.factories.open_portals import Open

ADD = "crm.lead.add?fields[TITLE]=x"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_bucket_of_an_address_overflows_and_leaks(portals: Open, clock: Clock) -> None:
    portal = portals(limited=True, burst=3, requests_per_second=2, clock=clock)

    answers = [portal.http.post("server.time") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 503]
    assert answers[-1].json() == {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}
    clock.now += 1
    assert [portal.http.post("server.time").status_code for _ in range(3)] == [200, 200, 503]
    assert portal.judge.rejected() == {"QUERY_LIMIT_EXCEEDED": 2}


def test_a_batch_is_one_request(portals: Open, clock: Clock) -> None:
    portal = portals(limited=True, burst=1, clock=clock)

    assert len(portal.batch({f"k{at}": ADD for at in range(50)})["result"]) == 50


def test_the_call_that_crosses_the_operating_limit_is_completed(portals: Open, clock: Clock) -> None:
    portal = portals(operating_limit=1, costs={"crm.lead.add": 0.4}, clock=clock)

    found = portal.batch({f"k{at}": ADD for at in range(5)})

    assert list(found["result"]) == ["k0", "k1", "k2"]
    assert {error["error"] for error in found["result_error"].values()} == {"OPERATION_TIME_LIMIT"}
    assert [round(each["operating"], 3) for each in found["result_time"].values()] == [0.4, 0.8, 1.2]
    assert portal.error("crm.lead.add", fields={"TITLE": "x"}) == (429, "OPERATION_TIME_LIMIT")
    assert portal.call("crm.lead.list")["total"] == 3  # another method has time of its own
    clock.now = found["result_time"]["k0"]["operating_reset_at"]
    assert portal.result("crm.lead.add", fields={"TITLE": "x"}) == 4


def test_every_webhook_has_operating_time_of_its_own(portals: Open, clock: Clock) -> None:
    portal = portals(operating_limit=1, costs={"default": 1.0}, clock=clock, webhooks=(Webhook("second"),))
    other = f"{portal.running.address}/rest/1/second/server.time"

    assert portal.http.post("server.time").status_code == 200
    assert portal.http.post("server.time").status_code == 429
    assert portal.http.post(other).status_code == 200


@pytest.fixture
def passing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What takes time on the portal moves its clock, and nobody waits."""

    async def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(dispatch, "asyncio", SimpleNamespace(sleep=sleep))
    return clock


def test_a_request_past_the_ceiling_is_cut_and_keeps_what_it_did(portals: Open, passing: Clock) -> None:
    portal = portals(ceiling=3, latency={"crm.lead.add": 0.5}, clock=passing)

    answer = portal.http.post("batch", json={"cmd": {f"k{at}": ADD for at in range(50)}})

    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html; charset=UTF-8")
    assert portal.judge.number() == 6


def test_a_batch_that_ends_past_the_ceiling_is_cut_after_its_last_command(portals: Open, passing: Clock) -> None:
    portal = portals(ceiling=3, latency={"crm.lead.add": 2}, clock=passing)

    assert portal.http.post("batch", json={"cmd": {"a": ADD, "b": ADD}}).status_code == 504
    assert portal.judge.number() == 2


def test_an_overloaded_portal_refuses_everything(portals: Open) -> None:
    assert portals(overloaded=True).error("profile") == (503, "OVERLOAD_LIMIT")


def test_answers_overtake_one_another(portals: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, order = threading.Event(), threading.Event(), list[str]()

    async def sleep(seconds: float) -> None:
        if seconds:
            begun.set()
            await asyncio.to_thread(go_on.wait)

    monkeypatch.setattr(dispatch, "asyncio", SimpleNamespace(sleep=sleep))
    portal = portals(latency={"server.time": 300})

    def ask(method: str) -> None:
        portal.http.post(method)
        order.append(method)

    with ThreadPoolExecutor() as threads:
        threads.submit(ask, "server.time")
        begun.wait()
        ask("profile")
        go_on.set()

    assert order == ["profile", "server.time"]


def test_a_call_may_take_time(portals: Open, passing: Clock) -> None:
    portal = portals(latency={"server.time": 2}, clock=passing)
    began = passing.now

    body = portal.call("server.time")

    assert passing.now - began == 2
    assert body["time"]["operating"] == 2
