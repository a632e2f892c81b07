"""The charts of a report of feedback: figures with their intervals, and of what they are made."""

from collections.abc import Sequence
from typing import Final

from caseline.feedback.intervals import ENOUGH
from caseline.reports.feedback_figures import AskLine, Line, Rated, Scale, Trial
from caseline.reports.feedback_questions import ENDS, RATED, STEPS, Axis, Report
from caseline.web.desk import chart_intervals, charts, report_words
from caseline.web.desk import feedback_report_numbers as numbers
from caseline.web.desk import feedback_report_words as words
from caseline.web.desk.chart_intervals import Extent, Ranged
from caseline.web.desk.chart_shapes import Chart, Mark, Row, Series
from caseline.web.desk.feedback_report_asking import Asked
from caseline.web.desk.feedback_report_table import Teller
from caseline.web.language import Texts, later

MOST: Final = 20
"""Rows that a chart shows."""
_COLOURS: Final = {
    "detractors": "bad",
    "passives": "still",
    "promoters": "good",
    "best": "good",
    "other": "bad",
    "answered": "good",
    "phone": "first",
    "waiting": "none",
    "out": "still",
    "expired": "third",
    "opted_out": "age-1",
    "failed": "bad",
    "cancelled": "age-6",
    "skipped": "age-0",
}
_PARTS: Final[dict[Report, tuple[str, ...]]] = {
    Report.NPS: ("promoters", "passives", "detractors"),
    Report.CSAT: ("best", "other"),
    Report.FUNNEL: ("answered", "phone", *ENDS),
}
_MADE_OF: Final = {
    Report.NPS: later("Promoters, passives and detractors"),
    Report.CSAT: later("The two best and all lower ratings"),
    Report.FUNNEL: later("What became of asks"),
}


def of(teller: Teller) -> list[Chart]:
    """The charts of a report; none where there is nothing to be seen."""
    report, total = teller.answer.question.report, teller.answer.total
    number = sum(total.counts.values()) if isinstance(total, AskLine) else total.tally.number
    if not number:
        return []
    if report is Report.FUNNEL:
        return [_steps(teller), _ranged(teller), _parts(teller)]
    if report is Report.MEAN:
        return [_ranged(teller), *_distributions(teller)]
    return [_ranged(teller), _parts(teller)]


def _lines(teller: Teller) -> list[tuple[str, Line | AskLine]]:
    """Lines that are shown, with the names that fit."""
    question, names = teller.answer.question, teller.names()
    if question.by is Axis.PERIOD:
        short = {key: report_words.short(teller.texts, one, question.step) for key, one in teller.buckets.items()}
        return [(short[line.key], line) for line in teller.answer.lines]
    return [(names[line.key], line) for line in teller.answer.lines][:MOST]


def _titled(teller: Teller, what: str) -> str:
    by = teller.texts.say(words.AXES[teller.answer.question.by])
    return teller.texts.say("%(what)s %(axis)s", what=what, axis=by)


def _told(teller: Teller) -> str:
    """What somebody who does not see the chart is told."""
    say = teller.texts.say
    return say("In all: %(told)s; ", told=teller.told(teller.answer.total)) + say(
        "all figures stand in the table below"
    )


def extent(texts: Texts, report: Report, scale: Scale | None) -> Extent:
    """From where to where the figures of a report reach. `scale`: of its ratings; none: from 0 to 100."""
    if report is Report.NPS:
        return Extent(-100, 100, lambda value: numbers.number(texts, value))
    if report is Report.MEAN:
        low, high = scale or (0, 100)
        return Extent(low, high, lambda value: numbers.number(texts, value, 1))
    return Extent(0, 1, texts.percent)


def _ranged(teller: Teller) -> Chart:
    report, by = teller.answer.question.report, teller.answer.question.by
    rows = [_range(teller, name, line) for name, line in _lines(teller)]
    title = _titled(teller, teller.texts.say(words.TITLES[report] if report in RATED else later("Answered of sent")))
    scale = None
    if isinstance(teller.answer, Rated) and not teller.answer.normal:
        scale = next(iter(teller.answer.total.tally.scales), None)
    draw = chart_intervals.standing if by is Axis.PERIOD else chart_intervals.lying
    return draw(title, _told(teller), rows, extent(teller.texts, report, scale))


def _range(teller: Teller, name: str, line: Line | AskLine) -> Ranged:
    value, interval, number = teller.interval(line)
    return Ranged(
        name=name,
        value=value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        told=teller.told(line),
        short=teller.short(line),
        href=teller.asked.behind("answered" if isinstance(line, AskLine) else "all", line.key) if number else None,
        faint=number < ENOUGH,
    )


def _parts(teller: Teller) -> Chart:
    report, texts = teller.answer.question.report, teller.texts
    figures = _PARTS[report]
    rows = [_row(teller, name, line, figures) for name, line in _lines(teller)]
    series = [Series(_COLOURS[figure], texts.say(words.FIGURES[figure])) for figure in figures]
    draw = charts.columns if teller.answer.question.by is Axis.PERIOD else charts.stacked
    return draw(_titled(teller, texts.say(_MADE_OF[report])), _told(teller), rows, series, texts.number)


def _row(teller: Teller, name: str, line: Line | AskLine, figures: Sequence[str]) -> Row:
    marks = []
    for figure in figures:
        number = teller.count(line, figure)
        href = teller.asked.behind(figure, line.key) if number else None
        marks.append(Mark(number, teller.texts.number(number), href))
    return Row(name, marks, teller.texts.number(sum(mark.value for mark in marks)))


def _steps(teller: Teller) -> Chart:
    """The funnel of all lines."""
    texts, total, rows = teller.texts, teller.answer.total, []
    asked = teller.count(total, "asked")
    for figure in STEPS:
        number = teller.count(total, figure)
        mark = Mark(number, texts.number(number), teller.asked.behind(figure, None) if number else None)
        told = f"{texts.number(number)} ({texts.percent(number / asked)})" if asked else texts.number(number)
        rows.append(Row(texts.say(words.FIGURES[figure]), [mark], told))
    title = texts.say("From asking to answering")
    return charts.stacked(title, _told(teller), rows, [Series("first", title)], texts.number)


def _distributions(teller: Teller) -> list[Chart]:
    """How often each value was given, on each scale."""
    texts, made = teller.texts, []
    tally = teller.answer.total.tally if isinstance(teller.answer, Rated) else None
    for low, high in tally.scales if tally else ():
        values = tally.counts[low, high] if tally else {}
        number, rows = sum(values.values()), []
        for value in range(high, low - 1, -1):
            given = values.get(value, 0)
            href = teller.asked.behind(f"value-{low}-{high}-{value}", None) if given else None
            told = f"{texts.number(given)} ({texts.percent(given / number)})"
            rows.append(Row(texts.number(value), [Mark(given, told, href)], told))
        title = texts.say("How often each value was given, %(low)s to %(high)s", low=low, high=high)
        made.append(charts.stacked(title, _told(teller), rows, [Series("first", title)], texts.number))
    return made


def of_trial(texts: Texts, asked: Asked, trial: Trial) -> Chart:
    """The answered shares of variants."""
    rows = [
        Ranged(
            name=arm.code,
            value=arm.answers.value,
            low=arm.answers.interval.low if arm.answers.interval else None,
            high=arm.answers.interval.high if arm.answers.interval else None,
            told=numbers.part(texts, arm.answers),
            short=texts.percent(arm.answers.value) if arm.answers.value is not None else "–",
            href=asked.behind("sent", arm.key) if arm.sent else None,
            faint=arm.sent < ENOUGH,
        )
        for arm in trial.arms
    ]
    title = texts.say("Answered of sent")
    told = "; ".join(f"{row.name}: {row.told}" for row in rows)
    return chart_intervals.lying(f"{trial.name}: {title}", told, rows, extent(texts, Report.VARIANTS, None))
