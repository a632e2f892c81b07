"""The local application of a portal: tokens, events, places; and the outgoing webhook."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs

import httpx
import pytest

from tests.factories.open_portals import Open, Opened

WORD: Final = "of-the-portal"
Heard: TypeAlias = tuple[str, list[dict[str, list[str]]]]
"""Where a handler listens, and the forms that it has heard."""


@pytest.fixture
def handler() -> Iterator[Heard]:
    heard: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            assert self.headers["content-type"] == "application/x-www-form-urlencoded"
            heard.append(parse_qs(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()
        thread.join()


def wait_for(heard: list[Any], number: int) -> None:
    while len(heard) < number:
        time.sleep(0.02)
    time.sleep(0.1)


def ask(portal: Opened, method: str, token: str, **params: object) -> httpx.Response:
    return httpx.post(f"{portal.running.address}/rest/{method}", json={**params, "auth": token})


def refresh(portal: Opened, **other: str) -> httpx.Response:
    known = portal.running.application
    query = {name: known[name] for name in ("client_id", "client_secret", "refresh_token")}
    query |= {"grant_type": "refresh_token"} | other
    return httpx.get(f"{portal.running.address}/oauth/token/", params=query)


def test_a_refresh_replaces_both_tokens(portals: Open) -> None:
    portal = portals()
    before = dict(portal.running.application)

    fresh = refresh(portal).json()

    assert fresh["expires_in"] == 3600
    assert {"access_token", "expires", "refresh_token", "member_id", "scope", "client_endpoint"} <= set(fresh)
    assert ask(portal, "profile", fresh["access_token"]).json()["result"]["ID"] == "1"
    assert ask(portal, "profile", before["access_token"]).json()["error"] == "NO_AUTH_FOUND"
    assert refresh(portal, refresh_token=before["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(portal, client_id="x").json()["error"] == "invalid_client"
    assert refresh(portal, grant_type="x").json()["error"] == "invalid_request"


def test_a_token_grows_old(portals: Open) -> None:
    portal = portals(token_life=0)

    answer = ask(portal, "profile", portal.running.application["access_token"])

    assert (answer.status_code, answer.json()["error"]) == (401, "expired_token")


def test_an_application_binds_events_and_places(portals: Open, handler: Heard) -> None:
    portal = portals(handler_delay=0)
    token = portal.running.application["access_token"]
    address, heard = handler

    assert ask(portal, "event.bind", token, event="onCrmLeadAdd", handler=address).json()["result"] is True
    portal.call("crm.lead.add", fields={"TITLE": "x"})
    wait_for(heard, 1)
    assert heard[0]["auth[access_token]"] == [token]
    assert len(ask(portal, "event.get", token).json()["result"]) == 1
    bound = {"event": "ONCRMLEADADD", "handler": address}
    assert ask(portal, "event.unbind", token, **bound).json()["result"] == {"count": 1}
    place = {"PLACEMENT": "CRM_LEAD_DETAIL_TAB", "HANDLER": address, "TITLE": "Tab"}
    assert ask(portal, "placement.bind", token, **place).json()["result"] is True
    assert ask(portal, "placement.get", token).json()["result"][0]["placement"] == "CRM_LEAD_DETAIL_TAB"
    assert ask(portal, "placement.unbind", token, **place).json()["result"] == {"count": 1}


def test_the_outgoing_webhook_tells_of_every_change(portals: Open, handler: Heard) -> None:
    address, heard = handler
    portal = portals(handler=address, application_token=WORD, handler_delay=0.2)

    portal.call("crm.lead.add", fields={"TITLE": "x"})
    portal.call("crm.lead.update", id=1, fields={"TITLE": "y"})
    portal.call("crm.lead.delete", id=1)
    wait_for(heard, 3)

    assert sorted(said["event"][0] for said in heard) == ["ONCRMLEADADD", "ONCRMLEADDELETE", "ONCRMLEADUPDATE"]
    assert {said["data[FIELDS][ID]"][0] for said in heard} == {"1"}
    assert {said["auth[application_token]"][0] for said in heard} == {WORD}
    assert {"event_handler_id", "ts", "auth[domain]", "auth[member_id]", "auth[client_endpoint]"} <= set(heard[0])


def test_an_event_may_come_twice(portals: Open, handler: Heard) -> None:
    address, heard = handler
    portal = portals(handler=address, handler_delay=0, faults={"event_twice": 1})

    portal.call("crm.lead.add", fields={"TITLE": "x"})
    wait_for(heard, 2)

    assert [said["event"] for said in heard] == [["ONCRMLEADADD"]] * 2
    assert [event["EVENT"] for event in portal.judge.events()] == ["ONCRMLEADADD"]
