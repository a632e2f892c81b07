"""Tells people of the house of an answer, as a rule of its campaign says whom."""

from datetime import datetime

import sqlalchemy as sa

from caseline.actions import follow_ground, follow_people, wiring
from caseline.actions.follow_ground import Undone
from caseline.actions.wiring import House
from caseline.feedback import made_records
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.follow import Who
from caseline.notices import rules, store
from caseline.notices.kinds import Kind
from caseline.timing import zones


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Keep a notice for each who is to hear, once for each answer whatever rules name him; raises while it is untold.

    As with every notice, nobody hears of what he may not see, and whoever stands in for an absent person hears, too.
    """
    card = follow_ground.carrier(house, connection, ask, now=now)
    number = made_records.event_of(connection, card.id, ask.id)
    if number is None:
        raise Undone(f"ask {ask.id}: the event log does not tell of its answer yet; it is tried again")
    named = [one for who in effect.data["to"] for one in follow_people.found(connection, ask, card, Who(who))]
    zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    staff = store.staff(connection, today=now.astimezone(zone).date())
    pairs = [(person, Kind.FEEDBACK_RECEIVED) for person in dict.fromkeys(named)]
    told = [
        one
        for event in store.events(connection, [number])
        for one in rules.heard(event, staff, pairs, effect.data.get("text"))
    ]
    store.tell(connection, told)
    return f"told {len(told)} of {len(pairs)}"
