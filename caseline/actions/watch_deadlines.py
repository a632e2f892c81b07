"""Says as events which requests have used three quarters or all of their time, and lists those overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Alarm, Card, Wanted

MOST: Final = 200
"""Overdue requests that are listed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look at the clocks came to."""

    at: datetime
    sounded: Sequence[Alarm]
    """Thresholds passed since the last look."""
    overdue: Sequence[Card]
    """Open requests whose running clock has passed the deadline, longest overdue first, at most `MOST`."""

    @property
    def near(self) -> int:
        """Requests that have used three quarters of their time since the last look."""
        return sum(alarm.percent < 100 for alarm in self.sounded)  # noqa: PLR2004 - percent

    @property
    def passed(self) -> int:
        """Requests whose deadline has passed since the last look."""
        return len(self.sounded) - self.near


def watch(house: House, *, now: datetime) -> Watched:
    """Look at all running clocks. However often and by whomever, each threshold of a deadline is said once."""
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        sounded = cards.sound(connection, now=now)
    with house.engine.connect() as connection:
        overdue = cards.listed(connection, Wanted(open=True, overdue_at=now, limit=MOST))
    return Watched(now, sounded, overdue)
