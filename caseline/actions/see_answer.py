"""Shows the answer that a record was made of, as a form asked it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from caseline.feedback import answers, asks, books, coefficient, made_records, once, ratings
from caseline.feedback.forms import RATED, words


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was answered; of what is rated the value that counts."""

    label: str
    value: Any
    highest: int | None
    """Of what is rated: the best that could be given."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a record was made of."""

    ask_id: int
    subject: str
    subject_id: int
    lines: tuple[Answered, ...]


def of_record(connection: sa.Connection, record_id: int, language: str) -> Source | None:
    """The answer that a record holds, the last one about its request; None for one that was made otherwise."""
    number = made_records.ask_of(connection, record_id)
    first = None if number is None else asks.one(connection, number)
    ask = None if first is None else asks.one(connection, once.counting(connection, first))
    if ask is None:
        return None
    form = books.version(connection, ask.form_version_id)
    said = answers.together(answers.of(connection, ask.id))
    rated = {one.question: one.value for one in ratings.of(connection, ask.id) if one.superseded_at is None}
    lines = []
    for question in form.asked({**said, **rated}):
        value = rated.get(question.key) if question.kind in RATED else said.get(question.key)
        if value not in {None, ""}:
            highest = question.highest if question.kind in RATED else None
            shown = coefficient.shown(question, value, language)
            lines.append(Answered(words(question.label, language), shown, highest))
    return Source(ask.id, ask.subject, ask.subject_id, tuple(lines))
