"""What a condition means at a moment: typed values, relative dates as instants; or why it means nothing."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from caseline.crm.request_fields import RequestField
from caseline.listing import conditions, kinds
from caseline.listing.conditions import Condition
from caseline.listing.kinds import Kind, Op

Value = str | int | bool | Decimal | date | datetime
_SPAN: Final = re.compile(r"([0-9]{1,4})([hdw])")
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,15})?")
_GREATEST: Final = 2**63 - 1
_TRUTHS: Final = {"true": True, "false": False}


class Why(StrEnum):
    """Why a condition does not apply."""

    FIELD = "field"
    """There is no such field, or none any more."""
    OPERATOR = "operator"
    VALUE = "value"
    MANY = "many"
    """There are more conditions or values than a filter may have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition that does not apply."""

    condition: Condition
    why: Why


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of a field: `in`, `not_in`, `has`, `empty`, `filled`, `from` (>=), `to` (<=), `before` (<)."""

    field: RequestField
    op: Op
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Special:
    """A condition about several fields, or about who asks."""

    key: str


Meant = Comparison | Special


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody asks, and by which clock his days begin."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        """The date on that clock."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, day: date) -> datetime:
        """When a day begins on that clock."""
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


def all_of(
    found: Iterable[Condition], fields: Mapping[str, RequestField], moment: Moment
) -> tuple[tuple[Meant, ...], tuple[Fault, ...]]:
    """What conditions mean, and those that mean nothing."""
    meant: list[Meant] = []
    faults: list[Fault] = []
    for place, condition in enumerate(found):
        one = Fault(condition, Why.MANY) if place >= conditions.MOST else of(condition, fields, moment)
        if isinstance(one, Fault):
            faults.append(one)
        else:
            meant += one
    return tuple(meant), tuple(faults)


def of(condition: Condition, fields: Mapping[str, RequestField], moment: Moment) -> tuple[Meant, ...] | Fault:
    """What one condition means: all of the answer must be true."""
    if condition.key in conditions.SPECIAL and not condition.op:
        return (Special(condition.key),)
    field = fields.get(condition.key)
    if field is None:
        return Fault(condition, Why.FIELD)
    if condition.op not in kinds.operators(field):
        return Fault(condition, Why.OPERATOR)
    if len(condition.values) > conditions.MOST_VALUES:
        return Fault(condition, Why.MANY)
    try:
        return _tests(field, Op(condition.op), condition.values, moment)
    except (ValueError, OverflowError):
        return Fault(condition, Why.VALUE)


def _tests(field: RequestField, op: Op, values: Sequence[str], moment: Moment) -> tuple[Comparison, ...]:
    if op in kinds.WITHOUT_VALUE:
        return (Comparison(field, op),)
    if not values or (op not in kinds.WITH_SEVERAL and len(values) != 1):
        raise ValueError("not one value")
    if op in kinds.WITH_SPAN:
        return _span(field, op, values[0], moment)
    return (Comparison(field, op, tuple(typed(field, value, moment) for value in values)),)


def typed(field: RequestField, text: str, moment: Moment) -> Value:
    """The value that a text says for a field; ValueError when it says none."""
    if not text or len(text) > conditions.LONGEST or "\0" in text:
        raise ValueError("no value")
    return _READ[kinds.kind(field)](text.strip() if kinds.kind(field) is not Kind.TEXT else text, moment)


def _text(text: str, _moment: Moment) -> str:
    return text


def _key(text: str, _moment: Moment) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > _GREATEST or len(text) > len(str(_GREATEST)):
        raise ValueError("no key")
    return int(text)


def _number(text: str, _moment: Moment) -> Decimal:
    plain = text.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError("no number")
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise ValueError("no number") from error


def _truth(text: str, _moment: Moment) -> bool:
    if text not in _TRUTHS:
        raise ValueError("neither true nor false")
    return _TRUTHS[text]


def _day(text: str, _moment: Moment) -> date:
    return date.fromisoformat(text)


def _time(text: str, moment: Moment) -> datetime:
    """A date is its midnight on the reader's clock; so is a time without offset."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=found.tzinfo or ZoneInfo(moment.zone)).astimezone(UTC)


_READ: Final[Mapping[Kind, Callable[[str, Moment], Value]]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.MANY: _text,
    Kind.REFERENCE: _key,
    Kind.NUMBER: _number,
    Kind.TIME: _time,
    Kind.DAY: _day,
    Kind.FLAG: _truth,
    Kind.FILES: _text,
}


def _span(field: RequestField, op: Op, text: str, moment: Moment) -> tuple[Comparison, ...]:
    """Days are whole ones: the last 7 begin seven days before today, the next 7 end with the seventh after today."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError("no span")
    number, unit = int(found[1]), found[2]
    days = timedelta(days=number * (7 if unit == "w" else 1))
    if kinds.kind(field) is Kind.DAY:
        if unit == "h":
            raise ValueError("a date has no hours")
        first, last = (moment.today - days, moment.today) if op is Op.LAST else (moment.today, moment.today + days)
        return Comparison(field, Op.FROM, (first,)), Comparison(field, Op.TO, (last,))
    if unit == "h":
        ago = timedelta(hours=number)
        since, until = (moment.now - ago, moment.now) if op is Op.LAST else (moment.now, moment.now + ago)
    elif op is Op.LAST:
        since, until = moment.midnight(moment.today - days), moment.now
    else:
        since, until = moment.now, moment.midnight(moment.today + days + timedelta(days=1))
    return Comparison(field, Op.FROM, (since,)), Comparison(field, Op.BEFORE if unit != "h" else Op.TO, (until,))
