"""Tells on what has happened, so that operators can hang automations of their own on it: each event at least once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from caseline.actions.wiring import House
from caseline.crm import event_log
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import relayed
from caseline.feedback.made_records import EVENT
from caseline.feedback.relayed import Happened

CONSUMER: Final = "prefect"
CLOSED: Final = "caseline.request.closed"
RECEIVED: Final = "caseline.feedback.received"
NEGATIVE: Final = "caseline.feedback.negative"
AT_ONCE: Final = 200
_TYPES: Final = ("stage_changed", EVENT)
_BAD: Final = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to be told."""

    event: str
    key: str
    """Another one for everything that is told; told again, it is the same."""
    at: datetime
    resource: Mapping[str, str]
    payload: Mapping[str, Any]


Tell = Callable[[Sequence[News]], None]
"""Tells it, and comes back when it was told."""


def run(house: House, tell: Tell, *, now: datetime) -> int:
    """Tell what is new; answers how much that was.

    How far the log is told is kept after the telling: killed in between, the next call tells a part again.
    """
    told = 0
    after = 0
    while True:
        with house.engine.begin() as connection:
            cursor = event_log.claim(connection, CONSUMER)
            if cursor is None or cursor.idle:
                return told
            ids = event_log.waiting(connection, cursor, _TYPES, AT_ONCE, after=after)
            news = [one for event in relayed.happened(connection, ids) for one in _news(event)]
            if news:
                tell(news)
            told += len(news)
            event_log.done(connection, cursor, ids)
            if len(ids) < AT_ONCE and not after:
                event_log.advance(connection, cursor, now=now)
                return told
            after = ids[-1] if len(ids) == AT_ONCE else 0


def _news(one: Happened) -> list[News]:
    if one.type == EVENT:
        grade = one.data.get("grade")
        payload = {
            "ask": one.public_id,
            "campaign": one.campaign,
            "subject": one.subject,
            "subject_id": one.subject_id,
            "grade": grade,
            "mean": one.data.get("mean"),
        }
        names = (RECEIVED, NEGATIVE) if grade == _BAD else (RECEIVED,)
        return [_made(one, name, payload) for name in names]
    if one.kind != REQUEST or not one.data.get("closed"):
        return []
    return [_made(one, CLOSED, {"stage": one.data.get("new"), "category": one.category})]


def _made(one: Happened, name: str, payload: Mapping[str, Any]) -> News:
    resource = {"prefect.resource.id": f"caseline.request.{one.record_id}", "prefect.resource.name": one.number}
    return News(event=name, key=f"{name}:{one.id}", at=one.at, resource=resource, payload=payload)
