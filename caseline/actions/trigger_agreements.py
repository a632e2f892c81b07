"""Makes asks about agreements whose time has come, and says of all others why nobody is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import campaign_ground, take_back
from caseline.actions.campaign_ground import Standing
from caseline.actions.wiring import House
from caseline.feedback import agreement_facts, agreement_status, asks, audience, drafting, schedule
from caseline.feedback.agreement_facts import SUBJECT, Candidate, Wanted
from caseline.feedback.asks import Draft
from caseline.feedback.audience import Answer
from caseline.feedback.campaign import AddressRule, On
from caseline.feedback.links import mint_id
from caseline.feedback.states import State, may

AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """An agreement, and what the campaign would do about it."""

    candidate: Candidate
    decided: Answer


class Rests:
    """Who is asked in this run, so that nobody is asked twice by it: the statement does not know of him yet."""

    def __init__(self, one: Standing) -> None:
        self._one, self._asked = one, set[int]()

    def free(self, contact_id: int | None) -> bool:
        """Whether he may be asked; he rests from now on."""
        rule = self._one.ground.rule
        if contact_id is None or not (rule.person_rests or rule.anybody_rests):
            return True
        if contact_id in self._asked:
            return False
        self._asked.add(contact_id)
        return True


def run(house: House, *, now: datetime, faults: dict[str, str]) -> int:
    """Make the asks that are due; answers how many. It may die anywhere and run at once with others."""
    with house.engine.connect() as connection:
        campaigns = list(campaign_ground.running(house, connection, On.AGREEMENT, faults=faults))
    return sum(_ask(house, one, now) for one in campaigns)


def take_back_all(house: House, *, now: datetime) -> int:
    """Cancel asks about agreements that have left their status, or are gone, before a letter has left; how many."""
    count, after = 0, 0
    while True:
        with house.engine.begin() as connection:
            found = agreement_status.left(connection, after=after, most=AT_ONCE)
            for ask_id in found:
                count += left(connection, ask_id, now=now)
        if len(found) < AT_ONCE:
            return count
        after = found[-1]


def left(connection: sa.Connection, ask_id: int, *, now: datetime) -> bool:
    """Cancel an ask whose letter has not left if its agreement may not be asked about any more."""
    ask = asks.hold(connection, ask_id)
    if ask is None or ask.subject != SUBJECT:
        return False
    reason = agreement_status.why_not(connection, ask.subject_id)
    return (
        reason is not None and may(ask.state, State.SKIPPED) and take_back.take_back(connection, ask, reason, now=now)
    )


def foresee(connection: sa.Connection, one: Standing, *, now: datetime) -> Iterator[Line]:
    """What the campaign would do about every agreement now; nothing is changed."""
    what, after, rests = wanted(one), 0, Rests(one)
    while True:
        found = agreement_facts.facts(connection, what, now=now, after=after, most=AT_ONCE)
        for candidate, facts in found:
            decided = audience.asked(one.ground.rule, facts, now)
            if decided.skip is None and not rests.free(candidate.contact_id):
                decided = Answer(audience.Skip.FATIGUE, now)
            yield Line(candidate, decided)
        if len(found) < AT_ONCE:
            return
        after = found[-1][0].agreement_id


def _ask(house: House, one: Standing, now: datetime) -> int:
    what, after, count, rests = wanted(one), 0, 0, Rests(one)
    while True:
        with house.engine.begin() as connection:
            found = agreement_facts.due(connection, what, now=now, after=after, most=AT_ONCE)
            fit = [candidate for candidate in found if rests.free(candidate.contact_id)]
            made = asks.add(connection, [_draft(candidate, one, now) for candidate in fit], by="job", now=now)
            count += len(made)
            if one.ground.campaign.address is AddressRule.MANAGER:
                asks.await_addresses(connection, made, now=now)
            else:
                asks.forward(connection, made, now=now)
        if len(found) < AT_ONCE:
            return count
        after = found[-1].agreement_id


def wanted(one: Standing) -> Wanted:
    """What a campaign asks agreements for."""
    ground, trigger = one.ground, one.ground.campaign.trigger
    return Wanted(
        campaign_id=ground.campaign_id,
        kind=ground.campaign.kind,
        switched_on_at=ground.switched_on_at,
        rule=ground.rule,
        every=trigger.every,
        by_hand=ground.campaign.address is AddressRule.MANAGER,
        zone=ground.zone.key,
    )


def _draft(candidate: Candidate, one: Standing, now: datetime) -> Draft:
    ground = one.ground
    campaign, variant = drafting.varied(ground, candidate.contact_id, f"agreement {candidate.agreement_id}")
    by_manager = campaign.address is AddressRule.MANAGER
    start = max(candidate.happened_at, now - timedelta(days=1))
    return Draft(
        public_id=mint_id(),
        campaign_id=ground.campaign_id,
        form_version_id=ground.versions[campaign.form_of(candidate.division_id)],
        subject=SUBJECT,
        subject_id=candidate.agreement_id,
        period=candidate.period,
        service=candidate.service,
        channel=campaign.channel.value,
        language=ground.language,
        happened_at=candidate.happened_at,
        state=State.DRAFT,
        variant_id=variant,
        contact_id=candidate.contact_id,
        company_id=candidate.company_id,
        responsible_id=candidate.responsible_id,
        division_id=candidate.division_id,
        address=None if by_manager else candidate.address,
        due_at=schedule.send_at(campaign.schedule, start, ground.zone, ground.works),
    )
