"""Calendars in the settings: which there are, a year as twelve months, new days by hand or from a file.

Nothing counts before its difference was shown: each edit leads to a page that tells it, and only from there it is made.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import edit_calendar, keep_categories, know_calendars
from caseline.actions.edit_calendar import DayWish, Proposal
from caseline.actions.seen import Absent
from caseline.people.rights import Right
from caseline.text_files.faults import FileFault
from caseline.timing.calendars import FIRST_YEAR, LAST_YEAR, Calendar
from caseline.timing.faults import CalendarFault, TimingFault
from caseline.timing.store import Note, Version
from caseline.timing.vocabulary import DayKind, Language
from caseline.web.desk import calendar_year
from caseline.web.desk.page import Page
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_MOST_FILE: Final = 1_000_000
_SHOWN: Final = 200
_LONGEST_REASON: Final = 300
_DAY_MINUTES: Final = 1440
KINDS: Final = {
    DayKind.OFF: later("day off"),
    DayKind.WORKING: later("working day"),
    DayKind.SHORT: later("short day"),
}
"""What somebody can make of a day."""


class _Unclear(Exception):
    """What was typed is no edit; says in the language of the page what helps."""


def listed(visit: Visit) -> Response:
    """Every calendar with its newest version."""
    newest: dict[str, Version] = {}
    for one in know_calendars.versions(visit.house, now=visit.now):
        newest.setdefault(one.calendar, one)
    return visit.page("settings/calendars.html", calendars=list(newest.values()))


def year(visit: Visit) -> Response:
    """A year of a calendar."""
    return _year(visit, _of(visit))


def _of(visit: Visit) -> Calendar:
    try:
        return know_calendars.newest(visit.house, visit.text("id") or None, now=visit.now)
    except CalendarFault as error:
        raise Absent(visit.text("id")) from error


def _year(visit: Visit, calendar: Calendar, *, status: int = 200, problem: str = "") -> Response:
    wanted = visit.number("year") or visit.texts.local(visit.now).year
    shown = min(max(wanted, FIRST_YEAR), LAST_YEAR)
    versions = know_calendars.versions(visit.house, calendar_id=calendar.id, now=visit.now)
    return visit.page(
        "settings/calendar.html",
        status=status,
        calendar=calendar,
        year=shown,
        standing=calendar.standing(shown).value,
        months=calendar_year.months(calendar, shown, visit.texts),
        weekdays=calendar_year.weekdays(visit.texts),
        versions=versions,
        is_default=versions[0].is_default,
        kinds=KINDS,
        problem=problem,
        edits=visit.may(Right.EDIT_SETTINGS),
        before=max(shown - 1, FIRST_YEAR),
        after=min(shown + 1, LAST_YEAR),
        typed={name: visit.text(name) for name in ("day", "kind", "minutes", "reason")},
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    """An edit with what a form has to hold to ask for it again."""

    proposal: Proposal
    reason: str
    fields: dict[str, str]


def proposed(visit: Visit) -> Response:
    """What an edit would change; nothing is changed yet."""
    calendar = _of(visit)
    try:
        wish = _wish(visit, calendar)
    except (_Unclear, FileFault, CalendarFault) as error:
        return _year(visit, calendar, status=422, problem=str(error))
    if wish.proposal.empty:
        return _year(visit, calendar, problem=visit.texts.say("That would change nothing."))
    return _difference(visit, calendar, wish)


def applied(visit: Visit) -> Response:
    """Make an edit count whose difference was shown; shown again where somebody was faster."""
    calendar = _of(visit)
    try:
        wish = _wish(visit, calendar)
        if str(wish.proposal.new.version) != visit.text("version"):
            return _difference(visit, calendar, wish, status=409, overtaken=True)
        note = Note(at=visit.now, by=visit.login.name, reason=wish.reason)
        done = edit_calendar.apply(visit.house, wish.proposal, note, login=visit.login.name)
    except (_Unclear, FileFault, TimingFault) as error:
        return _year(visit, calendar, status=422, problem=str(error))
    return visit.page("settings/calendar_done.html", calendar=calendar, done=done, address=_address(calendar.id))


def _wish(visit: Visit, calendar: Calendar) -> _Wish:
    reason = visit.text("reason").strip()[:_LONGEST_REASON]
    upload, kept = visit.form.get("file"), visit.text("content")
    if isinstance(upload, UploadFile) or kept:
        return _file(visit, calendar, reason)
    if not reason:
        raise _Unclear(visit.texts.say("Say why the day changes, such as the number of the decree."))
    try:
        day, kind = date.fromisoformat(visit.text("day")), DayKind(visit.text("kind"))
    except ValueError as error:
        raise _Unclear(visit.texts.say("Choose a date and what the day becomes.")) from error
    minutes = visit.number("minutes") or edit_calendar.DayWish(day, kind, reason).minutes
    if not 0 < minutes < _DAY_MINUTES:
        raise _Unclear(visit.texts.say("A short day is shorter by 1 to 1439 minutes."))
    proposal = edit_calendar.propose_day(
        visit.house, DayWish(day, kind, reason, minutes), calendar_id=calendar.id, now=visit.now
    )
    fields = {"day": day.isoformat(), "kind": kind.value, "minutes": str(minutes), "reason": reason}
    return _Wish(proposal, reason, fields)


def _file(visit: Visit, calendar: Calendar, reason: str) -> _Wish:
    upload = visit.form.get("file")
    if isinstance(upload, UploadFile):
        if not upload.filename:
            raise _Unclear(visit.texts.say("Choose a file."))
        name, content = upload.filename.replace("\0", "\ufffd")[:_LONGEST_REASON], upload.file.read()
    else:
        try:
            name, content = visit.text("name"), base64.b64decode(visit.text("content"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _Unclear(visit.texts.say("Choose a file.")) from error
    if len(content) > _MOST_FILE:
        raise _Unclear(visit.texts.say("The file is larger than a calendar can be."))
    proposal = edit_calendar.propose_file(visit.house, content, name, calendar_id=calendar.id, now=visit.now)
    fields = {"name": name, "content": base64.b64encode(content).decode(), "reason": reason}
    return _Wish(proposal, reason or name, fields)


def _difference(visit: Visit, calendar: Calendar, wish: _Wish, *, status: int = 200, **said: Any) -> Response:  # noqa: ANN401 - what else the page says
    language = Language.RUSSIAN if visit.texts.language == "ru" else Language.ENGLISH
    proposal = wish.proposal
    return visit.page(
        "settings/calendar_change.html",
        status=status,
        calendar=calendar,
        changes=[one.text(language) for one in proposal.changes[:_SHOWN]],
        count=len(proposal.changes),
        settings=proposal.settings,
        years=proposal.years,
        version=proposal.new.version,
        fields={**wish.fields, "id": calendar.id},
        address=_address(calendar.id),
        **{"overtaken": False, **said},
    )


def made_default(visit: Visit) -> Response:
    """Let a calendar count where a category names no other."""
    calendar = _of(visit)
    try:
        keep_categories.make_default(visit.house, calendar.id, by=visit.login.name, now=visit.now)
    except TimingFault as error:
        return _year(visit, calendar, status=422, problem=str(error))
    return visit.go(_address(calendar.id), notice="saved")


def _address(calendar_id: str) -> str:
    return f"/settings/calendars/year?{urlencode({'id': calendar_id})}"


def _edits(path: str, handle: Callable[[Visit], Response], most: int = 10_000) -> Page:
    return Page(f"/settings/calendars/{path}", handle, Right.EDIT_SETTINGS, method="POST", most_bytes=most)


PAGES: Final = (
    Page("/settings/calendars", listed, Right.SEE_SETTINGS),
    Page("/settings/calendars/year", year, Right.SEE_SETTINGS),
    _edits("change", proposed, 2 * _MOST_FILE),
    _edits("apply", applied, 2 * _MOST_FILE),
    _edits("default", made_default),
)
