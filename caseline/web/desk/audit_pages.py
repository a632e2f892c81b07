"""The audit log: who did what, with filters, each change as a difference; and the same as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response, StreamingResponse

from caseline.actions import keep_categories, keep_fields, keep_stages, keep_users, note_deed
from caseline.listing.conditions import read_all
from caseline.people.logins import Noted
from caseline.people.rights import Right
from caseline.people.stores.deeds import Wanted
from caseline.text_files import csv_table
from caseline.web.desk import audit_words, request_words
from caseline.web.desk.visit import Visit

_MOST: Final = 50
_VIEWS: Final = {"view_saved", "view_changed", "view_deleted"}
_FIELDS: Final = ("login", "action", "subject", "since", "until")


@dataclass(frozen=True, slots=True)
class Told:
    """A line as people read it."""

    line: Noted
    deed: str
    changes: list[audit_words.Change]
    details: list[tuple[str, str]]


def listed(visit: Visit) -> Response:
    """Who did what, newest first."""
    asked = {name: visit.text(name).strip() for name in _FIELDS}
    lines = note_deed.noted(visit.house, _wanted(visit), before=visit.number("before"), most=_MOST + 1)
    return visit.page(
        "audit.html",
        lines=[_told(visit, line) for line in lines[:_MOST]],
        more=lines[_MOST - 1].id if len(lines) > _MOST else None,
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        logins=[one.name for one in keep_users.users(visit.house)] if visit.may(Right.SEE_USERS) else [],
        deeds=audit_words.choices(visit.texts),
    )


def exported(visit: Visit) -> Response:
    """The same lines as a CSV file."""
    wanted = _wanted(visit)
    headers = {"content-disposition": f'attachment; filename="audit-{visit.texts.local(visit.now):%Y-%m-%d}.csv"'}
    return StreamingResponse(_rows(visit, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(visit: Visit, wanted: Wanted) -> Iterator[str]:
    say, separator = visit.texts.say, csv_table.separator(visit.texts.language)
    heads = [say("When"), say("Who"), say("What"), say("On what"), say("Field"), say("Before"), say("After")]
    # Spreadsheets take a file for UTF-8 only where it begins so.
    yield "\ufeff" + csv_table.line(heads, separator)
    for line in note_deed.all_of(visit.house, wanted):
        told = _told(visit, line)
        head = [visit.texts.local(line.at).isoformat(timespec="seconds"), line.login or "", told.deed, line.subject]
        rest = [[one.field, one.old, one.new] for one in told.changes]
        rest += [[name, "", value] for name, value in told.details]
        for each in rest or [["", "", ""]]:
            yield csv_table.line([*head, *each], separator)


def _told(visit: Visit, line: Noted) -> Told:
    texts = visit.texts
    if line.data.keys() == {"before", "after"}:
        data = _in_words(visit, line.data) if line.action in _VIEWS else line.data
        return Told(line, audit_words.deed(texts, line.action), audit_words.changes(texts, data), [])
    details = [(audit_words.field(texts, k), audit_words.value(texts, k, v)) for k, v in line.data.items()]
    return Told(line, audit_words.deed(texts, line.action), [], details)


def _in_words(visit: Visit, data: Mapping[str, Any]) -> dict[str, Any]:
    """Filters of views as people read them on the table."""
    fields = {one.key: one for one in keep_fields.fields(visit.house)}
    labels = {
        "category": {one.code: one.label for one in keep_categories.categories(visit.house)},
        "stage": {one.code: one.label for one in keep_stages.stages(visit.house)},
    }
    told: dict[str, Any] = {}
    for side, held in data.items():
        said = [request_words.condition(visit.texts, one, fields, labels) for one in read_all(held.get("filter", ()))]
        keys = [one.removeprefix("-") for one in held.get("sorts", ())]
        sorts = [request_words.field(visit.texts, fields.get(key, key)) for key in keys]
        told[side] = {**held, "filter": "; ".join(said), "sorts": sorts} if held else {}
    return told


def _wanted(visit: Visit) -> Wanted:
    since, until = _day(visit, "since"), _day(visit, "until")
    return Wanted(
        login=visit.text("login").strip(),
        action=visit.text("action").strip(),
        subject=visit.text("subject").strip(),
        since=None if since is None else _midnight(visit, since),
        until=None if until is None else _midnight(visit, until + timedelta(days=1)),
    )


def _day(visit: Visit, name: str) -> date | None:
    """A date of the address; what is none, or no day that a calendar goes on from, asks for nothing."""
    try:
        day = date.fromisoformat(visit.text(name).strip())
    except ValueError:
        return None
    return day if date.min < day < date.max else None


def _midnight(visit: Visit, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(visit.texts.zone))
