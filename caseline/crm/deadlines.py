"""When the clock of a request starts, and the deadline that follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from caseline.crm.cards import Card, Deadline, StageRow
from caseline.timing import instants
from caseline.timing.clock import Clock
from caseline.timing.explain import Explanation, explain
from caseline.timing.instants import Pause

WARN_PERCENT: Final = 75


class DeadlineFrom(StrEnum):
    """What starts the clock."""

    CATEGORY = "category"
    """The first category."""
    RECEIPT = "receipt"
    """The request's creation."""


class RecalcOnCategory(StrEnum):
    """From when a deadline is counted after the category changed."""

    FROM_FIRST_CATEGORY = "from_first_category"
    """From where it was counted before."""
    FROM_CHANGE = "from_change"


class RecalcOnCalendar(StrEnum):
    """Whether deadlines follow a new version of their calendar."""

    OPEN_ONLY = "open_only"
    """Those of open requests."""
    NEVER = "never"
    """None: each keeps the version that it was counted by, until its category or priority changes."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What administrators have decided about deadlines."""

    deadline_from: DeadlineFrom = DeadlineFrom.CATEGORY
    recalc_on_category: RecalcOnCategory = RecalcOnCategory.FROM_FIRST_CATEGORY
    recalc_on_calendar: RecalcOnCalendar = RecalcOnCalendar.OPEN_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a deadline is counted from beside category and clock."""

    start: datetime
    pauses: Sequence[Pause] = ()
    at: datetime
    """When it is counted."""
    reason: str
    """Why it is counted, for the log."""
    stopped_at: datetime | None = None
    """The clock stands still since then."""


def start(card: Card, policy: Policy, *, now: datetime) -> datetime:
    """When the clock of a request starts whose category is set at `now`; `card` as it was before."""
    if card.category is not None and policy.recalc_on_category is RecalcOnCategory.FROM_CHANGE:
        return now
    if card.deadline is not None:
        return card.deadline.clock_started_at
    return first_start(card, policy, set_at=card.category_first_set_at or now)


def first_start(card: Card, policy: Policy, *, set_at: datetime) -> datetime:
    """When the clock of a request starts whose first category was set at `set_at`.

    That of an imported request starts at its legacy moment, never at the import.
    """
    legacy = card.source is not None
    return card.created_at if legacy or policy.deadline_from is DeadlineFrom.RECEIPT else set_at


def start_again(card: Card, policy: Policy, *, at: datetime) -> datetime:
    """When the clock of a request starts that is counted anew because it is opened again at `at`."""
    if card.deadline is None:
        return first_start(card, policy, set_at=card.category_first_set_at or at)
    since = card.deadline.clock_started_at
    if policy.recalc_on_category is RecalcOnCategory.FROM_CHANGE and card.category_set_at is not None:
        # Its category may have changed while it was closed, when nothing was counted.
        return max(since, card.category_set_at)
    return since


def count(clock: Clock, target_s: int, card: Card, term: Term) -> Deadline:
    """The deadline of a request that has so many seconds.

    What its old deadline says of silence stays; of a first one the register knows what is silent.
    """
    return Deadline(
        due_at=clock.deadline(term.start, target_s, pauses=term.pauses),
        warn_at=clock.warning(term.start, target_s, WARN_PERCENT, pauses=term.pauses),
        target_s=target_s,
        clock_started_at=term.start,
        calendar_id=clock.calendar.id,
        calendar_version=clock.calendar.version,
        mode=clock.mode,
        stopped_at=term.stopped_at,
        quiet_until=card.deadline.quiet_until if card.deadline else None,
    )


def stopped(deadline: Deadline, at: datetime) -> Deadline:
    """The deadline with its clock standing still since `at`."""
    return replace(deadline, stopped_at=at)


def beyond(start: datetime, pauses: Sequence[Pause] = ()) -> datetime | None:
    """The time among these from which no deadline can be counted: a legacy date may lie where no calendar reaches."""
    times = (start, *(at for pause in pauses for at in pause))
    return next((at for at in times if not instants.FIRST <= instants.whole(at) < instants.LAST_START), None)


def pauses(rows: Iterable[StageRow]) -> tuple[Pause, ...]:
    """When the clock stood still in these visits of a record, without a pause that still lasts."""
    return tuple(
        (row.entered_at, row.left_at)
        for row in rows
        if row.pausing and row.left_at is not None and row.entered_at < row.left_at
    )


def counted(card: Card, rows: Iterable[StageRow]) -> tuple[Pause, ...]:
    """The pauses that the deadline of a record is counted with; closed, it does not move any more."""
    found = pauses(rows)
    closed_at = card.closed_at
    return found if closed_at is None else tuple(pause for pause in found if pause[0] < closed_at)


def told(clock: Clock, deadline: Deadline, pauses: Sequence[Pause]) -> Explanation | None:
    """A deadline taken apart into days, by the version of the calendar that it was counted by.

    None where it does not follow from these pauses, or where no calendar reaches one of them.
    """
    if beyond(deadline.clock_started_at, pauses):
        return None
    found = explain(clock, deadline.clock_started_at, deadline.target_s, pauses=pauses)
    return found if found.due == deadline.due_at else None
