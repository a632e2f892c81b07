"""Makes of what came for an ask what counts: ratings, the state of the ask, and what follows from the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import asks_apart, open_ask, take_back, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.db.fixed import together
from caseline.feedback import answers, asks, books, confirming, effects, letter_states, once, ratings, signals, states
from caseline.feedback.agreement_facts import SUBJECT
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import SMILEYS, Campaign
from caseline.feedback.confirming import Judgement, Kind, Signal
from caseline.feedback.effects import Planned
from caseline.feedback.forms import RATED, Form
from caseline.feedback.outcome import Outcome, outcome
from caseline.feedback.states import OPEN, State
from caseline.timing import zones

AT_ONCE: Final = 500
_SAID: Final = OPEN | {State.OPTED_OUT}


@dataclass(frozen=True, slots=True)
class Judged:
    """What an ask comes to by now."""

    state: State
    judgements: Mapping[str, Judgement]
    """By question that is rated."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """What came for an ask."""

    given: Sequence[Given]
    came: Mapping[str, Sequence[Signal]]
    """By question."""


def run(house: House, *, now: datetime) -> int:
    """Judge what was waiting for its quiet period, and what a process that died has left; answers how many."""
    with house.engine.connect() as connection:
        found = asks.to_judge(connection, now=now, most=AT_ONCE)
    for ask_id in found:
        with asks_apart.apart(house, ask_id, now=now), house.engine.begin() as connection:
            judge(house, connection, ask_id, now=now)
    return len(found)


def judge(house: House, connection: sa.Connection, ask_id: int, *, now: datetime) -> Judged | None:
    """Bring ratings, state and follow-ups of an ask to what its signals and answers come to; None where none is open.

    Everything follows from what was kept, so it may be called again at any time. Whoever keeps a signal or an answer
    says `asks.judge_at` in the same transaction, and calls this in the next one: should he die between, the job does.
    """
    ask = asks.hold(connection, ask_id)
    if ask is None:
        return None
    kept, given, came = together(
        connection, books.wanted_campaign(ask.campaign_id), answers.wanted(ask_id), signals.wanted(ask_id)
    )
    # Who wants no more questions has still said what he said before.
    late = bool(given) and states.may(ask.state, State.ANSWERED)
    if not (ask.state in _SAID or open_ask.sent_before(ask) or late):
        asks.judge_at(connection, ask_id, None)  # nothing comes of it any more
        return None
    form, campaign = books.version(connection, ask.form_version_id), kept.campaign
    judged = judgements(connection, ask, form, campaign, Said(given, came), now)
    _keep(house, connection, ask, form, judged, daily=campaign.kind == SMILEYS)
    asks.judge_at(connection, ask.id, min((one.again_at for one in judged.values() if one.again_at), default=None))
    found = outcome(form, ask.state, ask.grade, answers.together(given), judged)
    if found.whole and (left := [key for key, one in judged.items() if one.confirmed and key not in found.values]):
        ratings.supersede(connection, ask.id, left, now=now)
    _write(connection, ask, found, given, now)
    if found.step is State.ANSWERED and ask.subject == SUBJECT:
        connect.agreements(house.settings.crm).was_answered(connection, ask.subject_id, at=now)
    if found.follows:
        _follow(connection, ask, campaign, found, now)
    if found.whole:
        _correct(connection, ask, found, now)
    return Judged(found.step or ask.state, judged, found)


def judgements(
    connection: sa.Connection, ask: Ask, form: Form, campaign: Campaign, said: Said, now: datetime
) -> dict[str, Judgement]:
    """What came for each question that is rated, as it counts at that moment."""
    found = {}
    letters = letter_states.left(connection, ask)
    for question in form.questions:
        if question.kind in RATED:
            own = [*said.came.get(question.key, ()), *_by_phone(question.key, said.given)]
            found[question.key] = confirming.judge(campaign.rule, letters, own, now)
    return found


def _by_phone(key: str, given: Sequence[Given]) -> list[Signal]:
    """What an employee has entered counts as if the client had pressed Save then: no script changes it either."""
    said = [one for one in given if one.entered_by is not None and isinstance(one.document.get(key), int)]
    return [Signal(one.at, Kind.GESTURE, one.document[key]) for one in said]


def _keep(
    house: House, connection: sa.Connection, ask: Ask, form: Form, judged: Mapping[str, Judgement], *, daily: bool
) -> None:
    zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    for question in form.questions:
        if question.key in judged and judged[question.key].confirmed:
            ratings.keep(connection, ask.id, question, judged[question.key].confirmed, zone, daily=daily)


def _write(connection: sa.Connection, ask: Ask, found: Outcome, given: Sequence[Given], now: datetime) -> None:
    grade = found.grade.value if found.grade else None
    if found.step is State.ANSWERED:
        by = next((one.entered_by for one in reversed(given) if one.entered_by), "client")
        changes = {"answered_at": ask.answered_at or now, "reason": None}
        asks.move(connection, ask, State.ANSWERED, by=by, now=now, changes=changes)
        if ask.state is State.QUEUED:
            take_back.withdraw(connection, ask, now=now)
    elif found.step is not None:
        asks.move(connection, ask, found.step, by="client", now=now)
    if found.whole:
        asks.graded(connection, ask.id, grade, found.mean)
        answers.grade(connection, ask.id, grade)


def _follow(connection: sa.Connection, ask: Ask, campaign: Campaign, found: Outcome, now: datetime) -> None:
    """Plan what the rules of the campaign say for such an answer, each once for an ask, or for all about a request."""
    grade = found.grade.value if found.grade else None
    came = {"grade": grade, "mean": found.mean}
    told = {**came, "values": dict(found.values)}
    if effects.told_last(connection, ask.id).get("values") != told["values"]:  # a correction has told them already
        effects.plan(connection, ask.id, Planned(effects.EVENT, grade or "received", told), now=now)
    shared = once.scope(connection, ask)
    once.hold(connection, shared)
    for rule in campaign.follow:
        if rule.when.holds(found.grade, found.mean):
            wide = shared if rule.do in once.KINDS else None
            effects.plan(connection, ask.id, Planned(rule.do.value, rule.key, {**rule.more, **came}, wide), now=now)


def _correct(connection: sa.Connection, ask: Ask, found: Outcome, now: datetime) -> None:
    """Plan, each time that other values count than those that were told last, to bring up to date what holds them."""
    told = effects.told_last(connection, ask.id)
    if told and told.get("values") != dict(found.values):
        before = {"grade_before": told.get("grade")}
        now_so = {"grade": found.grade.value if found.grade else None, "mean": found.mean, "values": dict(found.values)}
        key = str(effects.count_of(connection, ask.id, effects.CORRECTION) + 1)
        effects.plan(connection, ask.id, Planned(effects.CORRECTION, key, {**before, **now_so}), now=now)
