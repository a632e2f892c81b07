"""Injected faults: what the client sees, and what the portal has really done."""

import httpx
import pytest

from caseline.portal_sandbox.faults import NAMES, UnknownFault, shares
from tests.factories.open_portals import Open

LEAD = {"fields": {"TITLE": "x"}}


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("html")])
def test_pages_of_the_web_server(portals: Open, name: str) -> None:
    portal = portals(faults={name: 1})

    answer = portal.http.post("crm.lead.add", json=LEAD)

    assert answer.status_code == int(name[4:7])
    assert answer.headers["content-type"].startswith("text/html")
    assert portal.judge.number() == (0 if name.endswith("_before") else 1)
    assert portal.judge.faults() == {name: 1}


@pytest.mark.parametrize(("name", "made"), [("reset_before", 0), ("reset_after", 1)])
def test_resets(portals: Open, name: str, made: int) -> None:
    portal = portals(faults={name: 1})

    with pytest.raises(httpx.ReadError, match="reset"):
        portal.http.post("crm.lead.add", json=LEAD)

    assert portal.judge.number() == made


@pytest.mark.parametrize(("name", "made"), [("timeout_before", 0), ("timeout_after", 1)])
def test_answers_that_never_come(portals: Open, name: str, made: int) -> None:
    portal = portals(faults={name: 1}, ceiling=0.1)

    with pytest.raises(httpx.NetworkError):  # in the end the portal hangs up
        portal.http.post("crm.lead.add", json=LEAD, timeout=None)
    assert portal.judge.number() == made


def test_a_body_that_is_cut(portals: Open) -> None:
    answer = portals(faults={"truncated": 1}).http.post("crm.lead.add", json=LEAD)

    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()


def test_an_empty_body(portals: Open) -> None:
    portal = portals(faults={"empty": 1})

    assert portal.http.post("crm.lead.add", json=LEAD).content == b""
    assert portal.judge.number() == 1


def test_a_batch_that_ends_in_the_middle(portals: Open) -> None:
    portal = portals(faults={"batch_cut": 1})

    answer = portal.http.post("batch", json={"cmd": {f"k{at}": "crm.lead.add?fields[TITLE]=x" for at in range(10)}})

    assert answer.status_code == 504
    assert portal.judge.number() == 5
    assert portal.result("crm.lead.add", **LEAD) == 6  # nothing befalls a single call


def test_a_command_that_is_said_to_have_failed(portals: Open) -> None:
    portal = portals(faults={"command_failed_though_done": 1})

    found = portal.batch({f"k{at}": "crm.lead.add?fields[TITLE]=x" for at in range(10)})

    assert (len(found["result"]), portal.judge.number()) == (9, 10)
    assert [error["error"] for error in found["result_error"].values()] == ["INTERNAL_SERVER_ERROR"]


def test_refusals_come_in_bursts(portals: Open) -> None:
    portal = portals(faults={"503": 0.2}, seed=3)

    said = "".join("x" if portal.http.post("server.time").status_code == 503 else "." for _ in range(60))

    assert "xx" in said
    assert portal.judge.faults() == {"503": said.count("x")} == {"503": portal.judge.rejected()["QUERY_LIMIT_EXCEEDED"]}


def test_the_seed_fixes_the_draws(portals: Open) -> None:
    def draw(seed: int) -> list[int]:
        portal = portals(faults=shares("html502=0.4"), seed=seed, store=None)
        return [portal.http.post("server.time").status_code for _ in range(30)]

    assert draw(1) == draw(1) != draw(2)


def test_a_portal_that_has_moved_says_where_to(portals: Open) -> None:
    portal = portals(faults={"moved": 1})

    answer = portal.http.post("crm.lead.add", json=LEAD)

    assert (answer.status_code, answer.headers["location"]) == (302, portal.running.webhook + "crm.lead.add")
    assert portal.judge.number() == 0


def test_shares_are_read_from_words() -> None:
    assert shares("reset_after=0.05,html504=0.2") == {
        "reset_after": 0.05,
        "html504_before": 0.1,
        "html504_after": 0.1,
    }
    assert set(shares("all")) == set(NAMES) - {"moved"}
    with pytest.raises(UnknownFault):
        shares("nothing")
