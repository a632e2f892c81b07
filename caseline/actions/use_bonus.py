"""Lets the bonus of a contact be used at the next record: kept for it, taken from its price, given back, or ended."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import tell_bonus, wiring
from caseline.actions.wiring import House
from caseline.crm import connect, event_log
from caseline.crm.cards import Card, Deed
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import bonus, bonus_store
from caseline.feedback.bonus import Kind, Line, State, Visit
from caseline.feedback.bonus_store import Why

CONSUMER: Final = "bonus"
EVENTS: Final = ("created", "changed", "category_set", "stage_changed")
AT_ONCE: Final = 200
_ENDED_AT_ONCE: Final = 500


@dataclass(slots=True)
class Used:
    """What was done."""

    records: int = 0
    """Records at which something was kept, taken or given back."""
    ended: int = 0
    """Credits of which the rest has ended."""
    failed: list[int] = field(default_factory=list)
    """Records of which the database has refused a line."""


def run(house: House, *, now: datetime) -> Used:
    """Look at records that have changed, and at credits that have ended. Killed anywhere, the next call goes on."""
    found = Used()
    after = 0
    while True:
        with house.engine.begin() as connection:
            cursor = event_log.claim(connection, CONSUMER)
            if cursor is None or cursor.idle:
                break
            ids = event_log.waiting(connection, cursor, EVENTS, AT_ONCE, after=after)
            for record_id in bonus_store.touched(connection, ids):
                found.records += _settled(house, connection, record_id, found, now)
            event_log.done(connection, cursor, ids)
            if len(ids) < AT_ONCE and not after:
                event_log.advance(connection, cursor, now=now)
                break
            after = ids[-1] if len(ids) == AT_ONCE else 0
    found.ended = end(house, now=now)
    return found


def _settled(house: House, connection: sa.Connection, record_id: int, found: Used, now: datetime) -> bool:
    """One that cannot be settled keeps back no other; its next change is looked at again."""
    try:
        with connection.begin_nested():
            return bool(settle(house, connection, record_id, now=now))
    except (sa.exc.IntegrityError, sa.exc.DataError):  # what comes of others at work is tried again as a whole
        found.failed.append(record_id)
        return False


def settle(house: House, connection: sa.Connection, record_id: int, *, now: datetime) -> list[Line]:
    """Bring what a record takes of its contact's bonus to what it should be; answers the lines that this took.

    The contact is held, so of several records at once one gets the bonus, and the others find it used.
    """
    cards = wiring.intake(house).cards
    card = cards.get(connection, record_id)
    if card is None or card.contact_id is None:
        return []
    contact_id = bonus_store.hold(connection, card.contact_id)
    cards.lock(connection, [record_id])
    card = cards.get(connection, record_id)
    if card is None:
        return []
    price = _price(house, connection, record_id)
    before = bonus_store.of_record(connection, record_id)
    credits_ = bonus_store.credits_of(connection, bonus_store.family(connection, contact_id))
    whole = None if price is None else max(0, int(price))
    visit = Visit(state=_state(house, card), service=service(card), made_at=card.created_at, price=whole)
    lines = bonus.due(visit, before, credits_, now)
    made = [
        bonus_store.add(
            connection, one, Why(key=f"{one.kind}:{record_id}:{len(before) + place}", record_id=record_id), now=now
        )
        for place, one in enumerate(lines)
    ]
    tell_bonus.tell(connection, [one for one in made if one is not None], now=now)
    _correct(house, connection, card, price, lines, now)
    return lines


def end(house: House, *, now: datetime) -> int:
    """What is left of credits whose time is over is nobody's any more; answers of how many."""
    with house.engine.connect() as connection:
        found = bonus_store.ended(connection, now=now, most=_ENDED_AT_ONCE)
    for credit_id, contact_id in found:
        with house.engine.begin() as connection:
            bonus_store.hold(connection, contact_id)
            left, lines = bonus_store.left(connection, credit_id)
            if left > 0:
                line = Line(Kind.EXPIRE, credit_id, -left)
                number = bonus_store.add(connection, line, Why(key=f"expire:{credit_id}:{lines}"), now=now)
                tell_bonus.tell(connection, [number] if number else [], now=now)
    return len(found)


def service(card: Card) -> str:
    """By which a bonus is for a record, or not: its category, else its kind."""
    return card.category or card.kind or REQUEST


def _state(house: House, card: Card) -> State:
    cancelled = {one.strip() for one in house.settings.bonus_cancelled.split(",")}
    if card.stage.code in cancelled:
        return State.CANCELLED
    return State.OPEN if card.open else State.DONE


def _price(house: House, connection: sa.Connection, record_id: int) -> Decimal | None:
    held = connect.fields(house.settings.crm).values(connection, record_id).get(_field(house))
    if isinstance(held, bool) or not isinstance(held, int | float | str):
        return None
    try:
        found = Decimal(str(held))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None


def _correct(
    house: House, connection: sa.Connection, card: Card, price: Decimal | None, lines: list[Line], now: datetime
) -> None:
    """Lower the price by what was taken for it, or raise it again by what goes back."""
    moved = sum(one.amount for one in lines if one.kind in {Kind.APPLY, Kind.REVERSE})
    if not moved or price is None:
        return
    fields = connect.fields(house.settings.crm)
    old = fields.values(connection, card.id)[_field(house)]
    new: Any = price + moved
    new = str(new) if isinstance(old, str) else float(new) if isinstance(old, float) else int(new)
    change = {_field(house): {"old": old, "new": new}}
    told = {"fields": [_field(house)], "changes": change, "bonus": -moved}
    fields.write(connection, card, {_field(house): new}, Deed(at=now, event="changed", data=told))


def _field(house: House) -> str:
    return f"extra.{house.settings.bonus_price}"
