"""Figures of feedback as a person would count them on paper, from plain values and without the house's rules."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from caseline.people.access import Viewer
from caseline.reports import periods
from caseline.reports.feedback_questions import Axis, Basis, Question, Report, Source
from tests.factories.feedback_filled import SCALES, Click, Given, Told

Tallies = dict[str, Counter[tuple[int, int, int]]]


def shown(one: Told, question: Question, viewer: Viewer) -> bool:
    """Whether an ask counts at all."""
    narrowed = {axis: keys for axis, keys in question.about.items() if axis is not Axis.QUESTION}
    return viewer.sees(one.group, one.person) and all(one.line(axis) in keys for axis, keys in narrowed.items())


def of_report(question: Question, key: str) -> bool:
    """Whether a report is about a question of a form."""
    wanted = question.about.get(Axis.QUESTION, ())
    return (key == "nps") == (question.report is Report.NPS) and (not wanted or key in wanted)


def _line(question: Question, one: Told, key: str, at: datetime) -> str | None:
    """The line of something; None where it does not lie in the period."""
    day = at.astimezone(ZoneInfo(question.period.zone)).date()
    if not question.period.first <= day <= question.period.last:
        return None
    if question.by is not Axis.PERIOD:
        return one.line(question.by, key)
    parts = periods.buckets(question.period, question.step)
    return next(part.key for part in parts if part.first <= day <= part.last)


def _rated(question: Question, viewer: Viewer, asks: list[Told]) -> Iterator[tuple[str, Given]]:
    for one in asks:
        for each in one.ratings:
            if each.superseded is None and of_report(question, each.question) and shown(one, question, viewer):
                at = each.at if question.basis is Basis.ANSWER else one.happened
                line = _line(question, one, each.question, at)
                if line is not None:
                    yield line, each


def tallies(question: Question, viewer: Viewer, asks: list[Told]) -> Tallies:
    """How often each value was given, by line: (lowest, highest, value)."""
    found: Tallies = {}
    for line, each in _rated(question, viewer, asks):
        into = found.setdefault(line, Counter())
        if question.source is Source.BOTH or each.phone == (question.source is Source.PHONE):
            into[(*SCALES[each.question], each.value)] += 1
    return found


def phones(question: Question, viewer: Viewer, asks: list[Told]) -> Counter[str]:
    """Ratings that an employee has entered, by line."""
    return Counter(line for line, each in _rated(question, viewer, asks) if each.phone)


def doubtful(question: Question, viewer: Viewer, asks: list[Told]) -> Counter[str]:
    """Last clicks for questions without a rating, by line."""
    found: Counter[str] = Counter()
    for one in asks:
        last: dict[str, Click] = {}
        for each in one.clicks:
            if not each.prefetch and each.question not in {rated.question for rated in one.ratings}:
                last[each.question] = each
        for key, each in last.items():
            at = each.at if question.basis is Basis.ANSWER else one.happened
            line = _line(question, one, key, at)
            if line is not None and of_report(question, key) and shown(one, question, viewer):
                found[line] += 1
    return found


def funnel(question: Question, viewer: Viewer, asks: list[Told]) -> dict[str, Counter[str]]:
    """What became of asks, by line."""
    found: dict[str, Counter[str]] = {}
    for one in asks:
        line = _line(question, one, "", one.happened)
        if line is None or not shown(one, question, viewer):
            continue
        into = found.setdefault(line, Counter())
        into.update(_figures(one))
    return found


def _figures(one: Told) -> list[str]:
    if one.state == "skipped":
        return ["skipped"]
    made = ["asked"]
    if one.sent is not None:
        made.append("sent")
        made += ["visited"] if one.visited else []
        made += ["answered"] if one.answered and not one.phone else []
    if one.answered:
        return [*made, "phone"] if one.phone else made
    if one.state in {"queued", "awaiting_address", "needs_data"}:
        return [*made, "waiting"]
    return [*made, "out" if one.state in {"sent", "visited", "answering"} else one.state]
