"""Tells the event log of an answer, so that it stands in the timeline of what was rated."""

from datetime import datetime

import sqlalchemy as sa

from caseline.actions import follow_correction, follow_ground
from caseline.actions.wiring import House
from caseline.feedback import made_records
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Write the event, of an agreement's review on both."""
    card = follow_ground.carrier(house, connection, ask, now=now)
    data = {"ask": ask.id, "grade": effect.data.get("grade"), "mean": effect.data.get("mean")}
    if ask.subject == follow_ground.AGREEMENT:
        made_records.tell(connection, ask.subject, ask.subject_id, {**data, "record": card.id}, at=now)
    made_records.tell(connection, follow_ground.REQUEST, card.id, data, at=now)
    follow_correction.bring_up_to_date(house, connection, ask, now=now)
    return f"told on record {card.id}"
