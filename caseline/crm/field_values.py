"""Reads values of fields from what people type, and writes them for controls.

A value is kept as JSON keeps it: texts, whole and other numbers, yes and no, lists of texts and of files; a date as
`2026-03-31`, a time as `2026-03-31T11:30:00.000Z`, a reference as the id of what it points at. Empty is None.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from caseline.crm import field_files
from caseline.crm.field_faults import RUSSIAN, Code, Misread
from caseline.crm.field_files import Files
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type

Value = str | int | float | bool | list[str] | list[dict[str, Any]] | None
Given = str | Sequence[str] | Files
"""What was typed; a field of several values may be given several times, and a field of files with files."""

MOST_DIGITS: Final = 15
"""Of a number: so many every JSON keeps exactly."""
LONGEST: Final = 20_000
"""Characters of a text."""
_LONGEST_OF: Final = {"subject": 1_000, "description": 200_000}
LONGEST_CHOICE: Final = 500
MOST_CHOICES: Final = 200
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
_YES: Final = frozenset({"yes", "true", "1", "on", "да"})
_NO: Final = frozenset({"no", "false", "0", "off", "нет"})
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?")
_DATE: Final = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_UNKEPT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom values are written, and whose typing is read."""

    zone: str = "Europe/Moscow"
    language: str = RUSSIAN


def plain(given: Given) -> str:
    """What was typed as one text with the line ends of the register, without blanks around it."""
    if isinstance(given, Files):
        return ";".join([*(given.stay or ()), *(one.file.token for one in given.added)])
    text = given if isinstance(given, str) else ";".join(given)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def same(given: Given, other: Given) -> bool:
    """Whether somebody who was given one text has left it as it was."""
    return plain(given) == plain(other)


def read(field: RequestField, given: Given, reader: Reader) -> Value:
    """The value that was typed; raises `Misread`. A reference stays as typed: what is meant, the register knows.

    Files are read by `field_files.read`, which has to know what the field holds.
    """
    if isinstance(given, Files) or field.type is Type.FILE:
        raise Misread(Code.NO_FILES)
    if field.type is Type.MULTI_LIST:
        return _several(field, given)
    if not isinstance(given, str) and len(given) > 1:
        raise Misread(Code.ONE_VALUE, count=len(given))
    text = plain(given)
    most = _LONGEST_OF.get(field.name, LONGEST) if not field.extra else LONGEST
    if len(text) > most:
        raise Misread(Code.TOO_LONG, count=len(text), most=most)
    if odd := _UNKEPT.search(text):
        raise Misread(Code.UNPRINTABLE, number=ord(odd[0]))
    return _READ[field.type](field, text, reader) if text else None


def _choice(field: RequestField, text: str, _reader: Reader) -> Value:
    if field.choices and text not in field.choices:
        raise Misread(Code.UNKNOWN_CHOICE, value=text, known=", ".join(field.choices))
    if len(text) > LONGEST_CHOICE:
        raise Misread(Code.TOO_LONG, count=len(text), most=LONGEST_CHOICE)
    return text


def _several(field: RequestField, given: str | Sequence[str]) -> Value:
    parts = re.split(r"[;\n\r]", given) if isinstance(given, str) else given
    found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(found) > MOST_CHOICES:
        raise Misread(Code.TOO_MANY, count=len(found), most=MOST_CHOICES)
    for one in found:
        if odd := _UNKEPT.search(one):
            raise Misread(Code.UNPRINTABLE, number=ord(odd[0]))
        _choice(field, one, Reader())
    return found or None


def _number(text: str, reader: Reader) -> Decimal:
    written = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    if reader.language != RUSSIAN and _THOUSANDS.fullmatch(written):
        written = written.replace(",", "")
    written = written.replace(",", ".")
    if not _NUMBER.fullmatch(written):
        raise Misread(Code.NO_NUMBER, value=text)
    number = Decimal(written)
    digits = number.normalize().as_tuple().digits
    if len(digits) > MOST_DIGITS or (number and abs(number.adjusted()) > MOST_DIGITS):
        raise Misread(Code.TOO_PRECISE, value=text, most=MOST_DIGITS)
    return number


def _any_number(_field: RequestField, text: str, reader: Reader) -> Value:
    number = _number(text, reader)
    return int(number) if number == number.to_integral_value() else float(number)


def _whole(_field: RequestField, text: str, reader: Reader) -> Value:
    number = _number(text, reader)
    if number != number.to_integral_value():
        raise Misread(Code.NOT_WHOLE, value=text)
    return int(number)


def _money(_field: RequestField, text: str, reader: Reader) -> Value:
    number = _number(text, reader)
    if number != round(number, 2):
        raise Misread(Code.TOO_FINE, value=text)
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(_field: RequestField, text: str, _reader: Reader) -> Value:
    word = text.lower()
    if word not in _YES | _NO:
        raise Misread(Code.NOT_YES_OR_NO, value=text)
    return word in _YES


def _day(text: str, code: Code, told: str) -> date:
    found = _DATE.fullmatch(text)
    if not found:
        raise Misread(code, value=told)
    year, month, day = (int(part) for part in (found.groups()[:3] if found[1] else (found[6], found[5], found[4])))
    try:
        made = date(year, month, day)
    except ValueError as error:
        raise Misread(code, value=told) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Misread(Code.OUT_OF_RANGE, value=told, least=f"{FIRST_YEAR}-01-01", most=f"{LAST_YEAR}-12-31")
    return made


def _date(_field: RequestField, text: str, _reader: Reader) -> Value:
    return _day(text, Code.NO_DATE, text).isoformat()


def _moment(_field: RequestField, text: str, reader: Reader) -> Value:
    if text.endswith("Z"):
        return _absolute(text)
    day_text, _, time_text = text.replace("T", " ", 1).partition(" ")
    day, found = _day(day_text, Code.NO_TIME, text), _TIME.fullmatch(time_text.strip())
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
        local = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - the zone comes next
    except ValueError as error:
        raise Misread(Code.NO_TIME, value=text) from error
    zone = ZoneInfo(reader.zone)
    # Of an hour that comes twice the first one is meant.
    at = local.replace(tzinfo=zone).astimezone(UTC)
    back = at.astimezone(zone).replace(tzinfo=None)
    if back != local:
        raise Misread(Code.SKIPPED_TIME, value=text, zone=reader.zone, instead=f"{back:%Y-%m-%d %H:%M}")
    return kept(at)


def _absolute(text: str) -> Value:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misread(Code.NO_TIME, value=text) from error
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Misread(Code.OUT_OF_RANGE, value=text, least=f"{FIRST_YEAR}-01-01", most=f"{LAST_YEAR}-12-31")
    return kept(at)


_READ: Final[Mapping[Type, Callable[[RequestField, str, Reader], Value]]] = {
    Type.TEXT: lambda _field, text, _reader: text,
    Type.LIST: _choice,
    Type.INTEGER: _whole,
    Type.NUMBER: _any_number,
    Type.MONEY: _money,
    Type.BOOLEAN: _boolean,
    Type.DATE: _date,
    Type.DATETIME: _moment,
    Type.REFERENCE: lambda _field, text, _reader: text,
}


def kept(at: datetime) -> str:
    """An instant as the register keeps it in JSON: in UTC, so that the order of texts is that of time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def text(field: RequestField, value: Value, reader: Reader) -> str:
    """A value for a control; read again it is the same value, but for the second of two equal hours of a clock."""
    if value is None:
        return ""
    if isinstance(value, list):
        return field_files.text(field_files.held(value)) if field.type is Type.FILE else ";".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)):f}" if field.type is not Type.TEXT else str(value)
    if field.type is Type.DATETIME:
        at = instant(value)
        return value if at is None else _local_text(at, reader)
    return value


def _local_text(at: datetime, reader: Reader) -> str:
    # Of an hour that comes twice, and of parts of a second, nothing is told: who leaves the text alone changes nothing.
    local = at.astimezone(ZoneInfo(reader.zone))
    return f"{local:%Y-%m-%dT%H:%M:%S}" if local.second else f"{local:%Y-%m-%dT%H:%M}"


def instant(value: str) -> datetime | None:
    """The instant that a text means; None of a text that is none, or none on all clocks: sources bring anything."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    # `9999-12-31` stands for never in many a register; east of Greenwich it has no end, and no clock tells it.
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) if MINYEAR < at.year < MAXYEAR else None
