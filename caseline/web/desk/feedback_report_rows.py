"""The rows behind a figure of feedback: record, value, words and person, in any order; what does not count apart."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from starlette.responses import Response

from caseline.actions import read_feedback
from caseline.actions.read_feedback import Asking
from caseline.actions.seen import Absent
from caseline.reports.feedback_questions import BAD, FIGURES, RATED, Axis, Order, Report, Sort, Spot
from caseline.reports.feedback_rows import Behind
from caseline.reports.periods import buckets
from caseline.web.desk import feedback_report_asking, feedback_report_pages, report_files
from caseline.web.desk import feedback_report_numbers as numbers
from caseline.web.desk import feedback_report_words as words
from caseline.web.desk.feedback_report_asking import Asked
from caseline.web.desk.feedback_report_table import Head
from caseline.web.desk.page import Handler
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_HEADS: Final = (
    *(later("Number"), later("Rating"), later("Scale"), later("Question"), later("Comment"), later("Person")),
    *(later("Division"), later("Campaign"), later("Date"), later("Confirmed"), later("By phone"), later("State")),
    later("Why"),
)
_COLUMNS: Final[dict[bool, tuple[Sort, ...]]] = {
    True: (Sort.RECORD, Sort.VALUE, Sort.QUESTION, Sort.PERSON, Sort.CAMPAIGN, Sort.AT),
    False: (Sort.RECORD, Sort.PERSON, Sort.CAMPAIGN, Sort.AT),
}
"""Columns that rows can be sorted by: where ratings are told, and where asks are."""


def shown(report: Report) -> Handler:
    """The rows behind a figure."""
    return feedback_report_pages.of(report, _shown)


def counted(report: Report) -> Handler:
    """How many rows there are behind a figure."""
    return feedback_report_pages.of(report, _counted)


def exported(report: Report) -> Handler:
    """The rows behind a figure as a file."""
    return feedback_report_pages.of(report, _exported)


def _shown(visit: Visit, asked: Asked) -> Response:
    asking, spot = feedback_report_asking.asking(visit, asked), feedback_report_asking.spot(visit, asked.report)
    order, start = feedback_report_asking.order(visit), feedback_report_asking.start(visit)
    name = _named(visit, asked, asking, spot)
    part = read_feedback.rows(visit.house, asking, spot, order, start)
    named = {"figure": spot.figure, "line": spot.line, "reason": spot.reason}
    sorted_by = visit.text("sort") or None
    here = {**named, "sort": sorted_by}
    return visit.page(
        "reports/feedback_rows.html",
        part=part,
        name=name,
        rated=asked.report in RATED,
        heads=_heads(visit, asked, named, order),
        more=asked.address("rows", **here, after=start + read_feedback.ON_PAGE) if part.more else None,
        back=asked.address("rows", **here, after=start - read_feedback.ON_PAGE or None) if start else None,
        count=asked.address("rows/count", **{**named, "sort": None}),
        file=asked.address("rows/export", **here),
        doubtful=asked.behind("unconfirmed", spot.line),
        **feedback_report_pages.frame(visit, asked),
    )


def _heads(visit: Visit, asked: Asked, named: dict[str, str | None], order: Order) -> dict[str, Head]:
    made = {}
    for sort in _COLUMNS[asked.report in RATED]:
        here = order.by is sort
        other = f"-{sort}" if here and not order.rising else sort.value
        way = "" if not here else "ascending" if order.rising else "descending"
        href = asked.address("rows", **{**named, "sort": other})
        made[sort.value] = Head(visit.texts.say(words.SORTS[sort.value]), sort.value, href, way)
    return made


def _named(visit: Visit, asked: Asked, asking: Asking, spot: Spot) -> list[str]:
    """Whose rows these are, in words; raises `Absent`."""
    value = spot.figure.rpartition("-")[2] if spot.figure.startswith("value-") else ""
    if not value and spot.figure not in (*FIGURES[asked.report], BAD):
        raise Absent(spot.figure)
    said = [visit.texts.say("Rating %(value)s", value=value) if value else visit.texts.say(words.FIGURES[spot.figure])]
    if spot.reason is not None:
        said.append(words.reason(visit.texts, spot.reason))
    if spot.line is not None:
        said.append(_line(visit, asked, asking, spot.line))
    return said


def _line(visit: Visit, asked: Asked, asking: Asking, key: str) -> str:
    question = asking.question
    parts = {one.key: one for one in buckets(question.period, question.step)} if question.by is Axis.PERIOD else {}
    if question.by is Axis.PERIOD and key not in parts:
        raise Absent(key)
    label = read_feedback.label(visit.house, asking, question.by, key) if key else None
    return words.name(visit.texts, asked.by, key, label, parts, question.step)


def _counted(visit: Visit, asked: Asked) -> Response:
    asking, spot = feedback_report_asking.asking(visit, asked), feedback_report_asking.spot(visit, asked.report)
    return visit.page("reports/count.html", number=read_feedback.count(visit.house, asking, spot))


def _exported(visit: Visit, asked: Asked) -> Response:
    asking, spot = feedback_report_asking.asking(visit, asked), feedback_report_asking.spot(visit, asked.report)
    _named(visit, asked, asking, spot)
    return report_files.answer(visit, f"{asked.report}-{spot.figure}", asked.days, _told(visit, asking, spot))


def _told(visit: Visit, asking: Asking, spot: Spot) -> Iterator[list[object]]:
    rows = read_feedback.every_row(visit.house, asking, spot, feedback_report_asking.order(visit))
    begun = list(islice(rows, 1))  # what cannot be answered is found out before anything is told
    yield [visit.texts.say(head) for head in _HEADS]
    for row in chain(begun, rows):
        yield _plain(visit, row)


def _plain(visit: Visit, row: Behind) -> list[object]:
    texts = visit.texts
    scale = "" if row.lowest is None or row.highest is None else numbers.scale(texts, (row.lowest, row.highest))
    yes, no = texts.say("yes"), texts.say("no")
    return [
        row.number,
        "" if row.value is None else row.value,
        scale,
        *(row.question or "", row.comment or "", row.person or "", row.division or "", row.campaign),
        texts.local(row.at).isoformat(timespec="seconds"),
        *(yes if row.confirmed else no, yes if row.by_phone else no),
        texts.say(words.STATES[row.state]) if row.state in words.STATES else row.state,
        words.reason(texts, row.reason),
    ]
