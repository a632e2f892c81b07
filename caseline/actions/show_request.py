"""Shows a request with its deadline told and the time that it spent on every stage; lists requests."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, wiring
from caseline.actions.wiring import House
from caseline.crm import deadlines
from caseline.crm.cards import Card, Deadline, StageRow, Total, Wanted
from caseline.crm.intake import Intake
from caseline.timing import trust, zones
from caseline.timing.clock import Clock, Duration
from caseline.timing.explain import Explanation
from caseline.timing.trust import Notice


@dataclass(frozen=True, slots=True)
class Sight:
    """A request with all that is counted about it."""

    card: Card
    told: Explanation | None
    """How its deadline came about; None without one."""
    doubt: Notice | None
    """The deadline lies in a year that its calendar does not know exactly."""
    rows: tuple[StageRow, ...]
    totals: tuple[Total, ...]
    """Of the stages left."""
    present: Duration | None
    """How long the row of now has lasted; None when the request is closed."""
    zone: str
    """The zone of its calendar, in which its times are shown."""


def show(house: House, key: str, *, now: datetime) -> Sight:
    """All about a request; raises `Refused` when there is not exactly one of this key."""
    intake = wiring.intake(house)
    with house.engine.connect() as connection:
        card = find_request.request(connection, intake.cards, key)
        clock = _clock(connection, intake, card)
        rows = tuple(intake.cards.rows(connection, card.id))
        told, doubt = None, None
        if card.deadline is not None and clock is not None:
            told = deadlines.told(clock, card.deadline, intake.cards.pauses(connection, card.id))
            doubt = trust.doubt(clock.calendar, card.deadline.due_at)
        return Sight(
            card=card,
            told=told,
            doubt=doubt,
            rows=rows,
            totals=tuple(intake.cards.totals(connection, card.id)),
            present=_present(rows, clock, card, now),
            zone=clock.calendar.zone if clock else "UTC",
        )


def listed(house: House, wanted: Wanted) -> list[Card]:
    """Requests by their deadline, those without one last."""
    with house.engine.connect() as connection:
        return wiring.intake(house).cards.listed(connection, wanted)


def local(at: datetime, zone: str) -> datetime:
    """An instant on the clock of a zone."""
    return at.astimezone(zones.zone(zone))


def overdue(deadline: Deadline | None, *, now: datetime) -> bool:
    """Whether a running clock has passed its deadline."""
    return deadline is not None and deadline.stopped_at is None and deadline.due_at <= now


def _clock(connection: sa.Connection, intake: Intake, card: Card) -> Clock | None:
    """The clock that the deadline was counted by, or the default one; None as long as there are no calendars."""
    if card.deadline is not None:
        due = card.deadline
        return intake.clocks.of_version(connection, due.calendar_id, due.calendar_version, due.mode)
    return intake.clocks.newest(connection, None) if intake.clocks.any(connection) else None


def _present(rows: tuple[StageRow, ...], clock: Clock | None, card: Card, now: datetime) -> Duration | None:
    open_rows = [row for row in rows if row.left_at is None]
    if not open_rows or clock is None or card.stage.closed or now < open_rows[0].entered_at:
        return None
    return clock.duration(open_rows[0].entered_at, now)
