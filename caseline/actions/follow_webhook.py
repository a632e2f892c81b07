"""Queues for another system what an answer came to; it is sent afterwards, outside of any transaction."""

from datetime import datetime

import sqlalchemy as sa

from caseline.actions import follow_ground
from caseline.actions.follow_ground import Undone
from caseline.actions.wiring import House
from caseline.feedback import books, hooks
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Queue it. Raises `Undone` for a webhook that is not there."""
    code = effect.data["hook"]
    found = hooks.find(connection, code)
    if found is None:
        raise Undone(f"ask {ask.id}, webhook: there is none called {code!r}; an administrator can make it")
    card = follow_ground.carrier(house, connection, ask, now=now)
    kept = books.campaign(connection, ask.campaign_id)
    body = {
        "event": "feedback",
        "ask": ask.public_id,
        "campaign": kept.code if kept else None,
        "subject": ask.subject,
        "subject_id": ask.subject_id,
        "record": card.id,
        "number": card.number,
        "service": ask.service,
        "contact": ask.contact_id,
        "company": ask.company_id,
        "channel": ask.channel,
        "grade": effect.data.get("grade"),
        "mean": effect.data.get("mean"),
        "answers": dict(follow_ground.values_of(connection, ask)),
        "at": (ask.answered_at or now).isoformat(),
    }
    hooks.queue(connection, found.id, f"feedback:{ask.public_id}:{effect.key}", body, now=now)
    return f"queued for {code}"
