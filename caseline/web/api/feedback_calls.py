"""Calls about the figures of the reports of feedback."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import read_feedback
from caseline.actions.read_feedback import Asking
from caseline.feedback.experiments import Outcome
from caseline.feedback.intervals import ENOUGH, Mean, Nps, Share
from caseline.people.rights import Right
from caseline.reports import feedback_figures, feedback_questions, periods
from caseline.reports.feedback_figures import Answer, Funnel, Rated, Trials
from caseline.reports.feedback_questions import AXES, BASES, FILTERS, Axis, Basis, Question, Report, Source, Wish
from caseline.reports.periods import PeriodFault, Step
from caseline.web.api.endpoint import Call, Endpoint, Model, Text
from caseline.web.api.problems import Problem, Wrong

_MOST: Final = 200
_CHOSEN: Final = "Only these keys; `-` stands for none"


class FeedbackQuery(Model):
    """Over which time and by which clock, of which asks, by what."""

    period: Annotated[Text, Field(max_length=20, description="30d, this_month, last_month, this_year, …")] = ""
    first: Annotated[Text, Field(max_length=10, description="Or the first day, 2026-11-01")] = ""
    last: Annotated[Text, Field(max_length=10, description="and the last one")] = ""
    by: Axis | None = None
    step: Step | None = None
    basis: Annotated[Basis | None, Field(description="By the time of the rating, or of what it is about")] = None
    source: Annotated[Source, Field(description="Whose entries are in the figures")] = Source.CLIENT
    campaign: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    division: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    person: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    service: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    channel: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    variant: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    question: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)


class Value(Model):
    """A figure with the interval in which the true one lies in 95 of 100 cases."""

    value: float
    low: float | None
    high: float | None
    number: Annotated[int, Field(description="From how many it comes")]
    enough: Annotated[bool, Field(description=f"Whether these are {ENOUGH} at least: fewer are too few to judge")]


class Given(Model):
    """How often a value of a scale was given."""

    lowest: int
    highest: int
    value: int
    number: int


class FeedbackLine(Model):
    """A line of a report: of ratings, or of asks."""

    key: str
    label: str | None
    figure: Value | None
    counts: dict[str, int]
    values: list[Given]


class Reason(Model):
    """Why asks were skipped, failed or were cancelled."""

    state: str
    reason: str
    number: int


class Variant(Model):
    """People to whom a variant was sent, and what came of it."""

    key: str
    code: str
    sent: int
    opened: Value | None
    answered: Value | None
    average: Value | None


class Trial(Model):
    """A campaign whose variants are compared."""

    key: str
    name: str
    planned: Annotated[int | None, Field(description="People for each variant; null: nobody has planned any")]
    missing: Annotated[int | None, Field(description="People whom the smallest variant still needs")]
    outcome: Annotated[Outcome | None, Field(description="What may be said; null: nothing")]
    winner: str | None
    variants: list[Variant]


class FeedbackFigures(Model):
    """A report of feedback."""

    report: Report
    first: date
    last: date
    zone: str
    by: Axis
    step: Step
    basis: Basis
    source: Source
    normal: Annotated[
        bool, Field(description="Ratings on several scales count by their place on their own, from 0 to 100")
    ]
    lines: list[FeedbackLine]
    total: FeedbackLine | None
    reasons: list[Reason]
    trials: list[Trial]


def _of(report: Report) -> Callable[[Call], FeedbackFigures]:
    def handle(call: Call) -> FeedbackFigures:
        question = _question(call, report)
        found = read_feedback.answer(call.house, Asking(call.viewer, question, call.texts.language))
        return _told(call, found)

    handle.__name__ = f"report_{report.replace('-', '_')}"
    return handle


def _question(call: Call, report: Report) -> Question:
    query: FeedbackQuery = call.query
    for name, given, known in (("by", query.by, AXES[report]), ("basis", query.basis, BASES[report])):
        if given is not None and given not in known:
            told = f"this report has no such thing: use one of {', '.join(known) or 'none'}"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, told, [Wrong(name, told)])
    try:
        period = periods.read(query.period, query.first, query.last, zone=call.texts.zone, now=call.now)
    except PeriodFault as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), [Wrong("period", str(error))]) from error
    chosen = {axis.value: getattr(query, axis.value) for axis in FILTERS[report]}
    wish = Wish(by=query.by or "", step=query.step, basis=query.basis or "", source=query.source.value, chosen=chosen)
    return feedback_questions.ask(report, period, wish, now=call.now)


def _told(call: Call, found: Answer) -> FeedbackFigures:
    question = found.question
    lines: list[FeedbackLine] = []
    total: FeedbackLine | None = None
    reasons: list[Reason] = []
    if isinstance(found, Rated):
        lines, total = [_rated(found, one) for one in found.lines], _rated(found, found.total)
    elif isinstance(found, Funnel):
        lines, total = [_asks(one) for one in found.lines], _asks(found.total)
        reasons = [Reason(state=one.state, reason=one.reason, number=one.number) for one in found.reasons]
    return FeedbackFigures(
        report=question.report,
        first=question.period.first,
        last=question.period.last,
        zone=call.texts.zone,
        by=question.by,
        step=question.step,
        basis=question.basis,
        source=question.source,
        normal=isinstance(found, Rated) and found.normal,
        lines=lines,
        total=total,
        reasons=reasons,
        trials=[_trial(one) for one in found.trials] if isinstance(found, Trials) else [],
    )


def _rated(report: Rated, line: feedback_figures.Line) -> FeedbackLine:
    tally = line.tally
    figure: Value | None
    if report.question.report is Report.NPS:
        figure = _value(tally.nps)
    elif report.question.report is Report.CSAT:
        figure = _value(tally.best)
    else:
        figure = _value(tally.mean(normal=report.normal))
    score = tally.nps
    split = {"promoters": score.promoters, "passives": score.passives, "detractors": score.detractors}
    more = split if report.question.report is Report.NPS else {"best": tally.best.hits}
    values = [
        Given(lowest=low, highest=high, value=value, number=number)
        for (low, high), some in sorted(tally.counts.items())
        for value, number in sorted(some.items())
    ]
    counts = {"all": tally.number, **more, "phone": line.phone, "unconfirmed": line.unconfirmed}
    return FeedbackLine(key=line.key, label=line.label, figure=figure, counts=counts, values=values)


def _asks(line: feedback_figures.AskLine) -> FeedbackLine:
    return FeedbackLine(
        key=line.key, label=line.label, figure=_value(line.answered), counts=dict(line.counts), values=[]
    )


def _trial(one: feedback_figures.Trial) -> Trial:
    verdict = one.verdict
    return Trial(
        key=one.key,
        name=one.name,
        planned=one.planned,
        missing=None if verdict is None else verdict.missing,
        outcome=None if verdict is None else verdict.outcome,
        winner=None if verdict is None or verdict.winner is None else one.arms[verdict.winner].key,
        variants=[
            Variant(
                key=arm.key,
                code=arm.code,
                sent=arm.sent,
                opened=_value(arm.clicks),
                answered=_value(arm.answers),
                average=_value(arm.tally.mean(normal=one.normal)),
            )
            for arm in one.arms
        ],
    )


def _value(found: Share | Nps | Mean | None) -> Value | None:
    if found is None or found.value is None:
        return None
    low, high = (None, None) if found.interval is None else (found.interval.low, found.interval.high)
    return Value(value=found.value, low=low, high=high, number=found.number, enough=found.number >= ENOUGH)


ENDPOINTS: Final = tuple(
    Endpoint(
        method="GET",
        path=f"/reports/{report}",
        handle=_of(report),
        summary=f"The report `{report}`",
        answer=FeedbackFigures,
        needs=Right.SEE_REPORTS,
        query=FeedbackQuery,
        tag="reports",
    )
    for report in Report
)
