"""The shape of a calendar as plain data (YAML, JSON), checked key by key."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from caseline.timing import hours
from caseline.timing.calendars import Calendar
from caseline.timing.faults import CalendarFault
from caseline.timing.hours import Spans
from caseline.timing.vocabulary import SpecialDays

Place = tuple[str | int, ...]

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = range(1, 8)
_NUMBERS: Final = tuple(map(str, _WEEK))
_HOUR: Final = 60
_ISO_DATE: Final = len("2026-01-01")
_DATE_REPR: Final = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")


def weekday(value: object) -> int:
    """ISO number of `Sat`, `saturday`, `6` or 6; ValueError otherwise."""
    text = str(value).strip().lower()
    if text in _NUMBERS:
        return int(text)
    found = text[:3]
    if found in _WEEKDAYS and (text == found or (text.isalpha() and text.endswith("day"))):
        return _WEEKDAYS.index(found) + 1
    message = f"{value!r} is no weekday: write Mon to Sun, or 1 (Monday) to 7"
    raise ValueError(message)


def day(value: object) -> date:
    """The date of `2026-05-01`; ValueError otherwise."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == _ISO_DATE:
            return date.fromisoformat(value)
    except ValueError:
        pass
    message = f"{value!r} is no date: write YYYY-MM-DD"
    raise ValueError(message)


def _days(value: object) -> dict[date, object]:
    """Dates from a list or a mapping; a date that stands twice is an error."""
    pairs: Iterable[tuple[object, object]] = (
        value.items() if isinstance(value, Mapping) else ((item, None) for item in _listed(value, "dates"))
    )
    found: dict[date, object] = {}
    for key, what in pairs:
        at = day(key)
        if at in found:
            message = f"{at} stands twice: remove one"
            raise ValueError(message)
        found[at] = what
    return found


def _named(value: object) -> dict[date, str]:
    return {at: "" if name is None else str(name) for at, name in _days(value).items()}


def _minutes(value: object) -> dict[date, object]:
    return {at: _HOUR if minutes is None else minutes for at, minutes in _days(value).items()}


def _week_hours(value: object) -> dict[int, Spans]:
    """Spans for every weekday from one list, or from a mapping of weekdays; who is not in it has no hours."""
    if not isinstance(value, Mapping):
        return dict.fromkeys(_WEEK, _spans(value))
    found: dict[int, Spans] = {}
    for name, pairs in value.items():
        number = weekday(name)
        if number in found:
            message = f"{name!r} stands twice: remove one"
            raise ValueError(message)
        found[number] = _spans(pairs)
    return found


def _spans(value: object) -> Spans:
    return hours.spans(_listed(value, "hours"))


def _listed(value: object, what: str) -> list[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    message = f"{value!r} is no list of {what}: put it into brackets"
    raise ValueError(message)


def _own_hours(value: object) -> dict[date, Spans]:
    if isinstance(value, Mapping):
        return {at: _spans(pairs) for at, pairs in _days(value).items()}
    message = 'write a date and its hours, such as 2026-05-02: [["10:00", "14:00"]]'
    raise ValueError(message)


NamedDays = Annotated[dict[date, str], BeforeValidator(_named)]


class Document(BaseModel):
    """A calendar as it is written down; keys that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calendar: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")
    """Its id."""
    version: int = Field(1, ge=1)
    title: str = ""
    zone: str
    region: str = ""
    weekend: Annotated[
        frozenset[int], BeforeValidator(lambda value: {weekday(item) for item in _listed(value, "weekdays")})
    ] = frozenset({6, 7})
    rule: str = ""
    years: dict[int, str] = {}
    holidays: NamedDays = {}
    working_days: NamedDays = {}
    short_days: Annotated[dict[date, int], BeforeValidator(_minutes)] = {}
    special_days: NamedDays = {}
    special: SpecialDays = SpecialDays.OFF
    hours: Annotated[dict[int, Spans], BeforeValidator(_week_hours)] = {}
    own_hours: Annotated[dict[date, Spans], BeforeValidator(_own_hours)] = {}


def faults(data: object) -> list[tuple[Place, str]]:
    """(place, what and remedy) of everything that keeps plain data from being a calendar; none if it is one."""
    try:
        calendar(data)
    except ValidationError as error:
        return [(_place(fault["loc"]), _text(fault["type"], fault["msg"])) for fault in error.errors()]
    except CalendarFault as error:
        return [(error.place, error.text)]
    return []


def _place(where: Place) -> Place:
    """Pydantic's place, with dates as people write them."""
    return tuple(_date_key(part) if isinstance(part, str) else part for part in where)


def _date_key(part: str) -> str:
    found = _DATE_REPR.fullmatch(part)
    return str(date(*map(int, found.groups()))) if found else part


def _text(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"unknown key: use {', '.join(Document.model_fields)}"
    if kind == "missing":
        return "is missing: add it"
    if kind == "model_type":
        return "is no calendar: write its keys, such as calendar, zone and holidays"
    return message.removeprefix("Value error, ")


def calendar(data: object) -> Calendar:
    """The calendar that plain data describe; raises pydantic's ValidationError or `CalendarFault`."""
    read = Document.model_validate(data)
    fields = {name: getattr(read, name) for name in Document.model_fields if name != "calendar"}
    return Calendar(id=read.calendar, **fields)


def plain(found: Calendar) -> dict[str, Any]:
    """A calendar as data for JSON or YAML, empty keys left out; `calendar` reads it back as the same."""
    data: dict[str, Any] = {
        "calendar": found.id,
        "version": found.version,
        "title": found.title,
        "zone": found.zone,
        "region": found.region,
        "weekend": [_WEEKDAYS[number - 1].title() for number in sorted(found.weekend)],
        "rule": found.rule,
        "years": dict(found.years),
        "special": "" if found.special is SpecialDays.OFF else str(found.special),
        "hours": _written_week(found.hours),
        "own_hours": {str(at): _written(spans) for at, spans in sorted(found.own_hours.items())},
    }
    for name in ("holidays", "working_days", "short_days", "special_days"):
        data[name] = {str(at): what for at, what in sorted(getattr(found, name).items())}
    return {key: value for key, value in data.items() if value not in ("", {}) or key == "weekend"}


def _written_week(week: Mapping[int, Spans]) -> Any:  # noqa: ANN401 - a list for all days, or a mapping
    if len(week) == len(_WEEK) and len(set(week.values())) == 1:
        return _written(week[1])
    return {_WEEKDAYS[number - 1].title(): _written(spans) for number, spans in sorted(week.items())}


def _written(spans: Spans) -> list[list[str]]:
    return [[hours.clock(since), hours.clock(until)] for since, until in spans]
