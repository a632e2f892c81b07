"""Moments of the sample as whole seconds since 2019-01-01 00:00:00 GMT, written the way an export writes them."""

from datetime import date, datetime, time, timedelta
from typing import Final

DAY: Final = 86_400
HOUR: Final = 3_600
_FIRST: Final = date(2019, 1, 1)
_ZERO: Final = datetime.combine(_FIRST, time.min)
_LAST: Final = date(2026, 10, 31)
_DAYS: Final = (_LAST - _FIRST).days + 1
_DATES: Final = tuple((_FIRST + timedelta(days=number)).isoformat() for number in range(_DAYS + 4 * 366))
_PAST_HOUR: Final = tuple(f":{minute:02}:{second:02}" for minute in range(60) for second in range(60))
_CLOCK: Final = tuple(f" {hour:02}{rest}" for hour in range(24) for rest in _PAST_HOUR)
_SATURDAY: Final = 5

END: Final = _DAYS * DAY - 1
"""The last second of 2026-10-31, when the export is taken."""


def _busy_hours() -> tuple[int, ...]:
    """Starts of the hours in which cases arrive: long working days, short weekends."""
    hours = []
    for number in range(_DAYS):
        weekend = (_FIRST + timedelta(days=number)).weekday() >= _SATURDAY
        hours += [number * DAY + hour * HOUR for hour in (range(8, 11) if weekend else range(4, 18))]
    return tuple(hours)


class Timeline:
    """Spreads `total` rows over the years in their order: a greater index is never earlier."""

    __slots__ = ("_hours", "_total")

    def __init__(self, total: int) -> None:
        self._hours = _busy_hours()
        self._total = total

    def at(self, index: int) -> int:
        """When the row was created."""
        hour, second = divmod(index * len(self._hours) * HOUR // self._total, HOUR)
        return self._hours[hour] + second


def stamp(seconds: int) -> str:
    """`2024-02-29 07:05:00`."""
    day, second = divmod(seconds, DAY)
    return _DATES[day] + _CLOCK[second]


def read(text: str) -> int:
    """The seconds that `stamp` wrote."""
    since = datetime.fromisoformat(text) - _ZERO
    return since.days * DAY + since.seconds


def day(seconds: int) -> str:
    """`2024-02-29`."""
    return _DATES[seconds // DAY]
