"""Reads a file of days in whatever format its name says."""

import dataclasses
from pathlib import PurePath
from typing import Final

from caseline.text_files import decoding
from caseline.text_files.faults import FileFault
from caseline.timing import calendar_file, csv_days, ical, json_days, xml_days
from caseline.timing.calendars import Calendar
from caseline.timing.day_list import applied
from caseline.timing.faults import CalendarFault

_WITH_WEEKEND: Final = {".csv": csv_days.read, ".xml": xml_days.read, ".json": json_days.read}
FORMATS: Final = (".yaml", ".yml", ".ics", *_WITH_WEEKEND)
"""File name endings that can be read."""


def next_version(calendar: Calendar, content: bytes, name: str) -> Calendar:
    """What the calendar would be after reading a file; nothing is stored, and a fault leaves nothing half done.

    A YAML file is a calendar of its own and replaces everything but the id; the other formats replace the years that
    they speak of. Show `difference.changes` of both before using it. Raises `FileFault`.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in FORMATS:
        raise FileFault(name, 1, f"the ending {suffix!r} says no known format: use one of {', '.join(FORMATS)}")
    text = decoding.decoded(content, name)
    if suffix in {".yaml", ".yml"}:
        found = calendar_file.parse(text, name)
        if found.id != calendar.id:
            raise FileFault(name, 1, f"this is calendar {found.id}, not {calendar.id}: correct `calendar`")
        return dataclasses.replace(found, version=calendar.version + 1)
    days = ical.read(text, name) if suffix == ".ics" else _WITH_WEEKEND[suffix](text, name, calendar.weekend)
    try:
        return applied(calendar, days)
    except CalendarFault as error:
        raise FileFault(name, 1, f"does not fit calendar {calendar.id}: {error}") from error
