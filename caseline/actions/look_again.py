"""Decides anew about asks that have waited for an address: much may have happened until it was there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import asks_apart, campaign_ground, take_back, trigger_agreements
from caseline.actions.campaign_ground import Standing
from caseline.actions.editing import Fault
from caseline.actions.wiring import House
from caseline.feedback import (
    agreement_facts,
    asks,
    audience,
    bad_addresses,
    books,
    drafting,
    letter_states,
    opt_outs,
    request_facts,
)
from caseline.feedback.asks import Ask
from caseline.feedback.audience import WAITING, Answer, Facts, Skip
from caseline.feedback.campaign import MAIL
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.states import State

AT_ONCE: Final = 500
_RUSSIAN: Final[Mapping[Skip, str]] = {
    Skip.REOPENED: "обращение снова открыто",
    Skip.STATUS: "договор вышел из нужного статуса",
    Skip.SERVICE: "услуга исключена из опросов",
    Skip.DIVISION: "подразделение исключено из опросов",
    Skip.TOO_OLD: "работа закончилась слишком давно",
    Skip.OPTED_OUT: "клиент отказался от опросов",
    Skip.BAD_ADDRESS: "письма на этот адрес возвращаются",
    Skip.FATIGUE: "клиента недавно уже спрашивали",
}


def run(house: House, *, now: datetime) -> int:
    """Let asks go on whose clients have an address by now, each in a transaction of its own; answers how many go on.

    The others are skipped and say why. Costs what waits, however much was asked before.
    """
    count, after = 0, 0
    while True:
        with house.engine.connect() as connection:
            found = letter_states.addressed(connection, after=after, most=AT_ONCE)
        for ask_id, address in found:
            with asks_apart.apart(house, ask_id, now=now), house.engine.begin() as connection:
                ask = asks.hold(connection, ask_id)
                if ask is None or ask.state is not State.NEEDS_DATA:
                    continue
                if let_go(house, connection, ask, address, now=now) is None:
                    asks.move(connection, ask, State.DRAFT, by="job", now=now, changes={"address": address})
                    asks.forward(connection, [ask_id], now=now)
                    count += 1
        if len(found) < AT_ONCE:
            return count
        after = found[-1][0]


def let_go(house: House, connection: sa.Connection, ask: Ask, address: str, *, now: datetime) -> Answer | None:
    """None: a held ask that waits may be sent there. Otherwise why not, and it has been skipped, or taken back."""
    decided = decide(house, connection, ask, address, now=now)
    if decided.skip is None:
        return None
    if decided.skip is Skip.REOPENED:
        take_back.take_back(connection, ask, decided.skip.value, now=now)
    else:
        asks.move(connection, ask, State.SKIPPED, by="job", now=now, changes={"reason": decided.reason})
    return decided


def decide(house: House, connection: sa.Connection, ask: Ask, address: str, *, now: datetime) -> Answer:
    """What the campaign says of it now that there is an address; that it was asked about already is no reason."""
    kept = books.campaign(connection, ask.campaign_id)
    assert kept is not None  # noqa: S101 - the database keeps to it
    try:
        one = campaign_ground.standing(house, connection, kept, since=ask.happened_at)
    except CampaignUnfit:
        return Answer(None)  # it waits where letters are written, until somebody has mended the campaign
    about_agreement = ask.subject == agreement_facts.SUBJECT
    facts = _of_agreement(connection, ask, one, now) if about_agreement else _of_request(connection, ask, one)
    if facts is None:
        return Answer(None)  # it is gone: its letter cannot be written, and says so
    mail = ask.channel in MAIL
    facts = replace(
        facts,
        switched_on_at=facts.happened_at,  # that it happened in time was decided when it was made
        imported=False,
        ripe_at=None,
        asked_at=None,
        contact=True,
        bad_address=mail and bool(bad_addresses.among(connection, [address])),
        opted_out=facts.opted_out or opt_outs.holds(connection, address=address, contact_id=ask.contact_id),
    )
    return audience.asked(one.ground.rule, facts, now)


def _of_request(connection: sa.Connection, ask: Ask, one: Standing) -> Facts | None:
    found = request_facts.of_records(connection, replace(one.wanted, silent=WAITING), [ask.subject_id])
    by_hand = ask.period.startswith(drafting.BY_HAND)
    return drafting.facts(found[0], one.ground, by_hand=by_hand) if found else None


def _of_agreement(connection: sa.Connection, ask: Ask, one: Standing, now: datetime) -> Facts | None:
    wanted = replace(trigger_agreements.wanted(one), silent=WAITING, own=ask.id)
    found = agreement_facts.facts(connection, wanted, now=now, ids=[ask.subject_id])
    return found[0][1] if found else None


def fault(decided: Answer) -> Fault:
    """Why nobody is asked, for whoever has chosen an address."""
    assert decided.skip is not None  # noqa: S101 - asked of skipped ones only
    russian = _RUSSIAN.get(decided.skip, decided.skip.value)
    day = "" if decided.since is None else f" ({decided.since:%d.%m.%Y})"
    return Fault("", f"nobody is asked any more: {decided.reason}", f"опрос больше не нужен: {russian}{day}")
