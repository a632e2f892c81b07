"""What becomes of requests that people work on, told by a small model that shares no code with the house.

The model knows a week in Berlin with a few holidays, counts time day by day, and keeps of each request what everybody
can see of it: visits to stages, category, deadline's terms, messages, assignments, merges, and how often it was changed.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Berlin")
HOLIDAYS: Final = frozenset({date(2024, 10, 28), date(2025, 4, 21), date(2025, 12, 25), date(2026, 1, 1)})
OFFICE: Final = ((time(9), time(13)), (time(14), time(18)))
MODES: Final = {"day": "working_days", "office": "schedule", "flat": "elapsed"}
"""How each category counts."""
HOURS: Final = {"day": {"": 24, "high": 4}, "office": {"": 12, "high": 3}, "flat": {"": 30, "high": 30}}
"""By category and priority."""
CLOSED: Final = ("closed", "rejected")
STOPPED: Final = frozenset({"waiting", "on-hold", *CLOSED})
WAYS: Final = frozenset({
    ("new", "working"), ("new", "waiting"), ("new", "closed"), ("working", "new"), ("working", "waiting"),
    ("working", "rejected"), ("working", "closed"), ("waiting", "working"), ("waiting", "on-hold"),
    ("waiting", "closed"), ("on-hold", "working"), ("on-hold", "waiting"), ("closed", "working"),
    ("closed", "waiting"), ("closed", "rejected"), ("rejected", "working"), ("rejected", "new"),
})  # fmt: skip
STAGES: Final = ("new", "working", "waiting", "on-hold", *CLOSED)


def second(at: datetime) -> int:
    """Whole seconds of an instant."""
    return int(at.timestamp() // 1)


def worked(mode: str, since: int, until: int) -> int:
    """Seconds of work between two instants."""
    if mode == "elapsed" or until <= since:
        return max(0, until - since)
    total, day = 0, datetime.fromtimestamp(since, ZONE).date() - timedelta(1)
    while day <= datetime.fromtimestamp(until, ZONE).date():
        if day.isoweekday() < 6 and day not in HOLIDAYS:
            total += sum(max(0, min(end, until) - max(begin, since)) for begin, end in _spans(mode, day))
        day += timedelta(1)
    return total


def _spans(mode: str, day: date) -> list[tuple[int, int]]:
    if mode == "working_days":
        return [(_at(day, time()), _at(day + timedelta(1), time()))]
    return [(_at(day, begin), _at(day, end)) for begin, end in OFFICE]


def _at(day: date, clock: time) -> int:
    return second(datetime.combine(day, clock, ZONE).astimezone(UTC))


@dataclass
class Visit:
    """A visit to a stage."""

    stage: str
    entered: datetime
    left: datetime | None = None
    mode: str = ""
    """By which it was counted when it was left."""

    @property
    def stopped(self) -> bool:
        return self.stage in STOPPED


@dataclass
class Term:
    """What a deadline is counted from."""

    mode: str
    target: int
    start: datetime


@dataclass
class Merge:
    """What went along into another request."""

    into: int
    messages: set[int]
    assignments: set[int]


@dataclass
class Life:
    """A request."""

    id: int
    created: datetime
    visits: list[Visit]
    subject: str
    priority: str = ""
    category: str = ""
    first_category: datetime | None = None
    assignee: int | None = None
    group: int | None = None
    term: Term | None = None
    closed: datetime | None = None
    version: int = 1
    messages: set[int] = field(default_factory=set)
    assignments: dict[int, str] = field(default_factory=dict)
    merge: Merge | None = None
    told: Counter[str] = field(default_factory=Counter)
    """How often the event log tells of what, without deadlines."""

    @property
    def stage(self) -> str:
        return self.visits[-1].stage

    @property
    def open(self) -> bool:
        return self.stage not in CLOSED

    def may(self, stage: str) -> bool:
        """Whether somebody may move it there."""
        return (self.stage, stage) in WAYS and (stage in CLOSED or self.merge is None)

    def move(self, stage: str, now: datetime) -> None:
        """It enters another stage."""
        last, was_open = self.visits[-1], self.open
        last.left, last.mode = now, self.term.mode if self.term else "working_days"
        self.visits.append(Visit(stage, now))
        self.changed("stage_changed")
        if self.open:
            self.closed = None
            if not was_open:
                self.count(now)
        elif was_open:
            self.closed = now

    def categorise(self, category: str, now: datetime) -> None:
        """It gets another category."""
        self.category, self.first_category = category, self.first_category or now
        self.changed("category_set")
        if self.open:
            self.count(now)

    def prioritise(self, priority: str, now: datetime) -> None:
        """It gets another priority."""
        before, self.priority = self.priority, priority
        self.changed("changed")
        hours = HOURS.get(self.category)
        if self.open and self.term and hours and hours.get(before, hours[""]) != hours.get(priority, hours[""]):
            self.count(now)

    def count(self, now: datetime) -> None:
        """Its deadline follows its category; the clock goes on from its first one."""
        if self.category:
            hours = HOURS[self.category]
            start = self.term.start if self.term else self.first_category or now
            self.term = Term(MODES[self.category], 3600 * hours.get(self.priority, hours[""]), start)

    def changed(self, event: str) -> None:
        """The version grows, and the log tells of it."""
        self.version += 1
        self.told[event] += 1

    def before_closing(self) -> list[str]:
        """Open stages that it was in, the last one first."""
        return [one.stage for one in reversed(self.visits) if one.stage not in CLOSED]

    def spent(self, visit: Visit) -> tuple[int, int, int] | None:
        """Elapsed, business and paused seconds of a visit that is over."""
        if visit.left is None:
            return None
        since, until = second(visit.entered), second(visit.left)
        work = worked(visit.mode, since, until)
        return (until - since, 0, work) if visit.stopped else (until - since, work, 0)

    def used(self, until: int) -> int:
        """Seconds of the deadline's work up to an instant, without the pauses that count."""
        assert self.term is not None
        mode, start = self.term.mode, second(self.term.start)
        pauses = [
            (second(one.entered), second(one.left))
            for one in self.visits
            if one.stopped and one.left is not None and (self.closed is None or one.entered < self.closed)
        ]
        lost = sum(worked(mode, max(start, since), min(end, until)) for since, end in pauses if since < until)
        return worked(mode, start, until) - lost
