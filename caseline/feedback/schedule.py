"""When an ask is sent, reminded of and ends: after a delay, in waking hours, on working days if so wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_LONGEST_WAIT: Final = 60
"""Days that are looked through for one that works; no calendar rests longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The times of a campaign."""

    delay: timedelta = timedelta()
    """From what happened to the letter."""
    since: time = time(9)
    until: time = time(20)
    """Letters go out from one to the other, on the person's clock; the same time twice: around the clock."""
    working_days: bool = True
    reminder_after: int | None = 3
    """Working days from the letter to its only reminder; None: none is sent."""
    lasts: timedelta = timedelta(days=30)
    """From the letter to the end of its link."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for times that cannot be kept, with the name of the field."""
        if self.delay < timedelta():
            raise ValueError("delay: a letter cannot go out before what it asks about")
        if self.lasts <= timedelta():
            raise ValueError("lasts: a link must last for a while")
        if self.reminder_after is not None and self.reminder_after < 1:
            raise ValueError("reminder_after: a reminder goes out a working day after the letter at the earliest")
        if self.since.tzinfo or self.until.tzinfo:
            raise ValueError("since, until: they are times on the clock of the person, and have no zone")


def send_at(schedule: Schedule, happened_at: datetime, zone: ZoneInfo, works: Callable[[date], bool]) -> datetime:
    """The first instant at which the letter may go out, at `happened_at` at the earliest, in UTC or what that has."""
    return _first(schedule, happened_at + schedule.delay, zone, works)


def remind_at(schedule: Schedule, sent_at: datetime, zone: ZoneInfo, works: Callable[[date], bool]) -> datetime | None:
    """When the reminder may go out; None where there is none, or the link ends before."""
    if schedule.reminder_after is None:
        return None
    local = sent_at.astimezone(zone)
    day, left = local.date(), schedule.reminder_after
    for _ in range(_LONGEST_WAIT * schedule.reminder_after):
        day += timedelta(days=1)
        left -= works(day)
        if not left:
            break
    wanted = datetime.combine(day, local.time(), zone).astimezone(sent_at.tzinfo)
    found = _first(schedule, wanted, zone, works)
    return found if found < expires_at(schedule, sent_at) else None


def expires_at(schedule: Schedule, sent_at: datetime) -> datetime:
    """When the link of a letter ends."""
    return sent_at + schedule.lasts


def _first(schedule: Schedule, wanted: datetime, zone: ZoneInfo, works: Callable[[date], bool]) -> datetime:
    """The first instant from `wanted` on within the window; one over midnight belongs to the day on which it begins."""
    local, at = wanted.astimezone(zone), wanted.timestamp()
    whole = schedule.since == schedule.until
    over = whole or schedule.until < schedule.since
    for ahead in range(-1 if over else 0, _LONGEST_WAIT):
        day = local.date() + timedelta(days=ahead)
        if schedule.working_days and not works(day):
            continue
        # Compared as instants: on the day of a clock change the same wall time comes twice, or never.
        if at < _instant(day + timedelta(days=over), time() if whole else schedule.until, zone):
            since = time() if whole else schedule.since
            opened = at >= _instant(day, since, zone)
            return wanted if opened else datetime.combine(day, since, zone).astimezone(wanted.tzinfo)
    return wanted


@lru_cache(maxsize=1024)
def _instant(day: date, clock: time, zone: ZoneInfo) -> float:
    """When it is that time of that day there, in seconds: of many letters of a few days."""
    return datetime.combine(day, clock, zone).timestamp()
