"""The working time of the run's calendar, by an own computation: Monday to Friday, nine to six, Moscow, no holidays."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

_ZONE: Final = ZoneInfo("Europe/Moscow")
_FIRST, _LAST = date(1990, 1, 1), date(2060, 1, 1)
_SATURDAY: Final = 5


class Week:
    """Counts it between instants, given in seconds since 1970."""

    def __init__(self, mode: str) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        """Working seconds before each interval."""
        total, day = 0, _FIRST
        while day < _LAST:
            if day.weekday() < _SATURDAY:
                begin, end = _hours(day) if mode == "schedule" else _whole(day)
                self._begins.append(begin)
                self._ends.append(end)
                self._before.append(total)
                total += end - begin
            day += timedelta(days=1)

    def between(self, since: int, until: int) -> int:
        """Working seconds."""
        return self._used(until) - self._used(since)

    def _used(self, at: int) -> int:
        place = bisect_right(self._begins, at) - 1
        return 0 if place < 0 else self._before[place] + min(at, self._ends[place]) - self._begins[place]


@cache
def week(mode: str) -> Week:
    """One for each mode: it takes a while to make."""
    return Week(mode)


def _whole(day: date) -> tuple[int, int]:
    return _at(day, time()), _at(day + timedelta(days=1), time())


def _hours(day: date) -> tuple[int, int]:
    return _at(day, time(9)), _at(day, time(18))


def _at(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, _ZONE).timestamp())
