"""Closed requests and answers become events of Prefect, each once however often the step runs."""

import time
from typing import Any

import pytest
from prefect import flow

from caseline.actions import relay_events as relaying
from caseline.actions.relay_events import News
from tasks.following import relay_events, tell_systems, use_bonuses
from tests.factories.answered import Feedback, feedback
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


@pytest.fixture
def asked(database_url: str) -> Feedback:
    made = feedback(database_url)
    manager = made.staff.person("Manager")
    card = made.desk.open("2026-04-06 09:00", assignee_id=manager, contact_id=made.contact())
    made.desk.move(card, "closed", "2026-04-06 10:00")
    made.answer(made.ask(made.campaign("smileys-on-closure"), card), rating=1)
    return made


def events(api: Api, name: str, patience_s: float = 30) -> list[dict[str, Any]]:
    end = time.monotonic() + patience_s
    while True:
        wanted = {"event": {"name": [name]}, "occurred": {"since": "2026-01-01T00:00:00Z"}}
        found = api.post("/events/filter", {"filter": wanted, "limit": 50})["events"]
        if found or time.monotonic() > end:
            return list(found)
        time.sleep(0.3)


def test_they_are_told_once_with_what_they_are_about(api: Api, asked: Feedback) -> None:
    @flow(name="relay")
    def relay() -> None:
        use_bonuses(asked.house)
        tell_systems(asked.house)
        relay_events(asked.house)

    relay()
    relay()

    (closed,) = events(api, relaying.CLOSED)
    (negative,) = events(api, relaying.NEGATIVE)
    (received,) = events(api, relaying.RECEIVED)
    assert closed["payload"] == {"stage": "closed", "category": None}
    assert closed["resource"]["prefect.resource.name"] == negative["resource"]["prefect.resource.name"]
    assert received["payload"]["grade"] == "bad"
    assert received["payload"]["campaign"].startswith("smileys-on-closure")


def test_what_was_told_before_it_was_kept_is_told_again_by_the_same_key(asked: Feedback) -> None:
    told: list[str] = []

    def die(news: list[News]) -> None:
        told.extend(one.key for one in news)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relaying.run(asked.house, die, now=asked.now)  # type: ignore[arg-type]
    again: list[News] = []
    assert relaying.run(asked.house, again.extend, now=asked.now) == 3

    assert [one.key for one in again] == told
    assert relaying.run(asked.house, again.extend, now=asked.now) == 0
