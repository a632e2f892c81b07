"""Reads a file of days in whatever format its name says."""

from pathlib import PurePath
from typing import Final

from caseline.text_files import decoding
from caseline.text_files.faults import FileFault
from caseline.timing import csv_days, ical, json_days, xml_days
from caseline.timing.calendars import Calendar
from caseline.timing.day_list import applied
from caseline.timing.faults import CalendarFault

_WITH_WEEKEND: Final = {".csv": csv_days.read, ".xml": xml_days.read, ".json": json_days.read}
_ICAL: Final = ".ics"
YAML: Final = (".yaml", ".yml")
"""Endings of files that are a calendar of their own; see `calendar_file`."""
FORMATS: Final = (*YAML, _ICAL, *_WITH_WEEKEND)
"""File name endings that can be read."""


def next_version(calendar: Calendar, content: bytes, name: str) -> Calendar:
    """What the calendar would be after reading a file; nothing is stored, and a fault leaves nothing half done.

    The file replaces the years that it speaks of; a YAML file, which is a whole calendar, is for `calendar_file`. Show
    `difference.changes` of both before using it. Raises `FileFault`.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix != _ICAL and suffix not in _WITH_WEEKEND:
        raise FileFault(name, 1, f"the ending {suffix!r} says no known format: use one of {', '.join(FORMATS)}")
    text = decoding.decoded(content, name)
    days = ical.read(text, name) if suffix == _ICAL else _WITH_WEEKEND[suffix](text, name, calendar.weekend)
    try:
        return applied(calendar, days)
    except CalendarFault as error:
        raise FileFault(name, 1, f"does not fit calendar {calendar.id}: {error}") from error
