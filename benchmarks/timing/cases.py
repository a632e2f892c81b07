"""The cases that every contender counts, and the calendars that it may count by."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caseline.timing import calendar_file, hours
from caseline.timing.calendars import Calendar

Seconds = NDArray[np.int64]

MOSCOW: Final = timezone(timedelta(hours=3))
"""All contenders get Moscow's time as UTC+3, which it was in all these years: some of them know no zones."""

OPEN, CLOSE = "09:00", "18:00"
"""Hours for the contenders that count hours and cannot count whole days."""

_DAY: Final = 86_400
_SEED: Final = 20_261_122
_FIRST: Final = int(datetime(2018, 1, 1, tzinfo=MOSCOW).timestamp())
_LAST: Final = int(datetime(2027, 11, 1, tzinfo=MOSCOW).timestamp())


@dataclass(frozen=True)
class Cases:
    """Instants of ten years in UTC seconds; targets of 24, 48 and 72 hours; intervals of up to 20 days."""

    starts: Seconds
    targets: Seconds
    ends: Seconds

    @classmethod
    def some(cls, count: int) -> "Cases":
        """`count` cases, the same ones every time."""
        chance = np.random.default_rng(_SEED)
        starts = chance.integers(_FIRST, _LAST, count)
        return cls(
            starts, chance.choice([_DAY, 2 * _DAY, 3 * _DAY], count), starts + chance.integers(0, 20 * _DAY, count)
        )

    def first(self, count: int) -> "Cases":
        """The first of them, for contenders too slow for all."""
        return Cases(self.starts[:count], self.targets[:count], self.ends[:count])

    @cached_property
    def as_datetimes(self) -> tuple[list[datetime], list[datetime]]:
        """Starts and ends as aware datetimes, for contenders that take them one by one."""
        return _datetimes(self.starts), _datetimes(self.ends)


def _datetimes(values: Seconds) -> list[datetime]:
    return [datetime.fromtimestamp(value, MOSCOW) for value in values.tolist()]


def production_calendar() -> Calendar:
    """The shipped Russian calendar: transfers, working Saturdays, special days."""
    return calendar_file.load("ru")


def days_off() -> list[date]:
    """Every day off of its years, for contenders that must be told each one."""
    calendar = production_calendar()
    first, last = date(2017, 12, 1).toordinal(), date(2028, 1, 31).toordinal()
    return [day for day in map(date.fromordinal, range(first, last)) if not calendar.works(day)]


def office_calendar() -> Calendar:
    """Nine to six without lunch, short days or working Saturdays: all that the others' hours can express."""
    off = {day: "" for day in days_off() if day.isoweekday() in range(1, 6)}
    spans = hours.spans([(OPEN, CLOSE)])
    return Calendar(id="office", zone="Etc/GMT-3", holidays=off, hours=dict.fromkeys(range(1, 8), spans))
