"""Says whom a campaign would ask now, and whom not and why; asks about one record because somebody wants it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import campaign_ground, keep_campaigns, trigger_agreements
from caseline.actions.campaign_ground import Standing
from caseline.actions.editing import Editor
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.feedback import asks, audience, bad_addresses, books, drafting, opt_outs, request_facts, subject_asks
from caseline.feedback.asks import Ask
from caseline.feedback.audience import Answer, Skip
from caseline.feedback.campaign import MAIL, Channel, On
from caseline.feedback.candidates import Found
from caseline.feedback.drafting import Rests
from caseline.feedback.forms import Words

AT_ONCE: Final = 5_000
SHOWN: Final = 200
LOOKS_BACK: Final = timedelta(days=30)
"""A campaign that is off is tried as if it had been switched on so long ago."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record, and what the campaign would do about it."""

    found: Found
    decided: Answer
    waits: bool = False
    """Nothing speaks against it but that there is no address."""


@dataclass(slots=True)
class Foreseen:
    """What a campaign would do now."""

    since: datetime
    """As if it had been on since then."""
    asked: int = 0
    no_address: int = 0
    """What would be asked about if there were an address; the ask waits until there is one."""
    already: int = 0
    """What was decided already: asked about, or skipped."""
    skipped: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    """The first of those that would be asked, of those that would wait for an address, and of each reason."""
    agreements: list[trigger_agreements.Line] = field(default_factory=list)
    """The same of a campaign over agreements."""


def foresee(house: House, code: str, *, now: datetime, since: datetime | None = None) -> Foreseen:
    """Try a campaign over everything that is in its stages now, and change nothing. Raises `Absent`, `CampaignUnfit`.

    A campaign that is started by hand has nothing to be tried over.
    """
    with house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=now)
    with house.engine.connect() as connection:
        kept = books.by_code(connection, code)
        if kept is None:
            raise Absent(code)
        start = since or kept.switched_on_at or now - LOOKS_BACK
        one = campaign_ground.standing(house, connection, kept, since=start)
        done, rests, after = Foreseen(start), Rests(), 0
        if one.ground.campaign.trigger.by is On.AGREEMENT:
            _tell_agreements(connection, done, one, now)
        if one.ground.campaign.trigger.by not in {On.STAGE, On.AGE}:
            return done
        while True:
            found = request_facts.there(connection, one.wanted, after=after, most=AT_ONCE)
            elsewhere = _elsewhere(connection, one, [record.record_id for record in found])
            _tell(done, one, rests, [(record, elsewhere.get(record.record_id)) for record in found], now)
            if len(found) < AT_ONCE:
                return done
            after = found[-1].record_id


def _tell_agreements(connection: sa.Connection, done: Foreseen, one: Standing, now: datetime) -> None:
    for line in trigger_agreements.foresee(connection, one, now=now):
        skip = line.decided.skip
        if skip is Skip.ASKED_ALREADY:
            done.already += 1
            continue
        if skip is None:
            done.asked += 1
        else:
            done.skipped[skip.value] += 1
        if (done.asked if skip is None else done.skipped[skip.value]) <= SHOWN:
            done.agreements.append(line)


def _elsewhere(connection: sa.Connection, one: Standing, requests: Sequence[int]) -> dict[int, datetime]:
    """About which of these requests others ask, where that matters."""
    campaign = one.ground.campaign
    beside = campaign.beside or campaign.channel is Channel.WEB
    return {} if beside else subject_asks.by_others(connection, one.ground.campaign_id, requests)


def _decided(record: Found, one: Standing, elsewhere: datetime | None, now: datetime) -> Answer:
    """What the campaign decides, and what is decided again when its letter is written."""
    decided = drafting.decide(record, one.ground, now=now)
    return Answer(Skip.ELSEWHERE, elsewhere) if decided.skip is None and elsewhere is not None else decided


def _tell(
    done: Foreseen, one: Standing, rests: Rests, found: Sequence[tuple[Found, datetime | None]], now: datetime
) -> None:
    for record, elsewhere in found:
        if record.asked_at is not None:
            done.already += 1
            continue
        known = rests.with_them(record, one.wanted.kind)
        decided = _decided(known, one, elsewhere, now)
        if decided.skip is Skip.REOPENED:
            continue
        waits = decided.skip is None and not drafting.has_address(known, one.ground)
        if decided.skip is not None:
            done.skipped[decided.skip.value] += 1
            number = done.skipped[decided.skip.value]
        else:
            rests.note(record, one.wanted.kind, now)
            done.asked += not waits
            done.no_address += waits
            number = done.no_address if waits else done.asked
        if number <= SHOWN:
            done.lines.append(Line(known, decided, waits))


def ask_by_hand(
    house: House, code: str, record_id: int, editor: Editor, *, by_id: int | None = None, address: str | None = None
) -> Ask:
    """Ask about a record now, whatever the campaign waits for; once a day for each record.

    Who wants no more questions, and an address to which letters came back, are respected; limits by time are not: who
    asks by hand knows what he does. Raises `Absent`, `CampaignUnfit`, and `Told` with the reason.
    """
    with house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=editor.at)
        kept = books.by_code(connection, code)
        if kept is None:
            raise Absent(code)
        one = campaign_ground.standing(house, connection, kept, since=editor.at)
        found = _record(connection, one, record_id)
        decided = _by_hand(connection, found, one, address, editor.at)
        if decided.skip is not None:
            raise Told("request %(request)s: nobody is asked: %(reason)s", request=record_id, reason=decided.skip.value)
        period = f"{drafting.BY_HAND} {editor.at.astimezone(one.ground.zone):%Y-%m-%d}"
        draft = drafting.draft(found, one.ground, decided, now=editor.at, period=period)
        draft = replace(draft, asked_by_id=by_id, address=address or draft.address)
        made = asks.add(connection, [draft], by=editor.login or "", now=editor.at)
        if not made:
            raise Told(
                "request %(request)s: this campaign has asked about it today: wait until tomorrow", request=record_id
            )
        asks.forward(connection, made, now=editor.at)
        ask = asks.one(connection, made[0])
        assert ask is not None  # noqa: S101 - it was made in this transaction
        return ask


def _by_hand(connection: sa.Connection, found: Found, one: Standing, address: str | None, now: datetime) -> Answer:
    """Whether somebody may ask by hand; of an address that he names instead it matters what is known of that one."""
    facts = drafting.facts(found, one.ground, by_hand=True)
    if address is not None:
        mail = one.ground.campaign.channel in MAIL
        facts = replace(
            facts,
            bad_address=mail and bool(bad_addresses.among(connection, [address])),
            opted_out=found.opted_out or opt_outs.holds(connection, address=address, contact_id=found.contact_id),
        )
    return audience.asked(one.ground.rule, facts, now)


def _record(connection: sa.Connection, one: Standing, record_id: int) -> Found:
    found = request_facts.of_records(connection, one.wanted, [record_id])
    if not found:
        raise Absent(str(record_id))
    return found[0]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What a campaign says of a record."""

    campaign: str
    name: Words
    ask: Ask | None
    decided: Answer | None
    """What it would decide now; None where an ask is there."""


def why_not(house: House, record_id: int, *, now: datetime) -> list[WhyNot]:
    """What each campaign that is on says of a record: its ask, or why there is none."""
    with house.engine.connect() as connection:
        said = []
        there = asks.of_subject(connection, "request", record_id)
        for one in campaign_ground.running(house, connection, On.STAGE, On.AGE, faults={}):
            own = [ask for ask in there if ask.campaign_id == one.kept.id]
            decided = None
            if not own:
                found = request_facts.of_records(connection, one.wanted, [record_id])
                elsewhere = _elsewhere(connection, one, [record_id]).get(record_id)
                decided = _decided(found[0], one, elsewhere, now) if found else None
            said.append(WhyNot(one.kept.code, one.ground.campaign.name, own[-1] if own else None, decided))
        return said
