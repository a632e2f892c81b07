"""The order of a list as SQL, cut into segments in each of which one index can be walked.

What is empty comes last in both directions, so that a field's index serves both. By deadline come first those whose
clock runs, then those whose clock stands still (their deadline will move), then those without one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.request_fields import RequestField
from caseline.crm.tables import category, company, contact, record, stage
from caseline.crm.time_tables import deadline
from caseline.listing import kinds
from caseline.listing.kinds import DUE_AT, Kind, Op
from caseline.listing.meaning import Comparison, Special
from caseline.listing.stores import where
from caseline.listing.wanted import Sort, Wanted
from caseline.people.tables import group, person

_LONGEST: Final = 200
_POSITIONS: Final = 2**31
_GREATEST_POWER: Final = 10_000
"""Of ten, in a number: the database takes larger ones, up to some limit; nobody has such a price."""
_NAMES: Final = {"company": company, "contact": contact, "assignee": person, "group": group}
_NEVER_EMPTY: Final = frozenset({"subject", "stage", "escalated", "created_at", "modified_at"})
Clause = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Key:
    """A value that is sorted by."""

    value: sa.ColumnElement[Any]
    down: bool
    read: Callable[[Any], Any]
    """From what stands in an address; raises ValueError."""
    empty: bool = False
    """Whether it may be empty in this segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a list that lies wholly before the next one."""

    keys: tuple[Key, ...]
    """The last one is the row's id."""
    where: tuple[Clause, ...] = ()
    walked: bool = False
    """Whether all of its keys stand in the table of deadlines, in the order of an index."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order with the tables that it needs beside the records."""

    segments: tuple[Segment, ...]
    names: tuple[str, ...] = ()
    """Of fields whose labels are sorted by."""
    deadline: bool = False
    joins: tuple[tuple[sa.Table, Clause], ...] = field(default=())


def order(wanted: Wanted) -> Order:
    """The order of a list."""
    first, *others = wanted.sorts
    one = wanted.fields[first.key]
    rest = tuple(_key(wanted.fields[sort.key], sort, empty=True) for sort in others)
    names = tuple(sort.key for sort in wanted.sorts)
    joins = tuple(found for name in names if (found := _join(name)))
    by_due = any(sort.key == DUE_AT for sort in wanted.sorts)
    if first.key == DUE_AT:
        return Order(_by_deadline(wanted, first, rest), names, deadline=True, joins=joins)
    key = _key(one, first)
    last = _id(record.c.id, first)
    if one.key in _NEVER_EMPTY:
        segments: tuple[Segment, ...] = (Segment((key, *rest, last)),)
    else:
        filled = Segment((key, *rest, last), (key.value.is_not(None),))
        segments = (filled,) if _asks(wanted, one) else (filled, Segment((*rest, last), (key.value.is_(None),)))
    return Order(segments, names, by_due, joins)


def _by_deadline(wanted: Wanted, sort: Sort, rest: tuple[Key, ...]) -> tuple[Segment, ...]:
    key, last = Key(deadline.c.due_at, sort.down, _time), _id(deadline.c.record_id, sort)
    runs = Segment((key, *rest, last), (deadline.c.due_at.is_not(None), deadline.c.stopped_at.is_(None)), not rest)
    stands = Segment((key, *rest, last), (deadline.c.due_at.is_not(None), deadline.c.stopped_at.is_not(None)))
    none = Segment((*rest, _id(record.c.id, sort)), (deadline.c.due_at.is_(None),))
    if any(isinstance(one, Special) and one.key == "overdue" for one in wanted.meant):
        return (runs,)
    return (runs, stands) if _asks(wanted, wanted.fields[DUE_AT]) else (runs, stands, none)


def _asks(wanted: Wanted, one: RequestField) -> bool:
    """Whether conditions leave out rows where the field is empty, so that nobody need look for them."""
    asked = [test.op for test in wanted.meant if isinstance(test, Comparison) and test.field.key == one.key]
    return any(op not in {Op.EMPTY, Op.NOT_IN} for op in asked)


def _id(column: sa.ColumnElement[int], sort: Sort) -> Key:
    return Key(column, sort.down, _whole)


def _join(name: str) -> tuple[sa.Table, Clause] | None:
    if name in _NAMES:
        return _NAMES[name], _NAMES[name].c.id == record.c[f"{name}_id"]
    if name == "stage":
        return stage, sa.and_(stage.c.kind == record.c.kind, stage.c.code == record.c.stage)
    return (category, category.c.code == record.c.category) if name == "category" else None


def _key(one: RequestField, sort: Sort, *, empty: bool = False) -> Key:
    empty = empty and one.key not in _NEVER_EMPTY
    if one.key in _NAMES:
        return Key(_folded(_NAMES[one.key].c.name), sort.down, str, empty)
    if one.key == "stage":
        return Key(sa.func.coalesce(stage.c.position, 0), sort.down, _position)
    if one.key == "category":
        return Key(_folded(category.c.label), sort.down, str, empty)
    if one.key == "subject":
        return Key(sa.func.left(record.c.subject, sa.literal(_LONGEST, sa.Integer), type_=sa.Text), sort.down, str)
    return Key(where.column(one), sort.down, _reader(one), empty)


def _folded(name: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """As the indexes of names say it."""
    return sa.func.translate(sa.func.lower(name), sa.literal_column("'ё'"), sa.literal_column("'е'"), type_=sa.Text)


def _reader(one: RequestField) -> Callable[[Any], Any]:
    kind = kinds.kind(one)
    if kind is Kind.NUMBER:
        return _number
    if kind is Kind.FLAG:
        return bool
    return _time if kind is Kind.TIME and not one.extra else str


def _number(text: Any) -> Decimal:  # noqa: ANN401 - what stands in an address
    try:
        found = Decimal(str(text))
    except ArithmeticError as error:
        raise ValueError("no number") from error
    if not found.is_finite() or abs(found.adjusted()) > _GREATEST_POWER:
        raise ValueError("no number that the database would have")
    return found


def _whole(key: Any) -> int:  # noqa: ANN401 - what stands in an address
    if type(key) is not int:
        raise ValueError("no key")
    return key


def _position(place: Any) -> int:  # noqa: ANN401 - what stands in an address
    if abs(_whole(place)) >= _POSITIONS:
        raise ValueError("no position of a stage")
    return int(place)


def _time(text: Any) -> datetime:  # noqa: ANN401 - what stands in an address
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("no instant")
    return found


def by(keys: Sequence[Key], *, back: bool) -> list[sa.UnaryExpression[Any]]:
    """What to sort by, from the front or from the back."""
    found = []
    for key in keys:
        down = key.down != back
        ordered = key.value.desc() if down else key.value.asc()
        if key.empty:
            ordered = ordered.nulls_first() if back else ordered.nulls_last()
        found.append(ordered)
    return found


def beyond(keys: Sequence[Key], values: Sequence[Any], *, back: bool) -> Clause:
    """Which rows lie beyond one with these values; one comparison of rows where an index can be walked by it."""
    if len({key.down for key in keys}) == 1 and not any(key.empty for key in keys):
        row = sa.tuple_(*(key.value for key in keys))
        limit = sa.tuple_(*(sa.literal(value, key.value.type) for key, value in zip(keys, values, strict=True)))
        return row < limit if keys[0].down != back else row > limit
    key, value = keys[0], values[0]
    rest = beyond(keys[1:], values[1:], back=back) if len(keys) > 1 else sa.false()
    if value is None:
        within = sa.and_(key.value.is_(None), rest)
        return sa.or_(key.value.is_not(None), within) if back else within
    down, bound = key.down != back, sa.literal(value, key.value.type)
    after = key.value < bound if down else key.value > bound
    if key.empty:
        after = after if back else sa.or_(after, key.value.is_(None))
        return sa.or_(after, sa.and_(key.value == bound, rest))
    near = key.value <= bound if down else key.value >= bound
    return sa.and_(near, sa.or_(after, rest))
