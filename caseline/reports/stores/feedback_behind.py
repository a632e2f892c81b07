"""SQL of the rows behind a figure of feedback: ratings, clicks that do not count, asks, each with its record."""

import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from caseline.crm.agreement_tables import agreement
from caseline.feedback import forms, tables
from caseline.people import tables as people
from caseline.reports.feedback_questions import BAD, FIGURES, RATED, REASONED, Axis, Order, Report, Sort, Spot
from caseline.reports.feedback_rows import Behind
from caseline.reports.stores import feedback_counting, feedback_labels
from caseline.reports.stores import feedback_ground as at_hand
from caseline.reports.stores.behind import NoSuchFigure
from caseline.reports.stores.feedback_ground import ANSWER, ASK, ASKED, RATING, RECORD, SIGNAL, Condition, Ground

_PERSON, _DIVISION, _CAMPAIGN = people.person, people.division, tables.campaign
_VALUE: Final = re.compile(r"value-([0-9]{1,3})-([0-9]{1,3})-([0-9]{1,3})", re.ASCII)
_NOTHING: Final = sa.null()


def rows(connection: sa.Connection, ground: Ground, spot: Spot, order: Order, start: int, most: int) -> list[Behind]:
    """Rows behind a figure from number `start` on, in an order; raises `NoSuchFigure`."""
    part = _part(ground, spot)
    query = _named(ground, part, order).offset(start).limit(most)
    return [Behind(**row) for row in connection.execute(query).mappings()]


def count(connection: sa.Connection, ground: Ground, spot: Spot) -> int:
    """How many rows there are behind a figure; raises `NoSuchFigure`."""
    number: int = connection.execute(sa.select(sa.func.count()).select_from(_part(ground, spot))).scalar_one()
    return number


def _part(ground: Ground, spot: Spot) -> sa.Subquery:
    """Keys and values of the rows behind a figure; names are looked up for what is shown alone."""
    report = ground.question.report
    value = _VALUE.fullmatch(spot.figure) if report in RATED else None
    if spot.figure not in FIGURES[report] and value is None and not (report in RATED and spot.figure == BAD):
        raise NoSuchFigure(spot.figure)
    if report not in RATED:
        return _asks(ground, spot)
    return _clicks(ground, spot) if spot.figure == "unconfirmed" else _ratings(ground, spot, value)


def _ratings(ground: Ground, spot: Spot, value: re.Match[str] | None) -> sa.Subquery:
    at = at_hand.rated_at(ground.question)
    entered = at_hand.phone(RATING.c.at)
    wanted = [entered] if spot.figure == "phone" else at_hand.by_source(ground.question)
    return (
        sa.select(
            ASK.c.id.label("ask_id"),
            RATING.c.question,
            RATING.c.value,
            RATING.c.lowest,
            RATING.c.highest,
            at.label("at"),
            entered.label("by_phone"),
            sa.true().label("confirmed"),
        )
        .select_from(at_hand.ratings())
        .where(
            *at_hand.effective(ground), *wanted, *_given(spot, value), *_on_line(ground, spot, at, RATING.c.question)
        )
        .subquery("part")
    )


def _given(spot: Spot, value: re.Match[str] | None) -> list[Condition]:
    given, lowest, highest = RATING.c.value, RATING.c.lowest, RATING.c.highest
    if value is not None:
        return [lowest == int(value[1]), highest == int(value[2]), given == int(value[3])]
    # The same as `best_from`, and as the score has it.
    best = given >= sa.func.greatest(lowest + 1, highest - 1)
    figures: dict[str, Condition] = {
        "promoters": given >= 9,  # noqa: PLR2004
        "passives": given.between(7, 8),
        "detractors": given <= 6,  # noqa: PLR2004
        "best": best,
        "other": sa.not_(best),
        BAD: at_hand.bad(),
    }
    return [figures[spot.figure]] if spot.figure in figures else []


def _clicks(ground: Ground, spot: Spot) -> sa.Subquery:
    at = at_hand.clicked_at(ground.question)
    return (
        sa.select(
            ASK.c.id.label("ask_id"),
            SIGNAL.c.question,
            SIGNAL.c.value,
            _NOTHING.label("lowest"),
            _NOTHING.label("highest"),
            at.label("at"),
            sa.false().label("by_phone"),
            sa.false().label("confirmed"),
        )
        .select_from(at_hand.clicks())
        .where(*at_hand.unconfirmed(ground), *_on_line(ground, spot, at, SIGNAL.c.question))
        .subquery("part")
    )


def _asks(ground: Ground, spot: Spot) -> sa.Subquery:
    holds = feedback_counting.figures()
    if ground.question.report is Report.FUNNEL:
        where = feedback_counting.about_asks(ground)
    else:
        where = [ASK.c.variant_id.is_not(None), ASK.c.sent_at.is_not(None), *at_hand.asks(ground)]
    if spot.reason is not None:
        if spot.figure not in REASONED:
            raise NoSuchFigure(spot.figure)
        where.append(feedback_counting.REASON.in_([spot.reason]))
        where.append(ASK.c.state == spot.figure)
    return (
        sa.select(
            ASK.c.id.label("ask_id"),
            sa.cast(_NOTHING, sa.Text).label("question"),
            *(_NOTHING.label(name) for name in ("value", "lowest", "highest")),
            ASK.c.happened_at.label("at"),
            holds["phone"].label("by_phone"),
            sa.true().label("confirmed"),
        )
        .where(holds[spot.figure], *where, *_on_line(ground, spot, ASK.c.happened_at, sa.null()))
        .subquery("part")
    )


def _on_line(ground: Ground, spot: Spot, at: sa.ColumnElement[Any], question: sa.ColumnElement[Any]) -> list[Condition]:
    if spot.line is None:
        return []
    by = ground.question.by
    if by is not Axis.PERIOD:
        return [at_hand.is_key(at_hand.axis_of(by, question), by, spot.line)]
    for one in ground.buckets:
        if one.key == spot.line:
            return [at >= one.since, at < one.until]
    raise NoSuchFigure(spot.line)


def _joined(part: sa.Subquery) -> sa.FromClause:
    """The rows with what each of them is about."""
    of_record = sa.and_(ASK.c.subject == "request", RECORD.c.id == ASK.c.subject_id)
    known = sa.and_(ASKED.c.version_id == ASK.c.form_version_id, ASKED.c.question == part.c.question)
    source = part.join(ASK, ASK.c.id == part.c.ask_id).join(_CAMPAIGN, _CAMPAIGN.c.id == ASK.c.campaign_id)
    source = source.outerjoin(RECORD, of_record).outerjoin(ASKED, known)
    source = source.outerjoin(agreement, sa.and_(ASK.c.subject == "agreement", agreement.c.id == ASK.c.subject_id))
    source = source.outerjoin(_PERSON, _PERSON.c.id == ASK.c.responsible_id)
    return source.outerjoin(_DIVISION, _DIVISION.c.id == ASK.c.division_id)


def _named(ground: Ground, part: sa.Subquery, order: Order) -> sa.Select[Any]:
    campaign = sa.func.coalesce(_CAMPAIGN.c.document["name"][ground.language].astext, _CAMPAIGN.c.name)
    question = sa.func.coalesce(feedback_labels.named(ASKED.c.label, ground.language), part.c.question)
    sorts: dict[Sort, sa.ColumnElement[Any]] = {
        Sort.AT: part.c.at,
        Sort.VALUE: part.c.value,
        Sort.RECORD: ASK.c.subject_id,
        Sort.PERSON: _PERSON.c.name,
        Sort.CAMPAIGN: campaign,
        Sort.QUESTION: question,
    }
    first = sorts[order.by]
    return (
        sa.select(
            part.c.ask_id,
            ASK.c.subject,
            ASK.c.subject_id,
            sa.func.coalesce(RECORD.c.number, agreement.c.number, sa.cast(ASK.c.subject_id, sa.Text)).label("number"),
            ASK.c.state,
            ASK.c.reason,
            part.c.at,
            part.c.value,
            part.c.lowest,
            part.c.highest,
            question.label("question"),
            _comment().label("comment"),
            _PERSON.c.name.label("person"),
            _DIVISION.c.name.label("division"),
            campaign.label("campaign"),
            part.c.confirmed,
            part.c.by_phone,
        )
        .select_from(_joined(part))
        .order_by(
            first.asc().nulls_last() if order.rising else first.desc().nulls_last(),
            part.c.at.desc(),
            part.c.ask_id.desc(),
            part.c.question,
        )
    )


def _comment() -> sa.ScalarSelect[Any]:
    """What was said last to each question that is answered in words."""
    told = sa.case(
        (sa.func.jsonb_typeof(ANSWER.c.document) == "object", ANSWER.c.document),
        else_=sa.cast(sa.literal("{}"), JSONB),
    )
    said = sa.func.jsonb_each_text(told).table_valued("key", "value").render_derived(name="said").lateral()
    asked = ASKED.alias("asked_text")
    written = sa.and_(
        asked.c.version_id == ASK.c.form_version_id,
        asked.c.question == said.c.key,
        asked.c.kind == forms.Kind.TEXT.value,
    )
    last = (
        sa.select(said.c.key, sa.func.nullif(said.c.value, "").label("value"))
        .select_from(ANSWER.join(said, sa.true()).join(asked, written))
        .where(ANSWER.c.ask_id == ASK.c.id)
        .ext(distinct_on(said.c.key))
        .order_by(said.c.key, ANSWER.c.at.desc(), ANSWER.c.id.desc())
        .correlate(ASK)
        .lateral("last")
    )
    return sa.select(sa.func.string_agg(last.c.value, sa.literal(" · "))).correlate(ASK).scalar_subquery()
