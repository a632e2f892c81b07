"""The charts of a report: which of them shows what, and in words what is to be seen in it."""

from collections.abc import Sequence
from typing import Final

from caseline.reports.figures import Line
from caseline.reports.questions import FIGURES, Axis, Report
from caseline.web.desk import charts, report_words
from caseline.web.desk.chart_shapes import Chart, Mark, Row, Series
from caseline.web.desk.report_table import Teller

MOST: Final = 20
"""Bars that a chart shows, the largest ones."""
_COLOURS: Final = {
    "met": "good",
    "missed": "bad",
    "running": "still",
    "created": "first",
    "closed": "second",
    "backlog": "third",
    "keywords": "first",
    "corrected": "bad",
    "person": "second",
    "import": "still",
    "none": "none",
    "found": "first",
    "open": "first",
    "overdue": "bad",
    "tasks_open": "third",
}


def of(teller: Teller) -> list[Chart]:
    """The charts of a report; none where there is nothing to be seen."""
    answer = teller.answer
    report, by = answer.question.report, answer.question.by
    if not any(answer.total.counts.values()):
        return []
    if report is Report.STAGES:
        return [_durations(teller)]
    if report is Report.FLOW:
        return [_over_time(teller, ("created", "closed")), _over_time(teller, ("backlog",))]
    if report is Report.WORKLOAD:
        return [_workload(teller)]
    figures = ("found",) if report is Report.ENTRIES else FIGURES[report]
    return [_stacked(teller, figures, standing=by is Axis.PERIOD)]


def _series(teller: Teller, figures: Sequence[str]) -> list[Series]:
    say = teller.texts.say
    ages = FIGURES[Report.BACKLOG]
    return [
        Series(f"age-{ages.index(name)}" if name in ages else _COLOURS[name], say(report_words.FIGURES[name]))
        for name in figures
    ]


def _named(teller: Teller) -> list[tuple[str, Line]]:
    """Lines that are shown, with the names that fit."""
    question = teller.answer.question
    if question.by is Axis.PERIOD:
        told = [report_words.short(teller.texts, one, question.step) for one in teller.buckets.values()]
        return list(zip(told, teller.answer.lines, strict=True))
    return list(zip(teller.names(), teller.answer.lines, strict=True))[:MOST]


def _mark(teller: Teller, figure: str, line: Line) -> Mark:
    number = line.counts[figure]
    return Mark(number, teller.texts.number(number), teller.asked.behind(figure, line.key) if number else None)


def _title(teller: Teller, what: str) -> str:
    by = teller.texts.say(report_words.AXES[teller.answer.question.by])
    return teller.texts.say("%(what)s %(axis)s", what=what, axis=by)


def _told(teller: Teller) -> str:
    """What somebody who does not see the chart is told."""
    total = teller.answer.total.counts
    named = [
        f"{teller.texts.say(report_words.FIGURES[name])}: {teller.texts.number(number)}"
        for name, number in total.items()
    ]
    return "; ".join([*named, teller.texts.say("all figures stand in the table below")])


def _stacked(teller: Teller, figures: Sequence[str], *, standing: bool) -> Chart:
    texts = teller.texts
    rows = [
        Row(name, [_mark(teller, one, line) for one in figures], texts.number(sum(line.counts[one] for one in figures)))
        for name, line in _named(teller)
    ]
    title = _title(teller, texts.say(report_words.TITLES[teller.answer.question.report]))
    draw = charts.columns if standing else charts.stacked
    return draw(title, _told(teller), rows, _series(teller, figures), texts.number)


def _over_time(teller: Teller, figures: Sequence[str]) -> Chart:
    say = teller.texts.say
    rows = [Row(name, [_mark(teller, one, line) for one in figures]) for name, line in _named(teller)]
    title = say("Created and closed") if len(figures) > 1 else say("Open at the end")
    return charts.lines(title, _told(teller), rows, _series(teller, figures), teller.texts.number)


def _workload(teller: Teller) -> Chart:
    """Open requests, those that are overdue apart."""
    texts = teller.texts
    rows = []
    for name, line in _named(teller):
        rest = line.counts["open"] - line.counts["overdue"]
        marks = [
            _mark(teller, "overdue", line),
            Mark(rest, texts.number(rest), teller.asked.behind("open", line.key)),
        ]
        rows.append(Row(name, marks, texts.number(line.counts["open"])))
    series = [Series("bad", texts.say("Overdue now")), Series("first", texts.say("Open, not overdue"))]
    return charts.stacked(_title(teller, texts.say("Open now")), _told(teller), rows, series, texts.number)


def _durations(teller: Teller) -> Chart:
    texts, say = teller.texts, teller.texts.say

    def told(seconds: float) -> str:
        return report_words.elapsed(texts, seconds)

    if teller.answer.question.by is Axis.PERIOD:
        rows = []
        for name, line in _named(teller):
            pair = (line.elapsed.median, line.elapsed.p90) if line.elapsed else (-1.0, -1.0)
            href = teller.asked.behind("visits", line.key)
            rows.append(Row(name, [Mark(value, told(max(value, 0)), href) for value in pair]))
        series = [Series("first", say("median")), Series("third", say("90 % within"))]
        return charts.lines(_title(teller, say("Elapsed time")), _told(teller), rows, series, told, time=True)
    rows = []
    for name, line in _named(teller):
        if line.elapsed is None:
            continue
        one = line.elapsed
        values = (one.p10, one.p25, one.median, one.p75, one.p90)
        href = teller.asked.behind("visits", line.key)
        words = say(
            "median %(median)s; half of them between %(low)s and %(high)s",
            median=told(one.median),
            low=told(one.p25),
            high=told(one.p75),
        )
        rows.append(Row(name, [Mark(value, told(value), href) for value in values], words))
    return charts.boxes(_title(teller, say("Elapsed time")), _told(teller), rows, told)
