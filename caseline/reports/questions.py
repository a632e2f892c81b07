"""What a report can be asked: which one, over which time, about which requests, by what its lines are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from caseline.reports import periods
from caseline.reports.periods import Period, Step

_DIGITS: Final = 18


class Report(StrEnum):
    """The reports."""

    STAGES = "stages"
    """How long visits to stages lasted that ended in the period."""
    DEADLINES = "deadlines"
    """What became of the deadlines that fell into the period."""
    FLOW = "flow"
    """What came, what was closed, what was open at the end of each day, week or month."""
    BACKLOG = "backlog"
    """What is open now, by age."""
    CATEGORIES = "categories"
    """By whom the requests that came in the period have their categories."""
    ENTRIES = "entries"
    """Which entries of the dictionary were found in the requests that came in the period."""
    WORKLOAD = "workload"
    """What is open now, and what was closed and done in the period, by person or group."""


class Axis(StrEnum):
    """By what the lines of a report are."""

    STAGE = "stage"
    CATEGORY = "category"
    GROUP = "group"
    PERSON = "person"
    CHANNEL = "channel"
    PERIOD = "period"
    ENTRY = "entry"


_OF_REQUEST: Final = (Axis.CATEGORY, Axis.GROUP, Axis.PERSON, Axis.CHANNEL)
AXES: Final[dict[Report, tuple[Axis, ...]]] = {
    Report.STAGES: (Axis.STAGE, *_OF_REQUEST, Axis.PERIOD),
    Report.DEADLINES: (*_OF_REQUEST, Axis.PERIOD),
    Report.FLOW: (Axis.PERIOD,),
    Report.BACKLOG: (Axis.GROUP, Axis.CATEGORY, Axis.PERSON, Axis.STAGE, Axis.CHANNEL),
    Report.CATEGORIES: (*_OF_REQUEST, Axis.PERIOD),
    Report.ENTRIES: (Axis.ENTRY,),
    Report.WORKLOAD: (Axis.PERSON, Axis.GROUP),
}
"""The first is the one that is shown unless another is asked for."""

AGES: Final = (1, 3, 7, 14, 30, 90)
"""Days at which the backlog goes over into the next age: an open request is one of seven."""
AGE_FIGURES: Final = tuple(f"age_{days}" for days in (0, *AGES))

FIGURES: Final[dict[Report, tuple[str, ...]]] = {
    Report.STAGES: ("visits",),
    Report.DEADLINES: ("met", "missed", "running"),
    Report.FLOW: ("created", "closed", "backlog"),
    Report.BACKLOG: AGE_FIGURES,
    Report.CATEGORIES: ("keywords", "corrected", "person", "import", "none"),
    Report.ENTRIES: ("found", "decided", "agreed"),
    Report.WORKLOAD: ("open", "overdue", "closed", "tasks_open", "tasks_done"),
}
"""What is counted; each of these can be opened as a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which requests are counted; what is empty does not matter. An empty text or None inside stands for none."""

    categories: tuple[str, ...] = ()
    groups: tuple[int | None, ...] = ()
    persons: tuple[int | None, ...] = ()
    channels: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    """Stages whose visits are counted; other reports do not ask."""

    @property
    def narrows(self) -> bool:
        """Whether some requests do not count."""
        return bool(self.categories or self.groups or self.persons or self.channels)


NOBODY: Final = "-"
"""Stands for none of a filter: requests without category, group, person or channel."""


def about(chosen: Mapping[str, Sequence[str]]) -> About:
    """Filters as addresses and commands write them, by the axis that they narrow; a key that is none finds nothing."""
    codes = {name: tuple("" if one == NOBODY else one for one in some) for name, some in chosen.items()}
    return About(
        categories=codes.get("category", ()),
        groups=tuple(map(key, codes.get("group", ()))),
        persons=tuple(map(key, codes.get("person", ()))),
        channels=codes.get("channel", ()),
        stages=codes.get("stage", ()),
    )


def key(text: str) -> int | None:
    """A key; -1, which nothing has, for what is none."""
    if text == "":
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A report as somebody asks for it."""

    report: Report
    period: Period
    by: Axis
    step: Step
    about: About = field(default_factory=About)


def ask(report: Report, period: Period, by: Axis, step: Step | None, about: About, *, now: datetime) -> Question:
    """A question with a sense: the step fits the period, and what comes and goes is told up to today only."""
    if by not in AXES[report]:
        by = AXES[report][0]
    if report is Report.FLOW:
        period = periods.up_to_now(period, now=now)
    return Question(report=report, period=period, by=by, step=periods.fitting(period, step), about=about)


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure of a report: of one line or of all, of one column or of all that the line counts."""

    figure: str
    line: str | None = None
    """Key of the line; None: of the sum below them."""
