"""Makes asks: of records that come into a stage, or have been in it long enough; and takes back what is reopened."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import campaign_ground, take_back, trigger_agreements
from caseline.actions.campaign_ground import Standing
from caseline.actions.wiring import House
from caseline.crm import event_log
from caseline.feedback import asks, books, drafting, request_facts
from caseline.feedback.audience import Skip
from caseline.feedback.campaign import AddressRule, On
from caseline.feedback.candidates import Found
from caseline.feedback.drafting import Rests
from caseline.feedback.states import State

CONSUMER: Final = "feedback"
EVENTS: Final = ("created", "stage_changed")
AT_ONCE: Final = 5_000
"""Events, or records, of one transaction."""
_LATE: Final = timedelta(days=7)
"""So long after its time somebody may still write down that a record came into a stage."""


@dataclass(slots=True)
class Done:
    """What a round came to."""

    asked: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason."""
    cancelled: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    """Why campaigns could not be used, by their codes."""


def run(house: House, *, now: datetime) -> Done:
    """Make the asks that are due, and say of all others why nobody is asked.

    A part of the event log, the asks made of it and how far it is read are one transaction: killed anywhere, the next
    call goes on as if this one had not been. Only one reads at a time. What imports bring is never looked at.
    """
    done = Done()
    _of_events(house, done, now)
    _of_age(house, done, now)
    done.cancelled += trigger_agreements.take_back_all(house, now=now)
    done.asked += trigger_agreements.run(house, now=now, faults=done.faults)
    return done


def _of_events(house: House, done: Done, now: datetime) -> None:
    after = 0
    while True:
        with house.engine.begin() as connection:
            cursor = event_log.claim(connection, CONSUMER)
            if cursor is None or cursor.idle:
                return
            ids = event_log.waiting(connection, cursor, EVENTS, AT_ONCE, after=after)
            campaigns = campaign_ground.running(house, connection, On.STAGE, On.AGE, faults=done.faults) if ids else ()
            for one in campaigns:
                _take_back(connection, one, ids, done, now)
                if one.ground.campaign.trigger.by is On.STAGE:
                    came = request_facts.of_events(connection, one.wanted, ids)
                    _ask(connection, one, request_facts.of_records(connection, one.wanted, came), done, now)
            event_log.done(connection, cursor, ids)
            if len(ids) < AT_ONCE and not after:
                event_log.advance(connection, cursor, now=now)
                return
            after = ids[-1] if len(ids) == AT_ONCE else 0


def _of_age(house: House, done: Done, now: datetime) -> None:
    with house.engine.connect() as connection:
        campaigns = list(campaign_ground.running(house, connection, On.AGE, faults=done.faults))
    for one in campaigns:
        until, since = now - one.ground.campaign.trigger.age, one.ground.switched_on_at
        if one.kept.aged_until is not None:
            since = max(since, one.kept.aged_until - _LATE)
        while True:
            with house.engine.begin() as connection:
                found = request_facts.aged(connection, one.wanted, since=since, until=until, most=AT_ONCE)
                _ask(connection, one, request_facts.of_records(connection, one.wanted, found), done, now)
                if len(found) < AT_ONCE:
                    books.looked(connection, one.kept, until)
                    break


def _ask(connection: sa.Connection, one: Standing, found: Sequence[Found], done: Done, now: datetime) -> None:
    """Decide about these records, and keep what was decided."""
    rests, drafts = Rests(), []
    for record in found:
        if record.asked_at is not None:
            continue  # it was decided already; an event that comes again is no news
        with_them = rests.with_them(record)
        decided = drafting.decide(with_them, one.ground, now=now)
        if decided.skip in {Skip.REOPENED, Skip.NOT_YET}:
            continue  # it was moved on meanwhile, and is looked at anew when it has come back for long enough
        if decided.skip is None:
            rests.note(record, now)
        else:
            done.skipped[decided.skip.value] += 1
        drafts.append(drafting.draft(with_them, one.ground, decided, now=now))
    by_hand = one.ground.campaign.address is AddressRule.MANAGER
    asks.add(connection, drafts, by="job", now=now, go_on=not by_hand)
    done.asked += sum(draft.state is State.DRAFT for draft in drafts)


def _take_back(connection: sa.Connection, one: Standing, ids: Sequence[int], done: Done, now: datetime) -> None:
    """Cancel what has not left about records that have left the stages of the campaign."""
    moved = request_facts.moved(connection, ids)
    for ask_id in asks.cancel_reopened(connection, moved, one.wanted.stages, one.wanted.campaign_id):
        ask = asks.one(connection, ask_id)
        if ask is not None and take_back.take_back(connection, ask, Skip.REOPENED.value, now=now):
            done.cancelled += 1
