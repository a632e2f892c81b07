"""Reads days off from iCalendar files (RFC 5545): whole-day events, and nothing that must be guessed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from caseline.text_files.faults import FileFault
from caseline.timing.day_list import DayList, known
from caseline.timing.vocabulary import Kind

_LONGEST: Final = 366
_DAY: Final = re.compile(r"[0-9]{8}")
_REPEATS: Final = ("RRULE", "RDATE", "EXDATE")


@dataclass(slots=True)
class _Event:
    line: int
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Property name: (line, value)."""


def read(text: str, name: str) -> DayList:
    """Days off with their summaries; raises `FileFault`.

    Such feeds often list days that are no days off: look at the difference before using them. Cancelled events are
    left out. Events with a time of day and repeating events are refused, because what they mean for a working day
    must be decided by a person.
    """
    off: dict[date, str] = {}
    for event in _events(text, name):
        if event.fields.get("STATUS", (0, ""))[1].upper() == "CANCELLED":
            continue
        summary = _unescaped(event.fields.get("SUMMARY", (0, ""))[1])
        for day in _dates(event, name):
            off.setdefault(day, summary)
    if not off:
        raise FileFault(name, 1, "no whole-day event found: give an iCalendar file (.ics) with VEVENTs of days off")
    return DayList(
        source=name, years=frozenset(day.year for day in off), says=frozenset({Kind.OFF}), off=dict(sorted(off.items()))
    )


def _events(text: str, name: str) -> Iterator[_Event]:
    event: _Event | None = None
    nested = 0
    for line, content in _unfolded(text):
        key, _, value = content.partition(":")
        key = key.partition(";")[0].upper()
        if (key, value.upper()) == ("BEGIN", "VEVENT"):
            event = _Event(line)
        elif (key, value.upper()) == ("END", "VEVENT") and event:
            yield event
            event = None
        elif event and key in {"BEGIN", "END"}:  # an alarm inside the event has fields of its own
            nested += 1 if key == "BEGIN" else -1
        elif event and not nested:
            event.fields.setdefault(key, (line, value))
    if event:
        raise FileFault(name, event.line, "the event has no END:VEVENT: the file is cut off, fetch it again")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """(line, content) with continuation lines, which begin with a blank, put back (RFC 5545, 3.1)."""
    start, content = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in {" ", "\t"}:
            content += line[1:]
            continue
        if content:
            yield start, content
        start, content = number, line
    if content:
        yield start, content


def _dates(event: _Event, name: str) -> Iterator[date]:
    for key in _REPEATS:
        if key in event.fields:
            remedy = "list each year's days as events of their own"
            raise FileFault(name, event.fields[key][0], f"{key}: repeating events are not read: {remedy}")
    if "DTSTART" not in event.fields:
        raise FileFault(name, event.line, "the event has no DTSTART: add it or remove the event")
    first = _date(*event.fields["DTSTART"], name)
    if "DURATION" in event.fields:
        raise FileFault(name, event.fields["DURATION"][0], "DURATION is not read: write DTEND, the day after the last")
    line, end = event.fields.get("DTEND", (event.line, ""))
    last = _date(line, end, name) if end else first + timedelta(days=1)
    if not 0 <= (last - first).days <= _LONGEST:
        raise FileFault(name, line, f"DTEND {end} does not fit DTSTART {first:%Y%m%d}: correct one of them")
    # DTEND is the day after the last one; some writers put the same day for an event of one day
    return (first + timedelta(number) for number in range(max((last - first).days, 1)))


def _date(line: int, value: str, name: str) -> date:
    try:
        found = date(int(value[:4]), int(value[4:6]), int(value[6:])) if _DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None:
        remedy = "only events such as DTSTART;VALUE=DATE:20260501 are read"
        raise FileFault(name, line, f"{value!r} is no whole day: {remedy}")
    try:
        return known(found)
    except ValueError as error:
        raise FileFault(name, line, str(error)) from error


def _unescaped(value: str) -> str:
    for sign in ("\\n", "\\N"):
        value = value.replace(sign, " ")
    return value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\").strip()
