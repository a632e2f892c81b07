"""The JSON service: it does what its document says, takes signed calls alone, and the client of the handbook works."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from caseline.actions import keep_sites
from caseline.crm.cards import Refused
from caseline.feedback import signatures
from caseline.feedback.states import State
from caseline.web.public import service, service_shapes
from tests.factories.feedback_asks import Asking, Sent, asking
from tests.factories.pages import listening_at
from tests.factories.rounds import Rounds, rounds

__all__ = ["asking"]
DESCRIBED: Final = schemathesis.openapi.from_dict(service_shapes.document())
OPERATIONS: Final = [found.ok() for found in DESCRIBED.get_all_operations() if isinstance(found, Ok)]
# What is well made may still be no answer of this form; and all calls are signed here, those that are to be unsigned too.
_OWN_SENSE: Final = [positive_data_acceptance, ignored_auth]
HANDBOOK: Final = Path(__file__).parents[3] / "docs" / "feedback-service.md"


class Site(requests.auth.AuthBase):
    """Signs calls as the handbook says."""

    def __init__(self, asking: Asking, code: str = "shop") -> None:
        self.asking, self.code = asking, code
        self.key = bytes.fromhex(keep_sites.add(asking.house, code, by="test", now=asking.now))

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        time = str(int(self.asking.now.timestamp()))
        signature = signatures.sign(self.key, method, path, time, body)
        return {"Caseline-Site": self.code, "Caseline-Time": time, "Caseline-Signature": signature}

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Of the library that Schemathesis calls with."""
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        assert isinstance(content, bytes)
        told = self.headers(request.method or "", request.path_url, content)
        sent = body.encode() if isinstance(body, str) else body
        assert isinstance(sent, bytes)
        told = self.headers(request.method or "", request.path_url, sent)
        request.headers.update(told)
        return request

    def call(self, method: str, one: Sent, said: object = None, **headers: str) -> httpx.Response:
        """One call about an ask."""
        path, body = f"/api/asks{one.path.removeprefix('/f')}", b"" if said is None else json.dumps(said).encode()
        signed = {**self.headers(method, path, body), **headers}
        return self.asking.client().ask(method, path, content=body, headers=signed)


def said(**answers: int | str) -> dict[str, Any]:
    return {"submission": "page-0001", "language": "en", "answers": answers}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_whatever_is_sent_is_answered_as_the_document_says(
    asking: Asking, operation: APIOperation[Any, Any, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("POSTS_AN_HOUR", "BAD_A_MINUTE"):
        monkeypatch.setattr(service, name, 100_000)
    one, site = asking.sent("review-registry", "review"), Site(asking)
    form, of, link = one.path.split("/")[2:]
    tried: list[int] = []
    with listening_at(asking.application()) as address:

        @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def attempt(case: Any) -> None:  # noqa: ANN401 - a type of Schemathesis that has parameters of its own
            if len(tried) % 3 and operation.path != "/links":
                case.path_parameters = {"form": form, "service": of, "link": link}
            answer = case.call(base_url=f"{address}/api", auth=site)
            case.validate_response(answer, excluded_checks=_OWN_SENSE)
            tried.append(answer.status_code)

        attempt()

    assert set(tried) <= {200, 400, 404, 409, 422}
    known = set() if operation.path == "/links" else {200 if operation.method == "get" else 422}
    assert {404, *known} <= set(tried)


def test_a_site_shows_the_form_and_sends_the_answer(asking: Asking) -> None:
    one, site = asking.sent("review-registry", "review", language="ru"), Site(asking)

    told = site.call("GET", one).json()
    assert (told["state"], told["title"]["ru"], told["values"]) == ("open", "Отзыв об услуге", {})
    assert [question["key"] for question in told["questions"]] == ["quality", "manager", "again", "why_not", "comment"]
    assert told["questions"][3]["when"] == {"question": "again", "answers": ["no"]}
    assert asking.rows("SELECT count(*) FROM feedback.signal") == [(0,)]
    first, again = (site.call("POST", one, said(quality=5, manager=4, comment="Спасибо")) for _ in range(2))

    assert (first.status_code, first.json()) == (200, {"state": "answered", "counted": True})
    assert again.json() == first.json()
    assert (one.submissions, one.counted) == (1, {"quality": 5, "manager": 4})
    assert asking.rows("SELECT DISTINCT agent FROM feedback.signal") == [("site shop",)]
    assert site.call("GET", one).json()["state"] == "answered"


def test_what_cannot_be_taken_is_named_and_what_has_ended_takes_nothing(asking: Asking) -> None:
    one, site = asking.sent(), Site(asking)
    wrong = site.call("POST", one, said(rating=9, nobody="asks"))
    long = site.call("POST", one, said(comment="x" * 10_001))

    assert (wrong.status_code, {error["field"] for error in wrong.json()["errors"]}) == (422, {"rating", "nobody"})
    assert {error["message"] for error in long.json()["errors"]} == {"too long", "missing"}
    assert one.ratings == []
    one.move(State.CANCELLED, reason="tried")
    assert site.call("GET", one).json()["state"] == "cancelled"
    assert site.call("POST", one, said(rating=5)).status_code == 409


def test_only_signed_calls_of_a_known_site_by_a_right_clock_are_taken(asking: Asking) -> None:
    one, site = asking.sent(), Site(asking)
    good = site.call("POST", one, said(rating=3))
    path, body = f"/api/asks{one.path.removeprefix('/f')}", json.dumps(said(rating=1)).encode()
    signed = site.headers("POST", path, body)
    asking.later(minutes=6)
    late = asking.client().ask("POST", path, content=body, headers=signed)
    fresh = site.headers("POST", path, body)
    other = asking.client().ask("POST", path, content=body + b" ", headers=fresh)
    elsewhere = asking.client().ask("GET", path, headers=fresh)
    stranger = site.call("POST", one, said(rating=1), **{"Caseline-Site": "nobody"})
    nobody = asking.client().ask("POST", path, content=body)

    refused = [late, other, elsewhere, stranger, nobody]
    assert good.status_code == 200
    assert [answer.status_code for answer in refused] == [401] * 5
    assert len({answer.content for answer in refused}) == 1
    keep_sites.remove(asking.house, "shop", now=asking.now)
    assert site.call("GET", one).status_code == 401
    with pytest.raises(Refused, match="there is none of this code"):
        keep_sites.remove(asking.house, "shop", now=asking.now)
    assert one.counted == {"rating": 3}


def test_the_client_of_the_handbook_keeps_what_it_cannot_send(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - the handbook's own
    asking.now = datetime.now(UTC)
    one, ended = asking.sent(), asking.sent()
    ended.move(State.CANCELLED, reason="tried")
    key = keep_sites.add(asking.house, "shop", by="test", now=asking.now)

    client = names["Feedback"]("http://127.0.0.1:1", "shop", key, tmp_path / "outbox")
    for made, page in ((one, "page-0001"), (one, "page-0001"), (ended, "page-0002")):
        client.keep(made.path.removeprefix("/f/"), page, {"rating": 4, "comment": "По дороге"})
    assert client.send() == 2, "nobody listens there"
    with listening_at(asking.application()) as address:
        client = names["Feedback"](address, "shop", key, tmp_path / "outbox")
        assert client.send() == 2, "it waits before it tries again"
        monkeypatch.setattr(names["time"], "time", lambda: asking.now.timestamp() + 250)
        assert client.send() == 0
        assert client.call("GET", one.path.removeprefix("/f/"))[1]["state"] == "answered"

    assert (one.counted, one.said["comment"], ended.submissions) == ({"rating": 4}, "По дороге", 0)


class Shop:
    """A site that asks for links, and a campaign that it may ask for."""

    def __init__(self, house: Rounds, trigger: dict[str, Any]) -> None:
        self.house = house
        self.key = bytes.fromhex(keep_sites.add(house.house, "shop", by="test", now=house.now))
        document = {"name": "Сайт", "kind": "web", "trigger": trigger, "channel": "web", "form": "smileys"}
        house.make("own", document)

    def link(self, request: str, campaign: str = "own") -> httpx.Response:
        body, time = (
            json.dumps({"campaign": campaign, "request": request}).encode(),
            f"{self.house.now.timestamp():.0f}",
        )
        headers = {"Caseline-Site": "shop", "Caseline-Time": time}
        headers["Caseline-Signature"] = signatures.sign(self.key, "POST", "/api/links", time, body)
        return self.house.client().ask("POST", "/api/links", content=body, headers=headers)


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def test_a_site_gets_links_to_forms_that_it_shows_and_to_no_letter_of_a_client(house: Rounds) -> None:
    shop = Shop(house, {"by": "stage", "closed": True})
    house.switch_on("smileys-on-closure")
    contact = house.contact(email="client@example.org")
    card = house.desk.open("2026-04-06 11:10", contact_id=contact, number="K-17")
    house.desk.open("2026-04-06 11:10", contact_id=contact, number="K-18")
    house.move(card, "closed")
    assert shop.link("K-17").status_code == 404, "not yet"
    house.round()

    first, second = (shop.link("K-17").json()["link"] for _ in range(2))
    assert first != second
    for link in (first, second):
        assert house.client().get(f"/f/{link}").status_code == 200
    assert [shop.link(one).status_code for one in ("K-18", "K-19", str(card.id + 99))] == [404, 404, 404]
    assert shop.link("K-17", "smileys-on-closure").status_code == 404, "its link is in the letter alone"
    assert shop.link("K-17", "nobody").status_code == 404
    house.later(days=31)
    assert shop.link("K-17").status_code == 404, "it has ended"
    shop.key = b"x" * 32
    assert shop.link("K-17").status_code == 401


def test_a_campaign_that_waits_for_programs_asks_when_a_site_does_and_never_who_wants_none(house: Rounds) -> None:
    shop = Shop(house, {"by": "api"})
    contact = house.contact(email="client@example.org")
    house.desk.open("2026-04-06 11:10", contact_id=contact, number="K-17")
    house.query(
        "INSERT INTO feedback.opt_out (address, contact_id, at, by) VALUES (NULL, :id, now(), 'client')", id=contact
    )

    refused = shop.link("K-17")
    assert (refused.status_code, "opted out" in refused.json()["detail"]) == (409, True)
    house.query("DELETE FROM feedback.opt_out")
    links = [shop.link("K-17").json()["link"] for _ in range(2)]

    assert house.states() == [("sent", None)], "one ask, however often its page is drawn"
    person = house.client()
    page = person.get(f"/f/{links[0]}")
    assert person.save(page, f"/f/{links[1]}", rating="4").status_code == 303
    house.round()
    assert house.states() == [("closed", None)]
