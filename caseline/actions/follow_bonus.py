"""Gives a client a bonus for an answer, or for going to where a public review may be written, and tells him."""

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import follow_ground, tell_bonus, tell_client, write_letter
from caseline.actions.tell_client import Say
from caseline.actions.wiring import House
from caseline.feedback import asks, bonus_store, effects, once
from caseline.feedback.asks import Ask
from caseline.feedback.bonus_store import Given
from caseline.feedback.effects import Effect, Planned
from caseline.feedback.follow import Do, On
from caseline.feedback.reviews import Reward, Target
from caseline.outbox.tags import Tag

_CLICKED: Final = "clicked"


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Credit it, unless the client has had as many as the rule allows; a click is waited for until there is one."""
    rule = effect.data
    if rule["given_for"] == On.CLICK and not rule.get(_CLICKED):
        return "waits until the client goes to where a review may be written"
    if ask.contact_id is None:
        return "not given: nobody knows whose it would be"
    contact_id = bonus_store.hold(connection, ask.contact_id)
    had = bonus_store.given_by(connection, bonus_store.family(connection, contact_id), ask.campaign_id)
    if rule["most"] is not None and had >= rule["most"]:
        return f"not given: the client has had {had}, which is as many as the rule allows"
    given = Given(
        key=f"ask:{ask.id}:{effect.key}",
        contact_id=contact_id,
        amount=rule["amount"],
        expires_at=now + timedelta(days=rule["lasts_days"]),
        services=rule["services"],
        applies=rule["apply"],
        ask_id=ask.id,
    )
    number = bonus_store.credit(connection, given, now=now)
    if number is None:
        return "given already"
    tell_bonus.tell(connection, [number], now=now)
    return f"{rule['amount']} given; {_told(house, connection, ask, given, effect.key, now)}"


def clicked(connection: sa.Connection, ask_id: int, target: Target, *, now: datetime) -> None:
    """Somebody has gone to where a review may be written: what is given for that is due, each once for an ask.

    Sites that forbid to reward reviews are none of those for which anything is given.
    """
    if target.reward is not Reward.CLICK:
        return
    ask = asks.one(connection, ask_id)
    shared = None if ask is None else once.scope(connection, ask)
    for key, rule in effects.data_of(connection, ask_id, Do.BONUS):
        if rule["given_for"] == On.CLICK and not rule.get(_CLICKED):
            data: dict[str, Any] = {**rule, _CLICKED: True}
            planned = Planned(Do.BONUS, f"{key}:{_CLICKED}", data, shared)
            effects.plan(connection, ask_id, planned, now=now)


def _told(house: House, connection: sa.Connection, ask: Ask, given: Given, key: str, now: datetime) -> str:
    values = {
        Tag.BONUS: str(given.amount),
        Tag.BONUS_UNTIL: write_letter.local(house, connection, given.expires_at, hours=False),
    }
    card = follow_ground.carrier(house, connection, ask, now=now)
    template = "bonus_applies" if given.applies else "bonus_given"
    return tell_client.tell(house, connection, ask, card, Say(template, values, key), now=now)
