"""Writes a calendar file for a country from the library `holidays`; it is asked at set-up and never while counting."""

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from caseline.timing import calendar_file, hours
from caseline.timing.calendars import Calendar
from caseline.timing.faults import CalendarFault

if TYPE_CHECKING:
    from datetime import date

_PACKAGE: Final = "holidays"
_OFFICE: Final = dict.fromkeys(range(1, 8), hours.spans([("09:00", "13:00"), ("14:00", "18:00")]))


class Library(Protocol):
    """What is used of `holidays`."""

    def country_holidays(self, country: str, subdiv: str | None = None, years: Iterable[int] | None = None) -> Any:  # noqa: ANN401 - a library without a type for this
        """A mapping of dates to names, with `weekend` (0 = Monday) and `weekend_workdays`; NotImplementedError."""


def calendar_text(
    country: str, years: Iterable[int], *, zone: str, region: str = "", library: Library | None = None
) -> str:
    """The YAML text of calendar `country` (`kz`) or `country-region`, to be looked at, edited and loaded.

    The library knows whole days only: short days and working hours (09:00-13:00, 14:00-18:00) are to be edited, and
    its data to be checked against the country's own publication. Raises `CalendarFault` when `holidays` is not
    installed or does not know the country.
    """
    source = library or _installed()
    wanted = sorted(set(years))
    if not wanted:
        raise CalendarFault(("years",), "no year is named: give at least one")
    try:
        found = source.country_holidays(country.upper(), subdiv=region or None, years=wanted)
    except NotImplementedError as error:
        name = f"{country} {region}".strip()
        remedy = "use a two-letter country code and a region that it knows"
        raise CalendarFault(("country",), f"{_PACKAGE} knows no {name!r}: {remedy}") from error
    return calendar_file.render(_calendar(country, region, zone, wanted, found, _version(source)))


def _installed() -> Library:
    try:
        module: Any = importlib.import_module(_PACKAGE)
    except ModuleNotFoundError as error:
        remedy = "pip install caseline[calendars], or write the calendar file by hand"
        raise CalendarFault((), f"the package {_PACKAGE} is not installed: {remedy}") from error
    library: Library = module
    return library


def _version(library: Library) -> str:
    return f"{_PACKAGE} {getattr(library, '__version__', '')}".strip()


def _calendar(country: str, region: str, zone: str, years: list[int], found: Any, source: str) -> Calendar:  # noqa: ANN401 - see Library
    names: Mapping[date, str] = dict(found.items())
    works: Iterable[date] = getattr(found, "weekend_workdays", ())
    return Calendar(
        id="-".join(part.lower() for part in (country, region) if part),
        title=f"{country.upper()} {region}".strip(),
        zone=zone,
        region=region,
        weekend=frozenset(number + 1 for number in found.weekend),
        years=dict.fromkeys(years, source),
        holidays={day: name for day, name in sorted(names.items()) if day.year in years},
        working_days={day: "" for day in sorted(works) if day.year in years and day not in names},
        hours=_OFFICE,
    )
