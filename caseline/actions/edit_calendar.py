"""Proposes a new version of a calendar with its difference, and makes it count: open requests are counted anew."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Final

from caseline.actions import editing as deeds
from caseline.actions import keep_categories, know_calendars, recount_deadlines, wiring
from caseline.actions.editing import Editor
from caseline.actions.recount_deadlines import Recount
from caseline.actions.wiring import House
from caseline.text_files import decoding
from caseline.text_files.faults import FileFault
from caseline.timing import calendar_file, difference, document, editing, reading, store
from caseline.timing.calendars import Calendar
from caseline.timing.difference import Change
from caseline.timing.faults import CalendarFault
from caseline.timing.store import Note
from caseline.timing.vocabulary import DayKind, Language

_TOLD: Final = 20
"""Days that the log names."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version of a calendar that does not count yet."""

    old: Calendar | None
    """None: the calendar is new."""
    new: Calendar
    changes: tuple[Change, ...]
    """Days that count differently."""
    settings: tuple[tuple[str, str, str], ...]
    """(setting, old, new) of what concerns every day."""
    years: tuple[int, ...]
    """Years that become known exactly."""

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing, not even the name of a day."""
        return self.old is not None and _content(self.old) == _content(self.new)


@dataclass(frozen=True, slots=True)
class DayWish:
    """What a day shall be."""

    day: date
    kind: DayKind
    reason: str
    minutes: int = editing.HOUR
    """By which a short day is shorter."""


def propose_file(house: House, content: bytes, name: str, *, calendar_id: str | None = None, now: datetime) -> Proposal:
    """What a file would make of its calendar: a YAML file names it, other formats mean `calendar_id` or the default.

    Raises `FileFault` or `CalendarFault`; nothing is stored.
    """
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        if PurePath(name).suffix.lower() not in reading.YAML:
            old = know_calendars.of(connection, calendar_id)
            return _proposal(old, reading.next_version(old, content, name))
        found = calendar_file.parse(decoding.decoded(content, name), name)
        if calendar_id not in {None, found.id}:
            raise FileFault(name, 1, f"this is calendar {found.id}, not {calendar_id}: correct `calendar`")
        known = store.find(connection, found.id)
        version = known.version + 1 if known else 1
        return _proposal(known, dataclasses.replace(found, version=version))


def propose_shipped(house: House, name: str, *, calendar_id: str | None = None, now: datetime) -> Proposal:
    """What the calendar that comes with this release would make of the one in the database."""
    text = calendar_file.render(calendar_file.load(name)).encode()
    return propose_file(house, text, f"{name}.yaml", calendar_id=calendar_id, now=now)


def propose_day(house: House, wish: DayWish, *, calendar_id: str | None = None, now: datetime) -> Proposal:
    """What the edit of a day would make of a calendar; raises `CalendarFault`."""
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        old = know_calendars.of(connection, calendar_id)
    return _proposal(old, editing.edited(old, wish.day, wish.kind, reason=wish.reason, minutes=wish.minutes))


def apply(house: House, proposal: Proposal, note: Note, *, login: str | None = None) -> Recount:
    """Make a proposal count, with the deadlines of open requests, in one transaction.

    Closed requests keep theirs. Raises `CalendarFault` when somebody else has made a version since the proposal, or
    when a category could not be counted by this one: nothing is stored then.
    """
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        if not store.add(connection, proposal.new, note):
            raise CalendarFault(
                (proposal.new.id,),
                f"somebody else has made version {proposal.new.version} meanwhile: look at the difference again",
            )
        keep_categories.fit(connection, intake, proposal.new.id)
        old = proposal.old
        told = {"version": proposal.new.version, "reason": note.reason, "days": _days(proposal)}
        before = None if old is None else {"version": old.version}
        what = "calendar.added" if old is None else "calendar.changed"
        deeds.note(connection, Editor(login, note.at), what, proposal.new.id, before, told)
        if proposal.old is None or house.settings.recalc_on_calendar == "never":
            return Recount(open=0)
        return recount_deadlines.recount(connection, intake, proposal.new.id, reason=note.reason, now=note.at)


def _days(proposal: Proposal) -> int | list[dict[str, str]]:
    """As the log tells them: each in every language, or how many, where that would be a long list."""
    if len(proposal.changes) > _TOLD:
        return len(proposal.changes)
    return [{language.value: one.text(language) for language in Language} for one in proposal.changes]


def _proposal(old: Calendar | None, new: Calendar) -> Proposal:
    if old is None:
        return Proposal(None, new, (), (), tuple(sorted(new.years)))
    changes, settings = difference.changes(old, new), difference.settings_changed(old, new)
    return Proposal(old, new, tuple(changes), tuple(settings), tuple(sorted(new.years.keys() - old.years.keys())))


def _content(calendar: Calendar) -> Mapping[str, Any]:
    return {key: value for key, value in document.plain(calendar).items() if key != "version"}
