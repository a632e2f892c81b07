"""C9: the answer is kept first, and whatever dies at whatever moment, each thing that follows is there once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from caseline.actions import run_feedback, send_letters
from caseline.feedback import hooks
from tests.factories.feedback_asks import Program
from tests.factories.pages import listening_at
from tests.factories.rounds import Rounds, rounds

CLIENTS: Final = 3
ONCE: Final = {
    "record": "SELECT parent_id, count(*) FROM crm.record WHERE kind = 'nps' GROUP BY 1",
    "assignment": "SELECT record_id, count(*) FROM crm.assignment GROUP BY 1",
    "bonus": "SELECT ask_id, count(*) FROM feedback.bonus_line GROUP BY 1",
    "notice": "SELECT record_id, count(*) FROM notices.notice WHERE kind = 'feedback_received' GROUP BY 1",
    "rating": "SELECT ask_id, count(*) FROM feedback.rating WHERE question = 'recommend' GROUP BY 1",
    "answer": "SELECT ask_id, count(*) FROM feedback.answer GROUP BY 1",
    "letter of the ask": "SELECT occasion, count(*) FROM outbox.letter WHERE occasion LIKE 'ask %' GROUP BY 1",
    "letter of the bonus": "SELECT occasion, count(*) FROM outbox.letter WHERE occasion NOT LIKE 'ask %' GROUP BY 1",
}


class Killed(BaseException):
    """The process is dead; nothing may catch it."""


@dataclass
class Death:
    """Comes at the beginning or the end of the transaction of that number, counting both."""

    at: int
    seen: int = 0

    def near(self, _connection: sa.Connection) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Killed


@contextmanager
def dying(engine: sa.Engine, at: int) -> Iterator[Death]:
    """Let whoever works die there: before anything of a transaction, or before its commit."""
    death = Death(at)
    for name in ("begin", "commit"):
        sa.event.listen(engine, name, death.near)
    try:
        yield death
    finally:
        for name in ("begin", "commit"):
            sa.event.remove(engine, name, death.near)


@pytest.fixture
def town(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0, hooks_near=True) as made:
        yield made


def restarted(town: Rounds, first: int, step: int = 3) -> int:
    """What the deployments do, killed at a later moment each time and started again; answers how often it died."""
    for deaths, at in enumerate(range(first, 300, step)):
        with dying(town.house.engine, at) as death, suppress(Killed):
            run_feedback.run(town.house, now=town.now)
            send_letters.send(town.house, clock=lambda: town.now)
        if death.seen < at:
            return deaths
        town.later(minutes=1)  # so that what it had claimed is free
    raise AssertionError("it comes to no end")


def saved(town: Rounds, path: str, value: str) -> tuple[int, list[int]]:
    """A client saves while we die at a later moment each time; answers at how many, and of what was kept by each."""
    person, kept = town.client(), []
    page = person.get(path)
    town.later(seconds=5)
    for at in range(1, 50):
        with dying(town.house.engine, at) as death:
            status = _posted(person, page, path, value)
        kept.append(
            int(town.query("SELECT count(*) FROM feedback.answer WHERE document ->> 'recommend' = :v", v=value)[0][0])
        )
        if death.seen < at:
            assert status == 303
            return at - 1, kept
    raise AssertionError("it comes to no end")


def _posted(person: Program, page: httpx.Response, path: str, value: str) -> int:
    try:
        return person.save(page, path, looks=0, decision="yes", quality="5", recommend=value).status_code
    except Killed:
        return 0


def test_c9_whatever_dies_on_the_way_of_an_answer_it_is_kept_and_each_thing_follows_once(town: Rounds) -> None:
    told: list[dict[str, Any]] = []

    async def take(request: Request) -> Response:
        told.append(json.loads(await request.body()))
        return Response(status_code=204)

    with listening_at(Starlette(routes=[Route("/in", take, methods=["POST"])])) as address:
        values = {"code": "accounting", "url": f"{address}/in", "made_by": "t", "made_at": town.now}
        with town.house.engine.begin() as connection:
            hooks.make(connection, values, b"s" * 32)
        manager = town.staff.person("Manager")
        follow = [
            {"do": "notice", "to": ["responsible"]},
            {"do": "record", "kind": "nps", "name": "NPS %Number%"},
            {"do": "assignment", "to": "responsible", "title": "Прочитать", "checklist": ["Прочитать"]},
            {"do": "bonus", "amount": 100, "given_for": "answer"},
            {"do": "webhook", "hook": "accounting"},
        ]
        town.switch_on("nps-after-a-stage", follow=follow)
        people = [f"c{number}@example.org" for number in range(CLIENTS)]
        for number, to in enumerate(people):
            card = town.desk.open(
                "2026-04-06 11:10", contact_id=town.contact(to, to), assignee_id=manager, number=f"K-{number}"
            )
            town.move(card, "review_requested")
        assert restarted(town, 1) > 8
        town.later(minutes=30)
        for _ in range(2):
            run_feedback.run(town.house, now=town.now)
            send_letters.send(town.house, clock=lambda: town.now)

        paths = [next(one for one in town.links(to) if one.startswith("/f/nps/")) for to in people]
        deaths, kept = saved(town, paths[0], "9")
        assert deaths >= 4, "two transactions at least, each with a beginning and an end"
        assert kept == [0, 0, *[1] * (len(kept) - 2)], "the first transaction keeps the answer, whatever dies later"
        person = town.client()
        page = person.get(paths[1])
        town.later(seconds=5)
        with dying(town.house.engine, 3):  # it is kept, and we die before anything is made of it
            assert _posted(person, page, paths[1], "10") == 0, "this client tries no second time"
        person = town.client()
        given: dict[str, Any] = {"decision": "yes", "quality": "5", "recommend": "10"}
        assert person.save(person.get(paths[2]), paths[2], **given).status_code == 303
        assert restarted(town, 2, 1) > 20
        town.later(hours=1)
        for _ in range(2):
            run_feedback.run(town.house, now=town.now)
            send_letters.send(town.house, clock=lambda: town.now)

    for what, query in ONCE.items():
        assert [count for _of, count in town.query(query)] == [1] * CLIENTS, what
    assert len({one["id"] for one in told}) == len({one["ask"] for one in told}) == CLIENTS, "each by one key"
    for to in people:
        assert len({one["Message-ID"] for one in town.letters(to)}) == 2
    assert {state for state, _ in town.states()} == {"closed"}
