"""Calendars as data: which dates work, how long, and how far each year can be trusted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from caseline.timing import hours, labour_code, zones
from caseline.timing.faults import CalendarFault
from caseline.timing.hours import Spans
from caseline.timing.vocabulary import WORKS, Kind, SpecialDays, Standing

RULES: Final[Mapping[str, Callable[[int], labour_code.RuleDays]]] = {labour_code.NAME: labour_code.year_days}
"""Laws that say something about a year before its own decree does."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""Years that can be counted; what lies outside is a typing error in a register of requests."""

_WEEK: Final = frozenset(range(1, 8))
_LONGEST_CUT: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A version of a calendar. It never changes: an edit is a new version (`dataclasses.replace`).

    A date works if it is in `working_days` or `own_hours`, or is neither in `holidays` nor in the week-end; special
    days are off before all that, unless `special` says that they work. Raises `CalendarFault` when it contradicts
    itself: one date off and working, a zone that does not exist, no weekday and no date that works.
    """

    id: str
    version: int = 1
    title: str = ""
    zone: str
    """IANA name; the calendar's dates are those of this zone, whatever the server's."""
    region: str = ""
    weekend: frozenset[int] = frozenset({6, 7})
    """ISO numbers of weekdays, Monday = 1."""
    rule: str = ""
    """Key of `RULES` for the years that are not in `years`."""
    years: Mapping[int, str] = field(default_factory=dict)
    """Years known exactly, with the decree or file that says so; none at all and no rule: nothing else is expected."""
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Days off with their names: holidays and days to which a day off was moved."""
    working_days: Mapping[date, str] = field(default_factory=dict)
    """Days of the week-end that work by decree."""
    short_days: Mapping[date, int] = field(default_factory=dict)
    """Minutes by which the hours of a working day end earlier; without effect on a day off."""
    special_days: Mapping[date, str] = field(default_factory=dict)
    """Days off by decree of the president, with the decree."""
    special: SpecialDays = SpecialDays.OFF
    hours: Mapping[int, Spans] = field(default_factory=dict)
    """Working hours by ISO weekday, for the mode `schedule`; a day of the week-end that works and has none here takes
    those of the first weekday that has some."""
    own_hours: Mapping[date, Spans] = field(default_factory=dict)
    """Dates that work by hours of their own, of the week-end too."""

    def __post_init__(self) -> None:
        zones.zone(self.zone)
        if self.rule and self.rule not in RULES:
            raise CalendarFault(("rule",), f"{self.rule!r} is unknown: use {', '.join(RULES)}, or leave it out")
        self._check_years()
        self._check_overlaps()
        if not (_WEEK - self.weekend or self.working_days or self.own_hours):
            raise CalendarFault(("weekend",), "no day works: take a day out of weekend, or add working_days")
        for day, minutes in self.short_days.items():
            if not 0 < minutes < _LONGEST_CUT:
                raise CalendarFault(("short_days", str(day)), f"{minutes} minutes: write 1 to {_LONGEST_CUT - 1}")
        for day, spans in self.own_hours.items():
            if not spans:
                raise CalendarFault(("own_hours", str(day)), "no hours: name the day in holidays instead")

    def _check_years(self) -> None:
        tables: tuple[tuple[str, Iterable[date]], ...] = (
            ("holidays", self.holidays),
            ("working_days", self.working_days),
            ("short_days", self.short_days),
            ("special_days", self.special_days),
            ("own_hours", self.own_hours),
        )
        named = [("years", year, str(year)) for year in self.years]
        named += [(name, day.year, str(day)) for name, days in tables for day in days]
        for name, year, text in named:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise CalendarFault((name, text), f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}: correct it")

    def _check_overlaps(self) -> None:
        for name, days in (
            ("working_days", self.working_days),
            ("own_hours", self.own_hours),
            ("special_days", self.special_days),
        ):
            both = self.holidays.keys() & days.keys()
            if both:
                raise CalendarFault((name, str(min(both))), "stands in holidays too: remove it from one of the two")

    def kind(self, day: date) -> Kind:
        """What the date is."""
        if self.special is SpecialDays.OFF and day in self.special_days:
            return Kind.SPECIAL
        if day in self.own_hours:
            return Kind.OWN_HOURS
        if day not in self.working_days and (day.isoweekday() in self.weekend or self._holiday(day) is not None):
            return Kind.OFF
        return Kind.SHORT if self.minutes_short(day) else Kind.WORKING

    def works(self, day: date) -> bool:
        """Whether the clock of working days runs on the date."""
        return self.kind(day) in WORKS

    def spans(self, day: date) -> Spans:
        """Working hours of the date, in minutes after local midnight; none on a day off."""
        if not self.works(day):
            return ()
        if day in self.own_hours:
            return self.own_hours[day]
        usual = self.hours.get(day.isoweekday(), ())
        if not usual and day in self.working_days:
            usual = next((self.hours[weekday] for weekday in sorted(self.hours) if self.hours[weekday]), ())
        return hours.shortened(usual, self.minutes_short(day))

    def minutes_short(self, day: date) -> int:
        """Minutes by which the date's hours would end earlier if it works."""
        stated = self.short_days.get(day)
        if stated is None and self.standing(day.year) is Standing.PROVISIONAL:
            return RULES[self.rule](day.year).short_days.get(day, 0)
        return stated or 0

    def reason(self, day: date) -> str:
        """Name of the holiday or the decree behind the date; empty for ordinary days."""
        stated = self.special_days.get(day) or self.working_days.get(day)
        return stated or self._holiday(day) or ""

    def standing(self, year: int) -> Standing:
        """How far the calendar can be trusted in a year."""
        if year in self.years or not (self.years or self.rule):
            return Standing.EXACT
        return Standing.PROVISIONAL if self.rule else Standing.MISSING

    def _holiday(self, day: date) -> str | None:
        stated = self.holidays.get(day)
        if stated is None and self.rule and day.year not in self.years:
            return RULES[self.rule](day.year).holidays.get(day)
        return stated
