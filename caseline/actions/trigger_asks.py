"""Makes asks: of records that come into a stage, or have been in it long enough; and takes back what is reopened."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa

from caseline.actions import campaign_ground, take_back, trigger_agreements
from caseline.actions.campaign_ground import Standing
from caseline.actions.wiring import House
from caseline.actions.write_behind import WriteBehind
from caseline.crm import event_log
from caseline.crm.event_log import Cursor
from caseline.feedback import asks, books, drafting, request_facts
from caseline.feedback.asks import Draft
from caseline.feedback.audience import Skip
from caseline.feedback.campaign import AddressRule, On
from caseline.feedback.candidates import Found
from caseline.feedback.drafting import Rests
from caseline.feedback.links import mint_ids
from caseline.feedback.states import State

CONSUMER: Final = "feedback"
EVENTS: Final = ("created", "stage_changed")
AT_ONCE: Final = 5_000
"""Events, or records, of one transaction."""
_LATE: Final = timedelta(days=7)
"""So long after its time somebody may still write down that a record came into a stage."""
_LATER: Final = frozenset({Skip.REOPENED, Skip.NOT_YET})


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
    """Few events are one transaction; of many each part is written behind, and `reading` keeps others from the log."""
    after, round_ = 0, _Round(done, now)
    with WriteBehind(house.engine) as writer, house.engine.begin() as reading:
        cursor = event_log.claim(reading, CONSUMER)
        if cursor is None or cursor.idle:
            return
        while True:
            campaigns = list(campaign_ground.running(house, reading, On.STAGE, On.AGE, faults=done.faults))
            stages = sorted({stage for one in campaigns for stage in one.wanted.stages})
            ids = event_log.waiting(reading, cursor, EVENTS, AT_ONCE, after=after, stages=stages)
            if len(ids) < AT_ONCE and not after:
                round_.take_back(reading, campaigns, ids)
                for one in campaigns:
                    asks.add(reading, round_.of_events(reading, one, ids), by="job", now=now, go_on=_goes_on(one))
                event_log.done(reading, cursor, ids)
                event_log.advance(reading, cursor, now=now)
                return
            if round_.takes_back(reading, campaigns, ids):
                writer.drain()  # it may be on its way
                with house.engine.begin() as connection:
                    round_.take_back(connection, campaigns, ids)
            made = [(one, round_.of_events(reading, one, ids)) for one in campaigns]
            writer.put(partial(_write, cursor=cursor, ids=ids, made=made, now=now))
            round_.flies(made)
            after = ids[-1] if len(ids) == AT_ONCE else 0
            if not after:
                writer.drain()  # the last look is one at all that is not done


def _write(
    connection: sa.Connection,
    *,
    cursor: Cursor,
    ids: Sequence[int],
    made: Sequence[tuple[Standing, Sequence[Draft]]],
    now: datetime,
) -> None:
    for one, drafts in made:
        asks.add(connection, drafts, by="job", now=now, go_on=_goes_on(one))
    event_log.done(connection, cursor, ids)


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
                facts = request_facts.of_records(connection, one.wanted, found)
                drafts = _Round(done, now).of_records(one, facts)
                asks.add(connection, drafts, by="job", now=now, go_on=_goes_on(one))
                if len(found) < AT_ONCE:
                    books.looked(connection, one.kept, until)
                    break


def _goes_on(one: Standing) -> bool:
    """Whether its asks wait for no manager."""
    return one.ground.campaign.address is not AddressRule.MANAGER


class _Round:
    """Decides part after part, some of which are still being written when the next one is decided."""

    def __init__(self, done: Done, now: datetime) -> None:
        self._done, self._now = done, now
        self._rests = Rests()
        self._flying: set[tuple[int, int]] = set()
        """(campaign, record) that the part on its way asks about."""

    def of_events(self, connection: sa.Connection, one: Standing, ids: Sequence[int]) -> list[Draft]:
        """What a campaign that waits for a stage makes of these events."""
        if one.ground.campaign.trigger.by is not On.STAGE:
            return []
        return self.of_records(one, request_facts.of_events(connection, one.wanted, ids))

    def of_records(self, one: Standing, found: Sequence[Found]) -> list[Draft]:
        """What a campaign makes of these records."""
        now, kind, drafts = self._now, one.wanted.kind, []
        for record, public_id in zip(found, mint_ids(len(found)), strict=True):
            if record.asked_at is not None or (one.wanted.campaign_id, record.record_id) in self._flying:
                continue  # it was decided already; an event that comes again is no news
            with_them = self._rests.with_them(record, kind) if one.wanted.rests else record
            decided = drafting.decide(with_them, one.ground, now=now)
            if decided.skip in _LATER:
                continue  # it was moved on meanwhile, and is looked at anew when it has come back for long enough
            if decided.skip is None:
                self._rests.note(record, kind, now)
            else:
                self._done.skipped[decided.skip.value] += 1
            drafts.append(drafting.draft(with_them, one.ground, decided, now=now, public_id=public_id))
        self._done.asked += sum(draft.state is State.DRAFT for draft in drafts)
        return drafts

    def flies(self, made: Sequence[tuple[Standing, Sequence[Draft]]]) -> None:
        """Take it that this part is on its way, and that those before it have been written."""
        self._flying = {(one.wanted.campaign_id, draft.subject_id) for one, drafts in made for draft in drafts}

    def takes_back(self, connection: sa.Connection, campaigns: Sequence[Standing], ids: Sequence[int]) -> bool:
        """Whether there may be something to be taken back after these events; what is on its way counts."""
        return any(
            asked or (one.wanted.campaign_id, record_id) in self._flying
            for one in campaigns
            for record_id, asked in request_facts.left(connection, one.wanted, ids)
        )

    def take_back(self, connection: sa.Connection, campaigns: Sequence[Standing], ids: Sequence[int]) -> None:
        """Cancel what has not left about records that have left the stages of the campaigns by these events."""
        moved = request_facts.moved(connection, ids)
        for one in campaigns:
            for ask_id in asks.cancel_reopened(connection, moved, one.wanted.stages, one.wanted.campaign_id):
                ask = asks.one(connection, ask_id)
                if ask is not None and take_back.take_back(connection, ask, Skip.REOPENED.value, now=self._now):
                    self._done.cancelled += 1
