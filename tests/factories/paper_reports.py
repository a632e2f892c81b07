"""Reports as a person would count them on paper, from plain values and without the house's rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from caseline.actions.read_reports import Asking
from caseline.reports import periods
from caseline.reports.questions import AGES, FIGURES, Axis, Report
from tests.factories.histories import ENTRIES, Told, Visit


@dataclass(frozen=True)
class Thing:
    """What a report counts: a request, when it counts, and what its line is where that is not the request's own."""

    figure: str
    one: Told
    at: datetime
    lines: dict[str, str] = field(default_factory=dict)
    visit: Visit | None = None
    always: bool = False
    """Whether the period does not matter."""


def ended(one: Told) -> datetime | None:
    """When it was closed, as far as anybody knows."""
    return one.closed or (one.modified if one.stage == "closed" else None)


def shown(one: Told, asking: Asking) -> bool:
    """Whether a request counts at all."""
    viewer, about = asking.viewer, asking.question.about
    wanted: tuple[tuple[tuple[object, ...], object], ...] = (
        (about.categories, one.category or ""),
        (about.groups, one.group),
        (about.persons, one.person),
        (about.channels, one.channel or ""),
    )
    return viewer.sees(one.group, one.person) and all(not some or value in some for some, value in wanted)


def _stages(one: Told, asking: Asking) -> Iterator[Thing]:
    wanted = asking.question.about.stages
    for visit in one.visits:
        if visit.left and (not wanted or visit.stage in wanted):
            yield Thing("visits", one, visit.left, {"stage": visit.stage}, visit)


def _deadlines(one: Told, asking: Asking) -> Iterator[Thing]:
    if one.due:
        running = ended(one) is None
        decided = (one.stopped or asking.now) if running else (one.closed or one.stopped or one.modified)
        late = decided > one.due
        yield Thing("missed" if late else "running" if running else "met", one, one.due)


def _backlog(one: Told, asking: Asking) -> Iterator[Thing]:
    if ended(one) is None:
        passed = [days for days in (0, *AGES) if one.created <= asking.now - timedelta(days=days)]
        yield Thing(f"age_{max(passed, default=0)}", one, asking.now, always=True)


def _categories(one: Told, _asking: Asking) -> Iterator[Thing]:
    other = one.by == "person" and one.said not in {None, one.category}
    by = "corrected" if other else one.by or "import"
    yield Thing(by if one.category else "none", one, one.created)


def _entries(one: Told, _asking: Asking) -> Iterator[Thing]:
    for entry in one.entries:
        lines = {"entry": str(entry)}
        yield Thing("found", one, one.created, lines)
        if entry in one.decisive:
            yield Thing("decided", one, one.created, lines)
        if ENTRIES[entry] == one.category:
            yield Thing("agreed", one, one.created, lines)


def _workload(one: Told, asking: Asking) -> Iterator[Thing]:
    gone = ended(one)
    if gone is None:
        yield Thing("open", one, asking.now, always=True)
        if one.due and one.stopped is None and one.due < asking.now:
            yield Thing("overdue", one, asking.now, always=True)
    else:
        yield Thing("closed", one, gone)
    for person, state, _created, done in one.tasks:
        yield Thing(f"tasks_{state}", one, done or asking.now, {"person": str(person or 1)}, always=done is None)


_COUNTED: Final[dict[Report, Callable[[Told, Asking], Iterator[Thing]]]] = {
    Report.STAGES: _stages,
    Report.DEADLINES: _deadlines,
    Report.BACKLOG: _backlog,
    Report.CATEGORIES: _categories,
    Report.ENTRIES: _entries,
    Report.WORKLOAD: _workload,
}


def _line(asking: Asking, thing: Thing, day: object) -> str:
    if asking.question.by is Axis.PERIOD:
        parts = periods.buckets(asking.question.period, asking.question.step)
        return next(part.key for part in parts if part.first <= day <= part.last)  # type: ignore[operator]
    one = thing.one
    values = {
        "stage": one.stage,
        "category": one.category,
        "group": one.group,
        "person": one.person,
        "channel": one.channel,
    }
    value = (values | thing.lines)[asking.question.by.value]
    return "" if value is None else str(value)


def counted(asking: Asking, requests: list[Told]) -> dict[str, list[Thing]]:
    """Things by line."""
    period, found = asking.question.period, dict[str, list[Thing]]()
    if asking.question.by is Axis.PERIOD:
        found = {part.key: [] for part in periods.buckets(period, asking.question.step)}
    for one in requests:
        for thing in _COUNTED[asking.question.report](one, asking) if shown(one, asking) else ():
            day = thing.at.astimezone(ZoneInfo(period.zone)).date()
            if thing.always or period.first <= day <= period.last:
                found.setdefault(_line(asking, thing, day), []).append(thing)
    return found


def numbers(asking: Asking, requests: list[Told]) -> dict[str, dict[str, int]]:
    """How many of each figure there are on each line."""
    names = FIGURES[asking.question.report]
    return {
        key: {name: sum(thing.figure == name for thing in things) for name in names}
        for key, things in counted(asking, requests).items()
    }
