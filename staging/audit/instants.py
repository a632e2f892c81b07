"""Reads dates and moments from texts in the layouts of a mapping."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from staging.audit.faulty import Unreadable

_SIGNS: Final = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>[0-9]{2})",
    "DD": r"(?P<day>[0-9]{2})",
    "hh": r"(?P<hour>[0-9]{2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "sss": r"(?P<microsecond>[0-9]{3})",
    "ss": r"(?P<second>[0-9]{2})",
}
_SPLIT: Final = re.compile("|".join(_SIGNS) + "|.", re.DOTALL)
_ISO: Final = re.compile(r"YYYY-MM-DD([ T]hh:mm(:ss(\.sss)?)?Z?)?")
_HOURS: Final = 24
_SECONDS: Final = 60
_YEARS: Final = range(1900, 2200)
"""Other years are typing errors in a register of requests."""


def moments(layouts: Sequence[str], zone: str) -> Callable[[str], datetime]:
    """Reader of moments: the first layout of the text's shape decides; a clock without `Z` runs in `zone`."""
    known = [
        (_pattern(layout), UTC if layout.endswith("Z") else _zone(zone), _ISO.fullmatch(layout) is not None)
        for layout in layouts
    ]

    def read(text: str) -> datetime:
        for pattern, clock, iso in known:
            if found := pattern.fullmatch(text):
                if iso and clock is UTC and (quick := _quick(text)):
                    return quick
                return _moment({name: int(digits) for name, digits in found.groupdict().items()}, clock)
        raise Unreadable("BAD_DATE")

    return read


def _quick(text: str) -> datetime | None:
    """A moment in Python's own layout, which is most of them; None leaves it to the slow way."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.year in _YEARS else None


def days(layouts: Sequence[str], zone: str) -> Callable[[str], date]:
    """Reader of dates: a moment counts as the day that it has in `zone`."""
    read = moments(layouts, zone)
    home = _zone(zone)
    return lambda text: read(text).astimezone(home).date()


def _pattern(layout: str) -> re.Pattern[str]:
    return re.compile("".join(_SIGNS.get(sign, re.escape(sign)) for sign in _SPLIT.findall(layout)))


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)


def _moment(at: dict[str, int], zone: tzinfo) -> datetime:
    if at["year"] not in _YEARS:
        raise Unreadable("BAD_DATE")
    exact = {**at, "microsecond": 1000 * at.get("microsecond", 0)}
    late = _late(exact)
    try:
        clock = datetime(**exact, tzinfo=zone) + late
    except (ValueError, OverflowError) as error:
        raise Unreadable("BAD_DATE") from error
    return clock if zone is UTC else _settled(clock).astimezone(UTC)


def _late(at: dict[str, int]) -> timedelta:
    """ISO 8601 has an hour 24, the end of the day, and a second 60: both are taken out and given back as time."""
    late = timedelta()
    if at.get("hour") == _HOURS and not at.get("minute") and not at.get("second"):
        at["hour"] = 0
        late += timedelta(days=1)
    if at.get("second") == _SECONDS:
        at["second"] = 0
        late += timedelta(minutes=1)
    return late


def _settled(clock: datetime) -> datetime:
    """When clocks are put back an hour comes twice: the second one counts (winter time), as in PostgreSQL."""
    second = clock.replace(fold=1)
    before, after = clock.utcoffset(), second.utcoffset()
    return second if before is not None and after is not None and before > after else clock
