"""Questions of reports of feedback as addresses say them, and addresses of questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from caseline.actions.read_feedback import ON_PAGE, Asking
from caseline.reports import feedback_questions, periods
from caseline.reports.feedback_questions import (
    AXES,
    BASES,
    FIGURES,
    FILTERS,
    RATED,
    Axis,
    Order,
    Question,
    Report,
    Source,
    Spot,
    Wish,
)
from caseline.reports.periods import Period, PeriodFault, Step
from caseline.web.desk.visit import Visit

_MOST: Final = 200
_FARTHEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    report: Report
    period: str
    """Name of the preset; empty: two days are named."""
    days: Period
    counted: Period
    """What of them is counted now."""
    by: Axis
    step: str
    basis: str
    source: str
    sort: str
    """By which column lines stand; with a minus the other way round."""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fault: PeriodFault | None = None

    @property
    def timed(self) -> bool:
        """Whether it is about a period."""
        return self.report is not Report.VARIANTS

    def address(self, kind: str = "", **other: object) -> str:
        """The address of the report or of something beside it, some of it otherwise; None takes a part away."""
        usual = BASES[self.report][0].value if BASES[self.report] else ""
        values: dict[str, object] = {
            "period": "" if self.period == periods.DEFAULT else self.period,
            "from": "" if self.period else self.days.first.isoformat(),
            "to": "" if self.period else self.days.last.isoformat(),
            "by": "" if self.by is AXES[self.report][0] else self.by.value,
            "step": self.step,
            "basis": "" if self.basis == usual else self.basis,
            "source": "" if self.source == Source.CLIENT else self.source,
            "sort": self.sort,
        }
        values |= self.chosen | other
        told = [
            (name, one)
            for name, value in values.items()
            for one in (value if isinstance(value, tuple) else (value,))
            if one is not None and (one != "" or name == "line")
        ]
        path = f"/reports/{self.report}" + (f"/{kind}" if kind else "")
        return f"{path}?{urlencode(told)}" if told else path

    def behind(self, figure: str, line: str | None, reason: str | None = None) -> str:
        """The address of the rows behind a figure.

        It names the days that were counted, not the preset: a link of a page that is open since yesterday must lead to
        the same rows.
        """
        days: dict[str, object] = {"period": None}
        if self.timed:
            days |= {"from": self.counted.first.isoformat(), "to": self.counted.last.isoformat()}
        return self.address("rows", **days, figure=figure, line=line, reason=reason, sort=None)


def read(visit: Visit, report: Report) -> Asked:
    """What the address asks for; what makes no sense in it is left out, a faulty period is told."""
    zone = visit.login.zone
    name, first, last = (visit.text(part).strip() for part in ("period", "from", "to"))
    if name and visit.text("was") == f"{first}..{last}":
        first = last = ""
    elif first or last:
        name = ""
    fault = None
    try:
        days = periods.read(name, first, last, zone=zone, now=visit.now)
    except PeriodFault as error:
        fault, name = error, periods.DEFAULT
        days = periods.read("", "", "", zone=zone, now=visit.now)
    return Asked(
        report=report,
        period=name or ("" if first or last else periods.DEFAULT),
        days=days,
        counted=periods.up_to_now(days, now=visit.now),
        by=Axis(_known(visit.text("by"), AXES[report])),
        step=visit.text("step") if visit.text("step") in set(Step) else "",
        basis=_known(visit.text("basis"), BASES[report]),
        source=_known(visit.text("source"), tuple(Source) if report in RATED else ()),
        sort=visit.text("sort")[:40],
        chosen={one.value: _several(visit, one.value) for one in FILTERS[report]},
        fault=fault,
    )


def _known(text: str, known: Sequence[str]) -> str:
    """What was asked for, or the first one; the empty text where there is none."""
    return text if text in known else next(iter(known), "")


def _several(visit: Visit, name: str) -> tuple[str, ...]:
    given = visit.request.query_params.getlist(name)[:_MOST]
    return tuple(dict.fromkeys(value.replace("\0", "") for value in given if value))


def asking(visit: Visit, asked: Asked) -> Asking:
    """The question, and who asks it."""
    step = Step(asked.step) if asked.step else None
    wish = Wish(by=asked.by.value, step=step, basis=asked.basis, source=asked.source, chosen=asked.chosen)
    question: Question = feedback_questions.ask(asked.report, asked.days, wish, now=visit.now)
    return Asking(visit.viewer, question, visit.texts.language)


def spot(visit: Visit, report: Report) -> Spot:
    """Which figure's rows are asked for; the first one's where none is named."""
    line, reason = (visit.request.query_params.get(name) for name in ("line", "reason"))
    figure = visit.text("figure") or FIGURES[report][0]
    clean = [None if one is None else one.replace("\0", "") for one in (line, reason)]
    return Spot(figure, *clean)


def order(visit: Visit) -> Order:
    """In which order the rows are asked for."""
    return feedback_questions.order(visit.text("sort"))


def start(visit: Visit) -> int:
    """From which row on; a page begins at every fiftieth."""
    number = visit.number("after") or 0
    return number // ON_PAGE * ON_PAGE if 0 <= number <= _FARTHEST else 0
