"""Brings up to date what was made of an answer when other values of it count than before."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import follow_ground, follow_record, know_calendars, wiring
from caseline.actions.follow_ground import REVIEW, Undone
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed
from caseline.feedback import books, effects, made_records
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.follow import Do
from caseline.feedback.forms import words

_EXTRA: Final = "extra."


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Correct the records that were made of the answer, and tell the event log of it. Raises `Undone`."""
    kept = bring_up_to_date(house, connection, ask, now=now)
    data = {"ask": ask.id, **{name: effect.data.get(name) for name in ("grade", "mean", "grade_before")}}
    carrier = follow_ground.carrier(house, connection, ask, now=now)
    for number in sorted({carrier.id, *made_records.of_ask(connection, ask).values()}):
        told = {**data, "kept": True} if number in kept else data
        made_records.tell(connection, follow_ground.REQUEST, number, told, at=now, event=made_records.CORRECTED)
    return f"told on record {carrier.id}"


def bring_up_to_date(house: House, connection: sa.Connection, ask: Ask, *, now: datetime) -> frozenset[int]:
    """Let records that were made of an answer hold what counts of it now: values, name, and stage.

    Answers those on which somebody has worked: they stay in the stage to which he has brought them. Raises `Undone`
    where somebody else changes one just then.
    """
    ask = follow_ground.counting(connection, ask)
    kept: set[int] = set()
    for kind, number in made_records.of_ask(connection, ask).items():
        card = wiring.intake(house).cards.get(connection, number)
        if card is None:
            continue  # somebody has removed it
        card = _refill(house, connection, ask, card, now)
        if made_records.worked_on(connection, number):
            kept.add(number)
        elif kind == REVIEW and card.stage.code != follow_ground.review_stage(ask):
            _move(house, connection, ask, card, now)
    return frozenset(kept)


def _refill(house: House, connection: sa.Connection, ask: Ask, card: Card, now: datetime) -> Card:
    fields = connect.fields(house.settings.crm)
    held = fields.values(connection, card.id)
    wanted = _fields(house, connection, ask, card.kind)
    name = _name(house, connection, ask, card, now)
    changed = {key: one for key, one in {**wanted, "subject": name}.items() if held.get(key) != one}
    if not changed:
        return card
    told = {"fields": sorted(changed), "changes": {k: {"old": held.get(k), "new": v} for k, v in changed.items()}}
    written = fields.write(connection, card, changed, Deed(at=now, event="changed", data={**told, "ask": ask.id}))
    if written is None:
        raise Undone(f"{card.name}: somebody else changes it just now; it is tried again")
    return written


def _fields(house: House, connection: sa.Connection, ask: Ask, kind: str) -> Mapping[str, Any]:
    """What its extra fields are to hold; what is not asked any more is emptied."""
    found = follow_ground.filled(connection, ask, kind, house.settings.mail_language)
    form = books.version(connection, ask.form_version_id)
    places = [(one.target or one.key).removeprefix(_EXTRA) for one in form.questions]
    return {_EXTRA + key: value for key, value in {**dict.fromkeys(places), **found}.items()}


def _name(house: House, connection: sa.Connection, ask: Ask, card: Card, now: datetime) -> str:
    """What it is called by the rule that made it; one that somebody has called otherwise keeps its name."""
    if card.kind == REVIEW:
        return card.subject
    source, language = follow_ground.carrier(house, connection, ask, now=now), house.settings.mail_language
    for rule in _rules(connection, ask, card.kind):
        template = words(rule["name"], language)
        if (name := follow_record.renamed(connection, ask, source, card.subject, template, language)) is not None:
            return name
    return card.subject


def _rules(connection: sa.Connection, ask: Ask, kind: str) -> Iterator[Mapping[str, Any]]:
    """By which rules it may have been made: as they were then, and as they are now."""
    for _key, data in effects.data_of(connection, ask.id, Do.RECORD):
        if data.get("kind") == kind:
            yield data
    for rule in follow_ground.campaign_of(connection, ask).follow:
        if rule.do is Do.RECORD and rule.more["kind"] == kind:
            yield rule.more


def _move(house: House, connection: sa.Connection, ask: Ask, card: Card, now: datetime) -> None:
    know_calendars.ready(connection, now=now)
    intake, wanted = wiring.own_intake(house, "moving records of answers"), follow_ground.review_stage(ask)
    stage = next((one for one in intake.cards.stages(connection, card.kind) if one.code == wanted), None)
    if stage is None:
        raise Undone(f"{card.name}: reviews have no stage {wanted!r}; add it, or move the record by hand")
    # The mark tells this step from one of a person.
    if intake.move(connection, card, stage, Deed(at=now, data={"ask": ask.id})) is None:
        raise Undone(f"{card.name}: somebody else moves it just now; it is tried again")
