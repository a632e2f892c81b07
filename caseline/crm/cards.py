"""What a record is when it is handled by itself: its card, stage, category, deadline, stage rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from caseline.crm.vocabulary import REQUEST
from caseline.timing.instants import Pause
from caseline.timing.vocabulary import Mode

HOUR_S: Final = 3600


class Refused(Exception):
    """What is asked cannot be done to this record; the message names record, field and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of a record."""

    code: str
    label: str
    closed: bool = False
    pauses: bool = False
    position: int = 0

    @property
    def stops(self) -> bool:
        """Whether the clock of a deadline stands still in it."""
        return self.closed or self.pauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a request is about: who is responsible for it, and how long they have."""

    code: str
    label: str
    hours: int
    group_id: int | None = None
    group: str | None = None
    hours_by_priority: Mapping[str, int] = field(default_factory=dict)
    calendar_id: str | None = None  # the default one
    mode: Mode = Mode.WORKING_DAYS
    active: bool = True

    def target_s(self, priority: str | None) -> int:
        """Seconds up to the deadline of a request of this priority."""
        return HOUR_S * self.hours_by_priority.get(priority or "", self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The "resolve by" of a record, with all that it was counted from."""

    due_at: datetime
    warn_at: datetime  # three quarters of the business time are used
    target_s: int
    clock_started_at: datetime
    calendar_id: str
    calendar_version: int
    mode: Mode
    stopped_at: datetime | None = None  # since then the clock stands still
    quiet_until: datetime | None = None
    """What was past then never alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A record as it is now."""

    id: int
    version: int
    number: str | None
    source: str | None
    origin: str | None
    subject: str
    description: str | None
    stage: Stage
    priority: str | None
    channel: str | None
    group_id: int | None
    group: str | None
    assignee_id: int | None
    assignee: str | None
    company: str | None
    contact: str | None
    company_id: int | None = None
    contact_id: int | None = None
    created_at: datetime
    closed_at: datetime | None
    category: str | None
    category_by: str | None
    """Who set it: `person`, `keywords` or `import`."""
    category_first_set_at: datetime | None
    category_set_at: datetime | None
    deadline: Deadline | None
    kind: str = REQUEST

    @property
    def open(self) -> bool:
        """Whether somebody still works on it; what its source says is closed is, whatever its stage."""
        return self.closed_at is None and not self.stage.closed

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"request {self.number or self.id}"


@dataclass(frozen=True, slots=True)
class Text:
    """What a request says, for whoever sorts it."""

    id: int
    version: int
    number: str
    subject: str
    description: str
    category: str | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """A request with the category that people have given it, and its contact, as far as it is known."""

    subject: str
    description: str
    category: str
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A record to be made here (imported ones come through `caseline.crm.port`); without a number it has its id."""

    subject: str
    description: str | None = None
    stage: str
    priority: str | None = None
    channel: str | None = None
    category: str | None = None
    category_by: str | None = None
    group_id: int | None = None
    assignee_id: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    number: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)  # further columns
    id: int | None = None
    """The id that the system of record has given it; None: the next one."""
    kind: str = REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who does something to a record, when, and what the event log calls it."""

    at: datetime
    by_id: int | None = None
    """Person; None: a machine, or somebody at the command line who did not say."""
    event: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A visit of a record to a stage; see `caseline.crm.time_tables.stage_row`."""

    id: int
    stage: str
    pausing: bool
    entered_at: datetime
    left_at: datetime | None
    elapsed_s: int | None
    business_s: int | None
    paused_s: int | None
    by_id: int | None
    by: str | None
    imported: bool
    calendar_id: str | None
    calendar_version: int | None
    mode: Mode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The rows of a stage that a record has left, added up."""

    stage: str
    visits: int
    elapsed_s: int
    business_s: int
    paused_s: int


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """A deadline that was set or moved."""

    at: datetime
    old_due_at: datetime | None
    """None: it is the first."""
    new_due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A change of stage that came true."""

    card: Card
    """As it is now; its deadline is as it was before."""
    at: datetime  # never before it entered the stage left, unless an import says that this lies ahead
    pauses: tuple[Pause, ...]
    """When its clock stood still, without a pause that begins now; oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records to list; None asks for any."""

    open: bool | None = None
    stage: str | None = None
    category: str | None = None
    group: str | None = None
    overdue_at: datetime | None = None
    """Running clocks whose deadline is past at this time."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Alarm:
    """A share of its business time that a request has used."""

    record_id: int
    percent: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """Running deadlines of open requests of a source; they may alarm once it is `live`."""

    source: str
    live: bool
    ahead: int
    past: int
