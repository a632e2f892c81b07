"""Calls about the figures of the reports."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import read_reports
from caseline.actions.read_reports import Asking
from caseline.people.rights import Right
from caseline.reports import figures, periods, questions
from caseline.reports.periods import PeriodFault, Step
from caseline.reports.questions import AXES, Axis, Report
from caseline.web.api.endpoint import Call, Endpoint, Model, Text
from caseline.web.api.problems import Problem, Wrong

_FILTERS: Final = ("category", "group", "person", "channel", "stage")
_MOST: Final = 200
_CHOSEN: Final = "Only these; `-` stands for none"


class ReportQuery(Model):
    """Over which time, about which requests, by what."""

    period: Annotated[Text, Field(max_length=20, description="30d, this_month, last_month, this_year, …")] = ""
    first: Annotated[Text, Field(max_length=10, description="Or the first day, 2026-11-01")] = ""
    last: Annotated[Text, Field(max_length=10, description="and the last one")] = ""
    by: Axis | None = None
    step: Step | None = None
    category: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    group: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    person: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    channel: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)
    stage: list[Text] = Field(max_length=_MOST, description=_CHOSEN, default_factory=list)


class Spread(Model):
    """How long things lasted, in seconds."""

    number: int
    total: int
    p10: float
    p25: float
    median: float
    p75: float
    p90: float


class Line(Model):
    """A line of a report."""

    key: str
    label: str | None
    counts: dict[str, int]
    elapsed: Spread | None
    business: Spread | None


class Figures(Model):
    """A report."""

    report: Report
    first: date
    last: date
    zone: str
    by: Axis
    step: Step
    lines: list[Line]
    total: Line
    uncounted: int


def _of(report: Report) -> Callable[[Call], Figures]:
    def handle(call: Call) -> Figures:
        query: ReportQuery = call.query
        if query.by is not None and query.by not in AXES[report]:
            known = ", ".join(AXES[report])
            wrong = Wrong("by", f"this report has no such lines: use one of {known}")
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, wrong.message, [wrong])
        try:
            period = periods.read(query.period, query.first, query.last, zone=call.texts.zone, now=call.now)
        except PeriodFault as error:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), [Wrong("period", str(error))]) from error
        about = questions.about({name: getattr(query, name) for name in _FILTERS})
        by = query.by or AXES[report][0]
        question = questions.ask(report, period, by, query.step, about, now=call.now)
        return _told(call, read_reports.answer(call.house, Asking(call.viewer, question, call.now)))

    handle.__name__ = f"report_{report}"
    return handle


def _told(call: Call, answer: figures.Answer) -> Figures:
    question = answer.question
    return Figures(
        report=question.report,
        first=question.period.first,
        last=question.period.last,
        zone=call.texts.zone,
        by=question.by,
        step=question.step,
        lines=[_line(one) for one in answer.lines],
        total=_line(answer.total),
        uncounted=answer.uncounted,
    )


def _line(one: figures.Line) -> Line:
    return Line(
        key=one.key,
        label=one.label,
        counts=dict(one.counts),
        elapsed=_spread(one.elapsed),
        business=_spread(one.business),
    )


def _spread(one: figures.Spread | None) -> Spread | None:
    if one is None:
        return None
    return Spread(
        number=one.number, total=one.total, p10=one.p10, p25=one.p25, median=one.median, p75=one.p75, p90=one.p90
    )


ENDPOINTS: Final = tuple(
    Endpoint(
        method="GET",
        path=f"/reports/{report}",
        handle=_of(report),
        summary=f"The report `{report}`",
        answer=Figures,
        needs=Right.SEE_REPORTS,
        query=ReportQuery,
        tag="reports",
    )
    for report in Report
)
