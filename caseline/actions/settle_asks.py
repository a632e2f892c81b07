"""Brings asks to what became of their letters: sent when the mail server has taken them, failed when it refused."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import asks_apart, campaign_ground
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import asks, books, letter_states, made_records, schedule, signals
from caseline.feedback.agreement_facts import SUBJECT
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import SMILEYS, Campaign, Channel
from caseline.feedback.letter_states import Settled
from caseline.feedback.states import State

AT_ONCE: Final = 500
_SENT: Final = "sent"


def run(house: House, *, now: datetime) -> int:
    """Settle what was sent or refused since; answers how many. May run at once with others and die anywhere."""
    with house.engine.connect() as connection:
        found = letter_states.settled(connection, AT_ONCE, now=now)
    count = 0
    for one in found:
        with asks_apart.apart(house, one.ask_id, now=now), house.engine.begin() as connection:
            count += _settle(house, connection, one, now)
    return count


def settle(house: House, connection: sa.Connection, ask_id: int, *, now: datetime) -> bool:
    """Settle one ask at once: its link may be opened before the job comes by."""
    one = letter_states.accepted(connection, ask_id)
    return one is not None and _settle(house, connection, one, now)


def _settle(house: House, connection: sa.Connection, one: Settled, now: datetime) -> bool:
    ask = asks.hold(connection, one.ask_id)
    if ask is None or ask.state not in {State.QUEUED, State.FAILED, State.SENT, State.VISITED, State.ANSWERING}:
        return False
    if ask.state is State.ANSWERING and signals.by_hand(connection, ask.id):
        return False  # somebody has got it all the same
    if one.state != _SENT and ask.state is not State.FAILED:
        reason = one.reason or one.state
        return asks.move(
            connection, ask, State.FAILED, by="job", now=now, changes={"reason": reason, "remind_at": None}
        )
    return ask.state in {State.QUEUED, State.FAILED} and sent(house, connection, ask, at=one.done_at)


def sent(house: House, connection: sa.Connection, ask: Ask, *, at: datetime) -> bool:
    """An ask has gone out: its link works from now on, for the time that the campaign says."""
    kept = books.campaign(connection, ask.campaign_id)
    assert kept is not None  # noqa: S101 - the database keeps to it
    plan = kept.campaign.varied(books.variant_code(connection, ask.variant_id)).schedule
    zone, works = campaign_ground.hours_of(house, connection, ask.contact_id)
    changes = {
        "sent_at": at,
        "expires_at": schedule.expires_at(plan, at),
        "remind_at": schedule.remind_at(plan, at, zone, works),
    }
    if not asks.move(connection, ask, State.SENT, by="job", now=at, changes=changes):
        return False
    if ask.subject == SUBJECT:
        connect.agreements(house.settings.crm).was_asked(connection, ask.subject_id, at=at)
    else:
        _tell(connection, ask, kept.campaign, at)
    return True


def _tell(connection: sa.Connection, ask: Ask, campaign: Campaign, at: datetime) -> None:
    """Tell the event log that the client was asked, once: whoever is responsible hears of it.

    A form on another site is sent to nobody; smileys go out on every closure, which is no news to whoever closes.
    """
    if campaign.kind != SMILEYS and ask.channel != Channel.WEB:
        data: dict[str, object] = {"ask": ask.id, "address": ask.address, "asked_by": ask.asked_by_id}
        made_records.tell(connection, REQUEST, ask.subject_id, data, at=at, event=made_records.SENT)
