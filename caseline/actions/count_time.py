"""Counts deadlines and durations that somebody asks for, by a calendar of the database or of a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from caseline.timing import calendar_file, cases, instants, reading, trust
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock, Duration
from caseline.timing.explain import Explanation, explain
from caseline.timing.faults import TimeFault
from caseline.timing.trust import Notice
from caseline.timing.vocabulary import Mode

Find = Callable[[str | None], Calendar]
"""The newest version of a calendar in the database; None asks for the default one."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with its explanation."""

    told: Explanation
    doubt: Notice | None


def calendar(wanted: str | None, find: Find) -> Calendar:
    """A calendar by its id, or the one of a YAML file; the database is asked for ids only."""
    if wanted is not None and Path(wanted).suffix in reading.YAML:
        return calendar_file.load(wanted)
    return find(wanted)


def deadline(counting: Calendar, mode: Mode, start: datetime, hours: float) -> Due:
    """When `hours` from `start` are used up; raises `TimingFault`."""
    told = explain(Clock(counting, mode), start, instants.target(hours))
    return Due(told, trust.doubt(counting, told.due))


def duration(counting: Calendar, mode: Mode, start: datetime, end: datetime) -> Duration:
    """How long it is from `start` to `end`; raises `TimingFault`."""
    return Clock(counting, mode).duration(start, end)


def answers(lines: Iterable[str], find: Find, *, calendar_id: str | None, mode: Mode) -> Iterator[str]:
    """An answer for each line of `caseline.timing.cases`; a calendar named in a line is an id, or a YAML file.

    Calendar and mode hold for the lines that name none.
    """
    usual = {"mode": mode.value} | ({"calendar": calendar_id} if calendar_id else {})
    return cases.answers(lines, lambda wanted: calendar(wanted, find), usual)


def instant(text: str, name: str) -> datetime:
    """The instant of ISO 8601 text; one without a zone is refused where it is counted. Raises `TimeFault`."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise TimeFault(f"{name} {text!r} is no instant: write it as 2026-06-05T18:30+03:00") from error
