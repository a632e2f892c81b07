"""Frozen words of the room: modes, boundaries, kinds of days, standings of years, languages."""

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """What "24 hours, week-ends and holidays excluded" means (requirement A15)."""

    WORKING_DAYS = "working_days"
    """The clock runs from 00:00 to 24:00, local time, of every working day; counted in real seconds."""
    SCHEDULE = "schedule"
    """The clock runs in the working hours only: with eight of them a day, 24 hours are three days of work."""
    ELAPSED = "elapsed"
    """The clock never stops."""
    ROLL = "roll"
    """Elapsed; an end on a day off moves to the same local time of the next working day (cf. Civil Code, art. 193)."""
    WHOLE_DAYS = "whole_days"
    """So many working days later at the same local time, whatever daylight saving does in between."""


class Boundary(StrEnum):
    """Which of the instants between which no working time lies is the deadline."""

    EARLIEST = "earliest"
    """Used up at the end of Friday: due Saturday 00:00, shown as Friday 24:00."""
    NEXT_START = "next_start"
    """Used up at the end of Friday: due when Monday's work begins."""


class SpecialDays(StrEnum):
    """How non-working days by decree of a president (2020, 2021) count."""

    OFF = "off"
    WORKING = "working"


class Kind(StrEnum):
    """What a date is in a calendar."""

    WORKING = "working"
    SHORT = "short"
    """Works, but its working hours end earlier."""
    OWN_HOURS = "own_hours"
    """Works by hours of its own."""
    OFF = "off"
    """Week-end, holiday, or a day to which a day off was moved."""
    SPECIAL = "special"
    """Off by decree of the president, while `SpecialDays.OFF` says so."""


class DayKind(StrEnum):
    """What somebody can make of a day."""

    OFF = "off"
    WORKING = "working"
    SHORT = "short"


WORKS: Final = frozenset({Kind.WORKING, Kind.SHORT, Kind.OWN_HOURS})


class Standing(StrEnum):
    """How far a calendar can be trusted in a year."""

    EXACT = "exact"
    PROVISIONAL = "provisional"
    """Counted by a law's general rule until the year's own decree is known."""
    MISSING = "missing"
    """Nothing is known but the week-end."""


class Language(StrEnum):
    """Languages of texts for people."""

    ENGLISH = "en"
    RUSSIAN = "ru"
