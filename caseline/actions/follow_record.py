"""Makes a record of an answer, an NPS record as a rule: with the answers in its fields, beside what was rated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import follow_ground, wiring
from caseline.actions.follow_ground import Undone
from caseline.actions.wiring import House
from caseline.crm.cards import Card, NewCard
from caseline.feedback import books, coefficient
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.forms import words

_LONGEST = 500


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Make it, unless it is there."""
    return f"record {ensured(house, connection, ask, effect.data, now=now).id}"


def name(connection: sa.Connection, ask: Ask, source: Card, template: str, language: str) -> str:
    """What it is called by that rule as the answer counts now; `source`: what was rated."""
    form = books.version(connection, ask.form_version_id)
    value = coefficient.coefficient(form, follow_ground.values_of(connection, ask))
    said = coefficient.said(value, ask.grade, language)
    return coefficient.name(template, source.number or str(source.id), said)[:_LONGEST]


def renamed(connection: sa.Connection, ask: Ask, source: Card, held: str, template: str, language: str) -> str | None:
    """Its new name, where `held` is one that the rule has given; None where somebody has named it otherwise."""
    known = coefficient.names(template, source.number or str(source.id), language)
    return name(connection, ask, source, template, language) if held in {one[:_LONGEST] for one in known} else None


def ensured(house: House, connection: sa.Connection, ask: Ask, rule: Mapping[str, Any], *, now: datetime) -> Card:
    """The record of the rule's kind, made when it is not there. Raises `Undone` for a kind without stages."""
    kind, language = rule["kind"], house.settings.mail_language
    ask = follow_ground.counting(connection, ask)
    there = follow_ground.made(house, connection, ask, kind)
    if there is not None:
        return there
    source = follow_ground.carrier(house, connection, ask, now=now)
    if source.kind == kind:
        return source
    stages = wiring.intake(house).cards.stages(connection, kind)
    if not stages:
        raise Undone(f"campaign of ask {ask.id}, follow, kind: {kind!r} has no stages; add one, or name another kind")
    new = NewCard(
        kind=kind,
        subject=name(connection, ask, source, words(rule["name"], language), language),
        stage=stages[0].code,
        group_id=source.group_id,
        assignee_id=follow_ground.responsible(connection, ask, source),
        company_id=source.company_id,
        contact_id=source.contact_id,
    )
    return follow_ground.make(house, connection, ask, new, parent_id=source.id, now=now)
