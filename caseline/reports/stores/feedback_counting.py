"""SQL of the figures of feedback: tallies of ratings, what became of asks, what came of variants."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.feedback import tables
from caseline.feedback.states import State
from caseline.reports import feedback_figures
from caseline.reports.feedback_figures import (
    Answer,
    Arm,
    AskLine,
    Funnel,
    Line,
    Rated,
    Reason,
    Scale,
    Tally,
    Trial,
    Trials,
)
from caseline.reports.feedback_questions import FIGURES, RATED, REASONED, Axis, Report, Source
from caseline.reports.stores import feedback_ground as at_hand
from caseline.reports.stores import feedback_labels
from caseline.reports.stores.feedback_ground import ANSWER, ASK, RATING, SIGNAL, Condition, Ground
from caseline.reports.stores.ground import key

MOST_REASONS: Final = 50
_WAITING: Final = (State.DRAFT, State.NEEDS_DATA, State.AWAITING_ADDRESS, State.QUEUED)
_OUT: Final = (State.SENT, State.VISITED, State.ANSWERING)
_MOVED: Final = tables.moved
REASON: Final = sa.case(
    (ASK.c.state == State.SKIPPED.value, sa.func.split_part(ASK.c.reason, ": ", 1)), else_=ASK.c.reason
)
"""Why; of a skipped ask without the date that stands behind it."""
_Counts = dict[str, dict[Scale, dict[int, int]]]


def answer(connection: sa.Connection, ground: Ground) -> Answer:
    """The figures of a report."""
    if ground.question.report in RATED:
        return _rated(connection, ground)
    if ground.question.report is Report.FUNNEL:
        return _funnel(connection, ground)
    return _trials(connection, ground)


def _rated(connection: sa.Connection, ground: Ground) -> Rated:
    question = ground.question
    line = _line(ground, at_hand.rated_at(question), RATING.c.question)
    part = (
        sa.select(
            line.label("line"),
            *(RATING.c[name] for name in ("lowest", "highest", "value")),
            at_hand.phone(RATING.c.at).label("phone"),
        )
        .select_from(at_hand.ratings())
        .where(*at_hand.effective(ground))
        .subquery()
    )
    counts: _Counts = {one.key: {} for one in ground.buckets}
    phones = dict.fromkeys(counts, 0)
    query: sa.Select[Any] = sa.select(*part.c, sa.func.count()).group_by(*part.c)
    for value, lowest, highest, given, phone, number in connection.execute(query):
        named = _key(ground, value)
        into = counts.setdefault(named, {})
        phones[named] = phones.get(named, 0) + (number if phone else 0)
        if question.source is Source.BOTH or phone == (question.source is Source.PHONE):
            values = into.setdefault((lowest, highest), {})
            values[given] = values.get(given, 0) + number
    doubts = _unconfirmed(connection, ground)
    for named in doubts:
        counts.setdefault(named, {})
    names = feedback_labels.labels(connection, ground, question.by, list(counts))
    lines = [
        Line(one, names.get(one), Tally(values), phones.get(one, 0), doubts.get(one, 0))
        for one, values in counts.items()
    ]
    total = Line(
        "",
        None,
        feedback_figures.added([each.tally for each in lines]),
        sum(phones.values()),
        sum(doubts.values()),
    )
    return Rated(question, _sorted(ground, lines), total)


def _unconfirmed(connection: sa.Connection, ground: Ground) -> dict[str, int]:
    line = _line(ground, at_hand.clicked_at(ground.question), SIGNAL.c.question).label("line")
    query = sa.select(line, sa.func.count()).select_from(at_hand.clicks()).where(*at_hand.unconfirmed(ground))
    return {_key(ground, value): number for value, number in connection.execute(query.group_by(line))}


def _sorted(ground: Ground, lines: Sequence[Line]) -> list[Line]:
    if ground.question.by is Axis.PERIOD:
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-line.tally.number, line.label or line.key))


def _line(ground: Ground, at: sa.ColumnElement[Any], question: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if ground.question.by is Axis.PERIOD:
        return at_hand.bucket(at, ground.buckets)
    return at_hand.axis_of(ground.question.by, question)


def _key(ground: Ground, value: Any) -> str:  # noqa: ANN401 - of whatever the lines are made
    return ground.buckets[value - 1].key if ground.question.by is Axis.PERIOD else key(value)


def figures() -> dict[str, Condition]:
    """What makes an ask count in each figure of the funnel."""
    state = ASK.c.state
    sent = ASK.c.sent_at.is_not(None)
    entered = sa.exists().where(ANSWER.c.ask_id == ASK.c.id, ANSWER.c.entered_by.is_not(None))
    own = sa.exists().where(ANSWER.c.ask_id == ASK.c.id, ANSWER.c.entered_by.is_(None))
    phone = sa.and_(entered, sa.not_(own))
    done = sa.or_(ASK.c.answered_at.is_not(None), state.in_([State.ANSWERED, State.CLOSED]))
    came = sa.exists().where(
        _MOVED.c.ask_id == ASK.c.id, _MOVED.c.after.in_([State.VISITED.value, State.ANSWERING.value])
    )
    by_himself = sa.and_(sent, done, sa.not_(phone))
    ends = {one.value: state == one.value for one in (State.EXPIRED, State.OPTED_OUT, State.FAILED, State.CANCELLED)}
    return {
        "asked": state != State.SKIPPED.value,
        "sent": sent,
        "visited": sa.or_(by_himself, sa.and_(sent, came)),
        "answered": by_himself,
        "phone": sa.and_(done, sa.not_(sa.and_(sent, sa.not_(phone)))),
        "waiting": state.in_([one.value for one in _WAITING]),
        "out": sa.and_(state.in_([one.value for one in _OUT]), sa.not_(done)),
        **{name: sa.and_(holds, sa.not_(done)) for name, holds in ends.items()},
        "skipped": state == State.SKIPPED.value,
    }


def about_asks(ground: Ground) -> list[Condition]:
    """Which asks the funnel counts."""
    return [*at_hand.in_period(ground, ASK.c.happened_at), *at_hand.asks(ground)]


def _funnel(connection: sa.Connection, ground: Ground) -> Funnel:
    names, holds = FIGURES[Report.FUNNEL], figures()
    line = _line(ground, ASK.c.happened_at, sa.null())
    where = about_asks(ground)
    part = sa.select(line.label("line"), *(holds[name].label(name) for name in names)).where(*where).subquery()
    query = sa.select(part.c.line, *(sa.func.count().filter(part.c[name]) for name in names)).group_by(part.c.line)
    found = {one.key: dict.fromkeys(names, 0) for one in ground.buckets}
    for value, *numbers in connection.execute(query):
        found[_key(ground, value)] = dict(zip(names, numbers, strict=True))
    called = feedback_labels.labels(connection, ground, ground.question.by, list(found))
    lines = [AskLine(one, called.get(one), counts) for one, counts in found.items()]
    if ground.question.by is Axis.PERIOD:
        lines.sort(key=lambda one: one.key)
    else:
        lines.sort(key=lambda one: (-one.counts["asked"] - one.counts["skipped"], one.label or one.key))
    total = AskLine("", None, {name: sum(one.counts[name] for one in lines) for name in names})
    number = sa.func.count().label("number")
    some = (ASK.c.state.in_(REASONED), ASK.c.reason.is_not(None), *where)
    part = sa.select(ASK.c.state, REASON.label("reason")).where(*some).subquery()
    why = (
        sa.select(part.c.state, part.c.reason, number)
        .group_by(part.c.state, part.c.reason)
        .order_by(number.desc(), part.c.state, part.c.reason)
        .limit(MOST_REASONS)
    )
    reasons = [Reason(*row) for row in connection.execute(why)]
    return Funnel(ground.question, lines, total, reasons)


def people() -> sa.ColumnElement[Any]:
    """Who an ask of a variant counts for: its contact, who gets the same variant each time."""
    return sa.func.coalesce(ASK.c.contact_id, -ASK.c.id)


def _trials(connection: sa.Connection, ground: Ground) -> Trials:
    holds = figures()
    each = (
        sa.select(
            ASK.c.variant_id,
            *(sa.func.bool_or(holds[name]).label(name) for name in ("visited", "answered")),
        )
        .where(ASK.c.variant_id.is_not(None), ASK.c.sent_at.is_not(None), *at_hand.asks(ground))
        .group_by(ASK.c.variant_id, people())
        .subquery()
    )
    counted = sa.select(
        each.c.variant_id,
        sa.func.count(),
        sa.func.count().filter(each.c.visited),
        sa.func.count().filter(each.c.answered),
    ).group_by(each.c.variant_id)
    numbers = {row[0]: tuple(row[1:]) for row in connection.execute(counted)}
    tallies = _variant_tallies(connection, ground)
    return Trials(ground.question, _compared(connection, ground, numbers, tallies))


def _variant_tallies(connection: sa.Connection, ground: Ground) -> dict[int, dict[Scale, dict[int, int]]]:
    query = (
        sa.select(ASK.c.variant_id, RATING.c.lowest, RATING.c.highest, RATING.c.value, sa.func.count())
        .select_from(RATING.join(ASK, ASK.c.id == RATING.c.ask_id))
        .where(
            ASK.c.variant_id.is_not(None),
            RATING.c.superseded_at.is_(None),
            *at_hand.by_source(ground.question),
            *at_hand.asks(ground),
        )
        .group_by(ASK.c.variant_id, RATING.c.lowest, RATING.c.highest, RATING.c.value)
    )
    found: dict[int, dict[Scale, dict[int, int]]] = {}
    for variant, lowest, highest, value, number in connection.execute(query):
        found.setdefault(variant, {}).setdefault((lowest, highest), {})[value] = number
    return found


def _compared(
    connection: sa.Connection,
    ground: Ground,
    numbers: dict[int, tuple[int, ...]],
    tallies: dict[int, dict[Scale, dict[int, int]]],
) -> list[Trial]:
    campaign, variant = tables.campaign, tables.variant
    wanted = ground.question.about.get(Axis.CAMPAIGN, ())
    query = (
        sa.select(campaign.c.id, campaign.c.document, variant.c.id, variant.c.code, variant.c.share)
        .select_from(campaign.join(variant, variant.c.campaign_id == campaign.c.id))
        .order_by(campaign.c.id, variant.c.id)
    )
    if wanted:
        query = query.where(sa.or_(*(at_hand.is_key(campaign.c.id, Axis.CAMPAIGN, one) for one in wanted)))
    plans: dict[int, int | None] = {}
    arms: dict[int, list[Arm]] = {}
    for number, document, variant_id, code, share in connection.execute(query):
        plans[number] = feedback_figures.planned(document)
        sent, visited, answered = numbers.get(variant_id, (0, 0, 0))
        arm = Arm(str(variant_id), code, share, sent, visited, answered, Tally(tallies.get(variant_id, {})))
        arms.setdefault(number, []).append(arm)
    names = feedback_labels.labels(connection, ground, Axis.CAMPAIGN, [str(one) for one in arms])
    return [
        Trial(str(number), names.get(str(number), str(number)), some, plans[number], ground.whole)
        for number, some in arms.items()
        if len(some) > 1
    ]
