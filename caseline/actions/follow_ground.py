"""What every follow-up stands on: the record that carries what is written, told and given because of an answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import find_request, follow_people, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed, NewCard
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import asks, books, coefficient, effects, made_records, once
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import Campaign
from caseline.feedback.follow import Who
from caseline.feedback.forms import RATED, Form, Question, words

CHANNEL: Final = "feedback"
"""Of records that were made of answers: no campaign asks about these."""
REVIEW: Final = "review"
"""Kind of the record that carries the review of an agreement."""
AGREEMENT: Final = "agreement"
VALUE: Final = "nps_value"
"""Key of the extra field that holds the coefficient."""
_BAD: Final = "bad"
_STAGES: Final = {True: "work", False: "received"}
"""Of the review of an agreement, by whether it is bad."""
_REVIEW_OF: Final = {"ru": "Отзыв по договору {number}", "en": "Review of agreement {number}"}
_LABEL: Final = {"ru": "Коэффициент", "en": "Coefficient"}


class Undone(Exception):
    """What follows from an answer cannot be done now; it is tried again, and the message names the remedy."""


class Gone(Undone):
    """What was rated is not there any more."""


def carrier(house: House, connection: sa.Connection, ask: Ask, *, now: datetime) -> Card:
    """The record on which all that follows stands: what was rated, or the review of an agreement, made when needed.

    Assignments, notices and letters hang on records, and an agreement is none. Raises `Gone`.
    """
    if ask.subject == AGREEMENT:
        return _review(house, connection, ask, now=now)
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    remaining = find_request.remaining(connection, timelines, ask.subject_id) or ask.subject_id
    card = cards.get(connection, remaining)
    if card is None:
        raise Gone(f"ask {ask.id}: record {ask.subject_id} is gone; nothing can follow from its answer")
    return card


def campaign_of(connection: sa.Connection, ask: Ask) -> Campaign:
    """The campaign of an ask."""
    kept = books.campaign(connection, ask.campaign_id)
    assert kept is not None  # noqa: S101 - the database keeps to it
    return kept.campaign


def values_of(connection: sa.Connection, ask: Ask) -> Mapping[str, Any]:
    """What counts of the answer, as it was when something followed from it last."""
    found: Mapping[str, Any] = effects.told_last(connection, ask.id).get("values", {})
    return found


def filled(connection: sa.Connection, ask: Ask, kind: str, language: str) -> dict[str, Any]:
    """Extra fields of a record of that kind that hold the answer, each with its definition."""
    form, values = books.version(connection, ask.form_version_id), values_of(connection, ask)
    found: dict[str, Any] = {}
    for question in form.questions:
        if question.key in values:
            key = (question.target or question.key).removeprefix("extra.")
            found[key] = coefficient.shown(question, values[question.key], language)
    _define(connection, form, kind, language)
    value = coefficient.coefficient(form, values)
    return found if value is None else {**found, VALUE: value}


def _define(connection: sa.Connection, form: Form, kind: str, language: str) -> None:
    defined = [(VALUE, "number", _LABEL[language])] if any(one.kind.value == "nps" for one in form.questions) else []
    defined += [(one.key, _type(one), words(one.label, language)) for one in form.questions if one.target is None]
    made_records.define(connection, kind, defined)


def _type(question: Question) -> str:
    return "number" if question.kind in RATED else "text"


def make(
    house: House, connection: sa.Connection, ask: Ask, new: NewCard, *, parent_id: int | None, now: datetime
) -> Card:
    """Make a record of an answer; it starts no intake: no category, no deadline, nobody's turn, no acknowledgement.

    Its extra fields hold the answer.
    """
    cards = wiring.own_intake(house, "making records of answers").cards
    more = {**new.more, "extra": filled(connection, ask, new.kind, house.settings.mail_language)}
    more |= {"parent_id": parent_id} if parent_id else {}
    whole = replace(new, channel=CHANNEL, contact_id=new.contact_id or ask.contact_id, more=more)
    card = cards.create(connection, whole, Deed(at=now, data={"ask": ask.id}))
    made_records.keep(connection, ask, new.kind, card.id)
    return card


def counting(connection: sa.Connection, ask: Ask) -> Ask:
    """The ask whose answer counts: of several of one kind about one request the one that was answered last.

    Nobody makes of them what is made once until the transaction ends.
    """
    once.hold(connection, once.scope(connection, ask))
    return asks.one(connection, once.counting(connection, ask)) or ask


def made(house: House, connection: sa.Connection, ask: Ask, kind: str) -> Card | None:
    """The record of that kind that was made of the answer, or of that of an ask that shares it."""
    number = made_records.of_ask(connection, ask).get(kind)
    return None if number is None else wiring.intake(house).cards.get(connection, number)


def _review(house: House, connection: sa.Connection, ask: Ask, *, now: datetime) -> Card:
    if (there := made(house, connection, ask, REVIEW)) is not None:
        return there
    agreement = connect.agreements(house.settings.crm).get(connection, ask.subject_id)
    if agreement is None:
        raise Gone(f"ask {ask.id}: agreement {ask.subject_id} is gone; nothing can follow from its answer")
    stage = review_stage(ask)
    new = NewCard(
        kind=REVIEW,
        subject=_REVIEW_OF[house.settings.mail_language].format(number=agreement.number),
        stage=stage,
        company_id=ask.company_id,
        contact_id=ask.contact_id,
        assignee_id=ask.responsible_id,
        more={} if ask.grade == _BAD else {"closed_at": now},
    )
    return make(house, connection, ask, new, parent_id=None, now=now)


def review_stage(ask: Ask) -> str:
    """Where the review of an agreement stands before anybody has worked on it."""
    return _STAGES[ask.grade == _BAD]


def responsible(connection: sa.Connection, ask: Ask, card: Card) -> int | None:
    """Whose deed has sent the letter; where that is nobody, or he has left, whoever is responsible for the source."""
    return next(iter(follow_people.found(connection, ask, card, Who.ASKED_BY)), None)


__all__ = [
    "AGREEMENT",
    "CHANNEL",
    "REQUEST",
    "REVIEW",
    "VALUE",
    "Gone",
    "Undone",
    "campaign_of",
    "carrier",
    "counting",
    "filled",
    "made",
    "make",
    "responsible",
    "review_stage",
    "values_of",
]
