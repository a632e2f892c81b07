"""SQL of what reports of feedback stand on: asks that somebody sees, ratings that count, clicks that do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm import tables as crm
from caseline.feedback import answer_tables, forms, tables
from caseline.listing import asks as listing
from caseline.listing.asks import Eyes
from caseline.people.access import Reach, Viewer
from caseline.reports import periods, questions
from caseline.reports.feedback_questions import Axis, Basis, Question, Report, Source
from caseline.reports.periods import Bucket

Condition = sa.ColumnElement[bool]
ASK: Final = tables.ask
RATING: Final = answer_tables.rating
SIGNAL: Final = answer_tables.signal
ANSWER: Final = answer_tables.answer
RECORD: Final = crm.record
_IDS: Final = frozenset({Axis.PERSON, Axis.DIVISION, Axis.CAMPAIGN, Axis.VARIANT})
_MOMENT: Final = timedelta(seconds=1)
"""An answer and what is made of it are kept with the time at which it came."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every query of a report stands on."""

    question: Question
    viewer: Viewer
    reach: Reach
    """How far he sees of what was asked about agreements."""
    language: str

    @property
    def buckets(self) -> list[Bucket]:
        """Parts of the period, where the lines are parts of it."""
        question = self.question
        return periods.buckets(question.period, question.step) if question.by is Axis.PERIOD else []

    @property
    def whole(self) -> bool:
        """Whether everybody's asks are seen."""
        return Eyes(self.viewer, self.reach).everything


def _asked() -> sa.CTE:
    version = tables.form_version
    listed = version.c.document["questions"]
    array = sa.case((sa.func.jsonb_typeof(listed) == "array", listed), else_=sa.cast(sa.literal("[]"), JSONB))
    each = sa.func.jsonb_array_elements(array).table_valued(sa.column("one", JSONB)).render_derived(name="q").lateral()
    bad_to = each.c.one["bad_to"]
    return (
        sa.select(
            version.c.id.label("version_id"),
            each.c.one["key"].astext.label("question"),
            each.c.one["kind"].astext.label("kind"),
            each.c.one["label"].label("label"),
            sa.case((sa.func.jsonb_typeof(bad_to) == "number", sa.cast(bad_to, sa.Integer))).label("bad_to"),
        )
        .select_from(version.join(each, sa.true()))
        .cte("asked")
    )


ASKED: Final = _asked()
"""Questions of all versions of forms."""


def bad() -> Condition:
    """Whether a rating is bad: by what its form says; else up to six of ten, or the lower two fifths of its scale."""
    lowest, highest = RATING.c.lowest, RATING.c.highest
    part = sa.func.greatest(lowest, lowest - 1 + sa.func.div((highest - lowest + 1) * 2, 5))
    usual = sa.case((sa.and_(lowest == 0, highest == 10), 6), else_=part)  # noqa: PLR2004 - the scale of the score
    return RATING.c.value <= sa.func.coalesce(ASKED.c.bad_to, usual)


def phone(at: sa.ColumnElement[Any]) -> Condition:
    """Whether what came at a time for an ask was entered by an employee."""
    near = ANSWER.c.at.between(at - _MOMENT, at + _MOMENT)
    return sa.exists().where(ANSWER.c.ask_id == ASK.c.id, ANSWER.c.entered_by.is_not(None), near)


def ratings() -> sa.FromClause:
    """Ratings with their asks and questions."""
    known = sa.and_(ASKED.c.version_id == ASK.c.form_version_id, ASKED.c.question == RATING.c.question)
    return RATING.join(ASK, ASK.c.id == RATING.c.ask_id).outerjoin(ASKED, known)


def clicks() -> sa.FromClause:
    """Signals with their asks and questions."""
    known = sa.and_(ASKED.c.version_id == ASK.c.form_version_id, ASKED.c.question == SIGNAL.c.question)
    return SIGNAL.join(ASK, ASK.c.id == SIGNAL.c.ask_id).outerjoin(ASKED, known)


def effective(ground: Ground) -> list[Condition]:
    """Which ratings a report counts, entered by phone or not: those that are effective, of its questions and period."""
    question = ground.question
    return [
        RATING.c.superseded_at.is_(None),
        *_of_questions(question, RATING.c.question),
        *in_period(ground, rated_at(question)),
        *asks(ground),
    ]


def by_source(question: Question) -> list[Condition]:
    """Which of them are in the average, by who has entered them."""
    if question.source is Source.BOTH:
        return []
    entered = phone(RATING.c.at)
    return [entered if question.source is Source.PHONE else sa.not_(entered)]


def unconfirmed(ground: Ground) -> list[Condition]:
    """Which signals are the last click for a question of an ask that has no rating for it."""
    later = SIGNAL.alias("later")
    again = sa.tuple_(later.c.at, later.c.id) > sa.tuple_(SIGNAL.c.at, SIGNAL.c.id)
    same = sa.and_(later.c.ask_id == SIGNAL.c.ask_id, later.c.question == SIGNAL.c.question)
    counts = sa.exists().where(
        RATING.c.ask_id == SIGNAL.c.ask_id, RATING.c.question == SIGNAL.c.question, RATING.c.superseded_at.is_(None)
    )
    return [
        *clicked(SIGNAL),
        sa.not_(sa.exists().where(same, again, *clicked(later))),
        sa.not_(counts),
        *_of_questions(ground.question, SIGNAL.c.question),
        *in_period(ground, clicked_at(ground.question)),
        *asks(ground),
    ]


def clicked(signal: sa.FromClause) -> list[Condition]:
    """Signals that may be a person's click; what browsers fetch ahead and what nobody sees is none."""
    return [
        signal.c.value.is_not(None),
        signal.c.question.is_not(None),
        sa.not_(signal.c.prefetch),
        sa.not_(signal.c.decoy),
    ]


def rated_at(question: Question) -> sa.ColumnElement[Any]:
    """By which clock a rating belongs to the period."""
    return RATING.c.at if question.basis is Basis.ANSWER else ASK.c.happened_at


def clicked_at(question: Question) -> sa.ColumnElement[Any]:
    """By which clock a click belongs to it."""
    return SIGNAL.c.at if question.basis is Basis.ANSWER else ASK.c.happened_at


def in_period(ground: Ground, at: sa.ColumnElement[Any]) -> list[Condition]:
    """Whether a time lies in the period."""
    return [at >= ground.question.period.since, at < ground.question.period.until]


def asks(ground: Ground) -> list[Condition]:
    """Which asks count at all: whoever asks may see what they are about, and the filters let them through."""
    about = {axis: keys for axis, keys in ground.question.about.items() if axis is not Axis.QUESTION}
    narrowed = [sa.or_(*(is_key(axis_of(axis), axis, key) for key in keys)) for axis, keys in about.items()]
    return [*listing.seen(Eyes(ground.viewer, ground.reach)), *narrowed]


def _of_questions(question: Question, key: sa.ColumnElement[Any]) -> list[Condition]:
    """NPS questions have a report of their own: whether somebody recommends is no mark for what was done."""
    score = ASKED.c.kind == forms.Kind.NPS.value
    of_kind = score if question.report is Report.NPS else sa.func.coalesce(ASKED.c.kind, "") != forms.Kind.NPS.value
    wanted = question.about.get(Axis.QUESTION, ())
    named: list[Condition] = [key.in_(wanted)] if wanted else []
    return named if question.report is Report.VARIANTS else [of_kind, *named]


def axis_of(by: Axis, question: sa.ColumnElement[Any] | None = None) -> sa.ColumnElement[Any]:
    """The column by which lines are made; `question`: the one of what is counted."""
    columns: dict[Axis, sa.ColumnElement[Any]] = {
        Axis.PERSON: ASK.c.responsible_id,
        Axis.DIVISION: ASK.c.division_id,
        Axis.SERVICE: ASK.c.service,
        Axis.CAMPAIGN: ASK.c.campaign_id,
        Axis.CHANNEL: ASK.c.channel,
        Axis.VARIANT: ASK.c.variant_id,
        Axis.QUESTION: sa.null() if question is None else question,
    }
    return columns[by]


def is_key(column: sa.ColumnElement[Any], by: Axis, named: str) -> Condition:
    """Whether something belongs to the line of that key; the empty text stands for none."""
    if named == "":
        return column.is_(None)
    if by in _IDS:
        return column == sa.literal(questions.key(named), sa.BigInteger)
    return column == named


def bucket(at: sa.ColumnElement[Any], buckets: Sequence[Bucket]) -> sa.ColumnElement[int]:
    """Which part of the period a time falls into, from 1."""
    since: list[datetime] = [one.since for one in buckets]
    return sa.func.width_bucket(at, sa.cast(since, sa.ARRAY(sa.DateTime(timezone=True))))
