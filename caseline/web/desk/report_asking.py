"""Questions of reports as addresses say them, and addresses of questions."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from caseline.actions.read_reports import Asking
from caseline.reports import periods, questions
from caseline.reports.figures import Part
from caseline.reports.periods import Bucket, Period, PeriodFault, Step
from caseline.reports.questions import AXES, FIGURES, About, Axis, Question, Report, Spot
from caseline.web.desk.visit import Visit

FILTERS: Final = ("category", "group", "person", "channel", "stage")
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    report: Report
    period: str
    """Name of the preset; empty: two days are named."""
    days: Period
    """The whole period, also where a report is told up to today only."""
    counted: Period
    """What of it is counted now."""
    by: Axis
    step: str
    """As it was asked for; empty: whatever reads well."""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fault: PeriodFault | None = None

    def address(self, kind: str = "", **other: object) -> str:
        """The address of the report or of something beside it, some of it otherwise; None takes a part away."""
        values: dict[str, object] = {
            "period": "" if self.period == periods.DEFAULT else self.period,
            "from": "" if self.period else self.days.first.isoformat(),
            "to": "" if self.period else self.days.last.isoformat(),
            "by": "" if self.by is AXES[self.report][0] else self.by.value,
            "step": self.step,
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

    def behind(self, figure: str, line: str | None) -> str:
        """The address of the rows behind a figure.

        It names the days that were counted, not the preset: a link of a page that is open since yesterday must lead to
        the same rows.
        """
        days = {"period": None, "from": self.counted.first.isoformat(), "to": self.counted.last.isoformat()}
        return self.address("rows", **days, figure=figure, line=line)


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
    by, step = visit.text("by"), visit.text("step")
    return Asked(
        report=report,
        period=name or ("" if first or last else periods.DEFAULT),
        days=days,
        counted=periods.up_to_now(days, now=visit.now) if report is Report.FLOW else days,
        by=Axis(by) if by in {one.value for one in AXES[report]} else AXES[report][0],
        step=step if step in set(Step) else "",
        chosen={one: _several(visit, one) for one in FILTERS if one != "stage" or report is Report.STAGES},
        fault=fault,
    )


def _several(visit: Visit, name: str) -> tuple[str, ...]:
    given = visit.request.query_params.getlist(name)[:_MOST]
    return tuple(dict.fromkeys(value.replace("\0", "") for value in given if value))


def asking(visit: Visit, asked: Asked) -> Asking:
    """The question, and who asks it."""
    about = questions.about(asked.chosen)
    step = Step(asked.step) if asked.step else None
    question = questions.ask(asked.report, asked.days, asked.by, step, about, now=visit.now)
    return Asking(visit.viewer, question, visit.now)


def spot(visit: Visit, report: Report) -> Spot:
    """Which figure's rows are asked for; the first one's where none is named."""
    line = visit.request.query_params.get("line")
    figure = visit.text("figure") or FIGURES[report][0]
    return Spot(figure, None if line is None else line.replace("\0", ""))


def after(visit: Visit) -> tuple[int, int] | None:
    """After which row the list goes on."""
    first, second = visit.number("after"), visit.number("beside")
    return None if first is None else (first, second or 0)


def in_table(part: Part) -> str | None:
    """The address of the request table that shows the requests behind a figure; None where it cannot say that."""
    question, spot = part.question, part.spot
    conditions = _SAYS.get((question.report, spot.figure))
    if conditions is None or part.untimed:
        return None
    times = _times(question, spot)
    if times is None:
        return None
    says = [one.format(*times) for one in conditions] + _about(question.about)
    if question.by is not Axis.PERIOD and spot.line is not None:
        says.append(_one_of(_NAMES[question.by], (spot.line,)))
    return f"/requests?{urlencode([('w', one) for one in says])}" if all(says) else None


def _times(question: Question, spot: Spot) -> tuple[str, str] | None:
    part: Period | Bucket | None = question.period
    if question.by is Axis.PERIOD and spot.line is not None:
        part = next((one for one in periods.buckets(question.period, question.step) if one.key == spot.line), None)
    return None if part is None else (f"{part.since:%Y-%m-%dT%H:%M:%SZ}", f"{part.until:%Y-%m-%dT%H:%M:%SZ}")


_SAYS: Final[dict[tuple[Report, str], tuple[str, ...]]] = {
    (Report.FLOW, "created"): ("created_at:from:{0}", "created_at:before:{1}"),
    (Report.FLOW, "closed"): ("closed_at:from:{0}", "closed_at:before:{1}"),
    (Report.CATEGORIES, "none"): ("uncategorised::", "created_at:from:{0}", "created_at:before:{1}"),
    (Report.CATEGORIES, "all"): ("created_at:from:{0}", "created_at:before:{1}"),
    (Report.WORKLOAD, "closed"): ("closed_at:from:{0}", "closed_at:before:{1}"),
    (Report.WORKLOAD, "open"): ("open::",),
    (Report.WORKLOAD, "overdue"): ("overdue::",),
    (Report.BACKLOG, "all"): ("open::",),
}
"""What the table can say exactly as well."""
_NAMES: Final = {
    Axis.STAGE: "stage",
    Axis.CATEGORY: "category",
    Axis.GROUP: "group",
    Axis.PERSON: "assignee",
    Axis.CHANNEL: "channel",
}


def _about(about: About) -> list[str]:
    asked: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("category", about.categories),
        ("group", about.groups),
        ("assignee", about.persons),
        ("channel", about.channels),
    )
    return [_one_of(key, tuple("" if one is None else str(one) for one in some)) for key, some in asked if some]


def _one_of(key: str, values: tuple[str, ...]) -> str:
    """A condition; empty where the table cannot say it: some values or none."""
    if values == ("",):
        return f"{key}:empty:"
    if "" in values:
        return ""
    return f"{key}:in:" + ",".join(value.replace("%", "%25").replace(",", "%2C") for value in values)
