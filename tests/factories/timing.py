"""Calendars and instants for tests, with defaults; a test says only what it is about."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from caseline.timing import calendar_file, hours
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock
from caseline.timing.hours import Spans
from caseline.timing.vocabulary import Boundary, Mode

HOUR: Final = 3600
DAY: Final = 24 * HOUR
OFFICE: Final[Spans] = hours.spans([("09:00", "13:00"), ("14:00", "18:00")])


@cache
def russia() -> Calendar:
    """The shipped calendar."""
    return calendar_file.load("ru")


def calendar(**changes: Any) -> Calendar:  # noqa: ANN401 - any field of a calendar
    """Monday to Friday, 9 to 18 with an hour of lunch, in UTC."""
    return Calendar(**{"id": "test", "zone": "UTC", "hours": dict.fromkeys(range(1, 8), OFFICE)} | changes)


def clock(mode: Mode = Mode.WORKING_DAYS, boundary: Boundary = Boundary.EARLIEST, **changes: Any) -> Clock:  # noqa: ANN401 - as above
    """A clock of `calendar`."""
    return Clock(calendar(**changes), mode, boundary)


def days(*texts: str) -> dict[date, str]:
    """Dates without names."""
    return dict.fromkeys(map(date.fromisoformat, texts), "")


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> datetime:
    """The instant of a local clock, `2026-06-05 18:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def shown(moment: datetime, zone: str = "UTC") -> str:
    """What a local clock shows, without the seconds if there are none."""
    assert moment.tzinfo is UTC
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00") if not local.second else f"{local:%Y-%m-%d %H:%M:%S}"
