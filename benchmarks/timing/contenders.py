"""Ways to count business time: ours, what others offer, and the limit that memory and processor set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

import businesstimedelta
import numpy as np
import pandas as pd
import pytz

from benchmarks.timing.cases import CLOSE, MOSCOW, OPEN, Cases, Seconds, days_off, office_calendar, production_calendar
from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Boundary, Mode

Way = Callable[[Cases], Seconds]

_DAY: Final = 86_400
_EAST: Final = 3 * 3600
_MIDNIGHT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to count; None where it has no such thing."""

    title: str
    deadlines: Way | None
    durations: Way | None
    sample: int
    """Cases that it counts; times are scaled up where these are not all."""
    like: Clock | None
    """The clock whose answers its own must be equal to; None: it counts no time."""


def every(count: int) -> dict[str, Contender]:
    """All contenders for so many cases, ready to run."""
    production, hours = Clock(production_calendar()), office_calendar()
    office, earliest = Clock(hours, Mode.SCHEDULE, Boundary.NEXT_START), Clock(hours, Mode.SCHEDULE)
    loop, busday = _DayLoop(), _Busday()
    edges = np.linspace(1_500_000_000, 1_830_000_000, 2_400).astype(np.int64)

    def searched(cases: Cases) -> Seconds:
        return np.searchsorted(edges, cases.starts)

    return {
        "limit": Contender("limit: one searchsorted in 2,400 edges", searched, searched, count, None),
        "ours": Contender(
            "caseline, batch",
            lambda cases: production.deadlines(cases.starts, cases.targets),
            lambda cases: production.business(cases.starts, cases.ends),
            count,
            production,
        ),
        "scalar": Contender(
            "caseline, one by one", _one_by_one(production), _durations(production), min(count, 100_000), production
        ),
        "busday": Contender("numpy busday, told every day off", busday.deadlines, busday.durations, count, production),
        "loop": Contender("Python loop over days", loop.deadlines, loop.durations, min(count, 50_000), production),
        "office": Contender(
            "caseline, batch, hours 9-18",
            lambda cases: office.deadlines(cases.starts, cases.targets),
            lambda cases: office.business(cases.starts, cases.ends),
            count,
            office,
        ),
        "pandas": Contender("pandas CustomBusinessHour, 9-18", _pandas(), None, min(count, 1_000), office),
        "delta": Contender(
            "businesstimedelta, 9-18", _delta_deadlines(), _delta_durations(), min(count, 300), earliest
        ),
    }


def _array(moments: list[datetime]) -> Seconds:
    return np.array([int(moment.timestamp()) for moment in moments])


def _one_by_one(clock: Clock) -> Way:
    def deadlines(cases: Cases) -> Seconds:
        starts, _ = cases.as_datetimes
        targets = cases.targets.tolist()
        return _array([clock.deadline(start, target) for start, target in zip(starts, targets, strict=True)])

    return deadlines


def _durations(clock: Clock) -> Way:
    def durations(cases: Cases) -> Seconds:
        starts, ends = cases.as_datetimes
        return np.array([clock.duration(start, end).business_s for start, end in zip(starts, ends, strict=True)])

    return durations


class _DayLoop:
    """What one writes first: a set of days off and a loop over the days."""

    def __init__(self) -> None:
        self._off = set(days_off())

    def deadlines(self, cases: Cases) -> Seconds:
        starts, _ = cases.as_datetimes
        return _array([self._due(start, target) for start, target in zip(starts, cases.targets.tolist(), strict=True)])

    def _due(self, start: datetime, target: int) -> datetime:
        day, moment, left = start.date(), start, timedelta(seconds=target)
        while True:
            end = datetime.combine(day, time(), MOSCOW) + _MIDNIGHT
            if day not in self._off:
                if moment + left <= end:
                    return moment + left
                left -= end - moment
            day, moment = end.date(), end

    def durations(self, cases: Cases) -> Seconds:
        return np.array([self._used(start, end) for start, end in zip(*cases.as_datetimes, strict=True)])

    def _used(self, start: datetime, end: datetime) -> int:
        day, found = start.date(), timedelta()
        while day <= end.date():
            if day not in self._off:
                midnight = datetime.combine(day, time(), MOSCOW)
                found += min(end, midnight + _MIDNIGHT) - max(start, midnight)
            day += _MIDNIGHT
        return int(found.total_seconds())


class _Busday:
    """numpy's business days with a week of seven days and every day off named, put together to seconds by hand."""

    def __init__(self) -> None:
        holidays = np.array(days_off(), dtype="datetime64[D]")
        self._calendar = np.busdaycalendar(weekmask="1111111", holidays=holidays)

    def deadlines(self, cases: Cases) -> Seconds:
        days, clock = self._local(cases.starts)
        works = np.is_busday(days, busdaycal=self._calendar)
        early = works & (clock == 0)  # ends at 24:00 of the last day and not at 00:00 of the next
        steps = cases.targets // _DAY - early
        found = np.busday_offset(days, steps, roll="preceding", busdaycal=self._calendar)
        due: Seconds = found.astype(np.int64) * _DAY + np.where(works & ~early, clock, _DAY) - _EAST
        return due

    def durations(self, cases: Cases) -> Seconds:
        (first, since), (last, until) = self._local(cases.starts), self._local(cases.ends)
        whole = np.busday_count(first, last, busdaycal=self._calendar) * _DAY
        since = np.where(np.is_busday(first, busdaycal=self._calendar), since, 0)
        until = np.where(np.is_busday(last, busdaycal=self._calendar), until, 0)
        found: Seconds = whole - since + until
        return found

    @staticmethod
    def _local(instants: Seconds) -> tuple[Any, Seconds]:
        days, clock = np.divmod(instants + _EAST, _DAY)
        return days.astype("datetime64[D]"), clock


def _pandas() -> Way:
    off = [day for day in days_off() if day.isoweekday() in range(1, 6)]
    one = pd.offsets.CustomBusinessHour(start=OPEN, end=CLOSE, holidays=off)
    offsets = {hours * 3600: one * hours for hours in (24, 48, 72)}

    def deadlines(cases: Cases) -> Seconds:
        starts = [pd.Timestamp(start).tz_localize(None) for start in cases.as_datetimes[0]]
        found = [start + offsets[target] for start, target in zip(starts, cases.targets.tolist(), strict=True)]
        return np.array([int(moment.timestamp()) - _EAST for moment in found])

    return deadlines


def _delta_rules() -> Any:  # noqa: ANN401 - a library without types
    off = dict.fromkeys((day for day in days_off() if day.isoweekday() in range(1, 6)), "off")
    zone = pytz.timezone("Europe/Moscow")
    week = businesstimedelta.WorkDayRule(
        start_time=time.fromisoformat(OPEN), end_time=time.fromisoformat(CLOSE), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    return businesstimedelta.Rules([week, businesstimedelta.HolidayRule(off, tz=zone)])


def _delta_deadlines() -> Way:
    rules = _delta_rules()
    terms = {hours * 3600: businesstimedelta.BusinessTimeDelta(rules, hours=hours) for hours in (24, 48, 72)}

    def deadlines(cases: Cases) -> Seconds:
        starts, targets = cases.as_datetimes[0], cases.targets.tolist()
        return _array([start + terms[target] for start, target in zip(starts, targets, strict=True)])

    return deadlines


def _delta_durations() -> Way:
    rules = _delta_rules()

    def durations(cases: Cases) -> Seconds:
        pairs = zip(*cases.as_datetimes, strict=True)
        return np.array([int(rules.difference(start, end).timedelta.total_seconds()) for start, end in pairs])

    return durations
