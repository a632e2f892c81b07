"""Warnings about years that a calendar does not know exactly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caseline.timing import instants, zones
from caseline.timing.calendars import Calendar
from caseline.timing.vocabulary import Language, Standing
from caseline.timing.wording import WORDS

_DECREED_BY: Final = (10, 1)
"""Transfers for the next year are decreed between August and October; 1 October is the day to ask."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning about a year of a calendar."""

    calendar: str
    year: int
    standing: Standing
    renewal: bool
    """The year must be read in; otherwise a deadline lies in it."""

    def text(self, language: Language) -> str:
        """The warning for people."""
        words = WORDS[language]
        said: str = (words.renewal if self.renewal else words.doubt)(self.calendar, self.year, self.standing)
        return said


def renewal_due(calendar: Calendar, now: datetime) -> Notice | None:
    """From 1 October, in the calendar's zone, a warning if next year is not known exactly."""
    today = _local(calendar, now)
    year = today.year + 1
    standing = calendar.standing(year)
    if standing is Standing.EXACT or (today.month, today.day) < _DECREED_BY:
        return None
    return Notice(calendar.id, year, standing, renewal=True)


def doubt(calendar: Calendar, deadline: datetime) -> Notice | None:
    """A warning if the deadline lies in a year that is not known exactly."""
    year = _local(calendar, deadline).year
    standing = calendar.standing(year)
    return None if standing is Standing.EXACT else Notice(calendar.id, year, standing, renewal=False)


def _local(calendar: Calendar, at: datetime) -> datetime:
    return instants.moment(instants.seconds(at)).astimezone(zones.zone(calendar.zone))
