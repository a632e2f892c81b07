"""Tells people of the house what concerns them: reads the event log on and keeps a notice for each who is to hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm import event_log
from caseline.crm.cards import HOUR_S
from caseline.crm.intake import Intake
from caseline.notices import rules, store
from caseline.notices.kinds import EVENTS
from caseline.timing import zones

CONSUMER: Final = "notices"
AT_ONCE: Final = 200
"""Events of one transaction."""
_WAITING: Final = 500
_KEPT: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found to be late."""

    overdue: Sequence[int] = ()
    """Assignments."""
    waiting: Sequence[int] = ()
    """Requests that wait too long for a category."""


def watch(house: House, *, now: datetime) -> Watched:
    """Say as events which assignments are late and which requests wait too long for a category, each once."""
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        overdue = intake.cards.say_late(connection, now=now)
    with house.engine.begin() as connection:
        waiting = _too_long(house, connection, intake, now)
        said = intake.cards.say_waiting(connection, waiting, now=now) if waiting else []
    with house.engine.begin() as connection:
        store.sweep(connection, before=now - _KEPT)
    return Watched(overdue, said)


def tell(house: House, *, now: datetime) -> int:
    """Keep the notices that events not read yet give rise to; answers how many.

    A part of the log, its notices and how far it is read are one transaction: killed anywhere, the next call goes on as
    if this one had not been, and nobody is told twice. Only one reads at a time; others find nothing to do.

    The deployment `notify` calls this every minute. So does the desk every few seconds as long as somebody has it open:
    an idle call is one short query, and the bell rings at once without any page having to think of it.
    """
    found = 0
    after = 0
    while True:
        with house.engine.begin() as connection:
            cursor = event_log.claim(connection, CONSUMER)
            if cursor is None or cursor.idle:
                return found
            ids = event_log.waiting(connection, cursor, EVENTS, AT_ONCE, after=after)
            found += _tell(house, connection, ids, now) if ids else 0
            event_log.done(connection, cursor, ids)
            if len(ids) < AT_ONCE and not after:
                event_log.advance(connection, cursor, now=now)
                return found
            after = ids[-1] if len(ids) == AT_ONCE else 0


def _tell(house: House, connection: sa.Connection, ids: Sequence[int], now: datetime) -> int:
    events = store.events(connection, ids)
    zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    staff = store.staff(connection, today=now.astimezone(zone).date())
    return store.tell(connection, [one for event in events for one in rules.told(event, staff)])


def _too_long(house: House, connection: sa.Connection, intake: Intake, now: datetime) -> list[int]:
    """Requests without category whose business time since they were made is used up."""
    hours = house.settings.triage_hours
    if hours == 0 or not intake.clocks.any(connection):
        return []
    found = intake.cards.waiting(connection, before=now - timedelta(hours=hours), most=_WAITING)
    if not found:
        return []
    clock = intake.clocks.newest(connection, None)
    return [number for number, made_at in found if clock.deadline(made_at, hours * HOUR_S) <= now]
