"""Conditions as SQL; all values are bound."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm import vocabulary
from caseline.crm.request_fields import RequestField
from caseline.crm.tables import record
from caseline.crm.time_tables import deadline
from caseline.listing import kinds, search_store
from caseline.listing.kinds import DUE_AT, Kind, Op
from caseline.listing.meaning import Comparison, Special, Value
from caseline.listing.stores import access, extra_values, violations
from caseline.listing.wanted import Wanted
from caseline.people.access import Viewer

Clause = sa.ColumnElement[bool]
_STILL: Final = frozenset({"open", "overdue"})
_LEAVE_MANY: Final = _STILL | {"stage", "category", "priority", "type", "channel", "escalated", DUE_AT}
_TO: Final = ("company", "contact", "assignee", "group", "parent")


def clauses(wanted: Wanted) -> list[Clause]:
    """All that the rows of a list have in common, access included."""
    return [*of_record(wanted), *of_deadline(wanted)]


def of_record(wanted: Wanted) -> list[Clause]:
    """What of it the records themselves say."""
    found = [record.c.kind == vocabulary.REQUEST, *access.seen(wanted.viewer)]
    for one in wanted.meant:
        if isinstance(one, Special):
            found.append(_special(one, wanted))
        elif one.field.key != DUE_AT:
            found.append(_compared(one, _above(wanted.viewer) if one.field.key == "parent" else None))
    if wanted.hits is not None:
        found.append(search_store.clause(wanted.hits))
    return [*found, contains(record.c.subject, wanted.subject)] if wanted.subject else found


def of_deadline(wanted: Wanted) -> list[Clause]:
    """What of it stands beside them."""
    found = []
    for one in wanted.meant:
        if isinstance(one, Comparison) and one.field.key == DUE_AT:
            found.append(_compared(one))
        elif isinstance(one, Special) and one.key == "overdue":
            found.append(sa.and_(deadline.c.stopped_at.is_(None), deadline.c.due_at <= wanted.moment.now))
    return found


def walks(wanted: Wanted) -> bool:
    """Whether a list of open requests is best walked through by deadline.

    The server does not know that running clocks are those of open requests, and would rather sort all of these. Where
    a condition leaves few of them it is right, so the walk, which is never longer than the running clocks are many, is
    for conditions that leave many.
    """
    if wanted.hits is not None or wanted.subject or access.seen(wanted.viewer):
        return False
    kept = [one.key if isinstance(one, Special) else one.field.key for one in wanted.meant]
    return not _STILL.isdisjoint(kept) and _LEAVE_MANY.issuperset(kept)


def needs_deadline(wanted: Wanted) -> bool:
    """Whether a condition asks for the deadline, which stands in a table of its own."""
    return any(one.key == "overdue" if isinstance(one, Special) else one.field.key == DUE_AT for one in wanted.meant)


def is_open(closed: frozenset[str]) -> Clause:
    """Whether somebody still works on it; what its source says is closed is, whatever its stage."""
    still = record.c.closed_at.is_(None)
    return sa.and_(still, record.c.stage.not_in(sorted(closed))) if closed else still


def _special(one: Special, wanted: Wanted) -> Clause:
    viewer = wanted.viewer
    still = is_open(wanted.closed)
    made: dict[str, Callable[[], Clause]] = {
        "open": lambda: still,
        "closed": lambda: sa.not_(still),
        "overdue": lambda: still,  # the rest of it stands beside the record
        "mine": lambda: sa.false() if viewer.person_id is None else record.c.assignee_id == viewer.person_id,
        "my_groups": lambda: record.c.group_id.in_(sorted(viewer.groups)) if viewer.groups else sa.false(),
        "unassigned": lambda: record.c.assignee_id.is_(None),
        "uncategorised": lambda: record.c.category.is_(None),
        "incomplete": violations.incomplete,
    }
    return made[one.key]()


def column(field: RequestField) -> sa.ColumnElement[Any]:
    """What is compared: a column of the register, or an extra field."""
    if field.extra:
        return extra_values.value(field)
    if field.name == DUE_AT:
        return deadline.c.due_at
    return record.c[f"{field.name}_id"] if field.name in _TO else record.c[field.name]


def _above(viewer: Viewer) -> sa.ColumnElement[Any] | None:
    """The request above one, where somebody may not know of every such; none: there is none that he may know of."""
    above = record.alias("above")
    if not (known := access.seen(viewer, above)):
        return None
    return sa.select(above.c.id).where(above.c.id == record.c.parent_id, *known).scalar_subquery()


def _compared(test: Comparison, instead: sa.ColumnElement[Any] | None = None) -> Clause:
    field, kind, values = test.field, kinds.kind(test.field), test.values
    found = column(field) if instead is None else instead
    if test.op in kinds.WITHOUT_VALUE:
        empty = _empty(field, found)
        return empty if test.op is Op.EMPTY else sa.not_(empty)
    if test.op in kinds.WITH_SEVERAL:
        among = _any_of(found, values) if kind is Kind.MANY else _among(field, found, values)
        return among if test.op is Op.IN else sa.or_(sa.not_(among), _empty(field, found))
    if test.op is Op.HAS:
        return contains(extra_values.whole_text(field) if field.extra else found, str(values[0]))
    bound = stored(field, values[0])
    compared: Clause = found >= bound
    if test.op is Op.TO:
        compared = found <= bound
    elif test.op is Op.BEFORE:
        compared = found < bound
    return compared


def _empty(field: RequestField, found: sa.ColumnElement[Any]) -> Clause:
    if kinds.kind(field) in {Kind.MANY, Kind.FILES}:
        return sa.or_(found.is_(None), sa.func.jsonb_typeof(found) == "null", found == sa.literal([], JSONB))
    if not field.extra and kinds.kind(field) in {Kind.TEXT, Kind.CHOICE}:
        return sa.func.coalesce(found, "") == ""
    return found.is_(None)


def _among(field: RequestField, found: sa.ColumnElement[Any], values: Sequence[Value]) -> Clause:
    kept = [stored(field, value) for value in values]
    text = field.extra and kinds.kind(field) in {Kind.TEXT, Kind.CHOICE}
    if not text:
        return found.in_(kept)
    short = found.in_([str(value)[: extra_values.LONGEST] for value in kept])
    if all(len(str(value)) < extra_values.LONGEST for value in kept):
        return short
    return sa.and_(short, extra_values.whole_text(field).in_(kept))


def _any_of(found: sa.ColumnElement[Any], values: Sequence[Value]) -> Clause:
    return sa.and_(
        sa.func.jsonb_typeof(found) == "array",
        sa.or_(*(found.op("@>", return_type=sa.Boolean())(sa.cast(sa.literal([v], JSONB), JSONB)) for v in values)),
    )


def stored(field: RequestField, value: Value) -> Any:  # noqa: ANN401 - whatever the column holds
    """A value as the column of its field holds it: extra fields keep dates and times as ISO texts."""
    if not field.extra:
        return value
    if isinstance(value, datetime):
        # Not `strftime`: it writes years before 1000 without their zeros, and texts would stand in another order.
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return value.isoformat() if kinds.kind(field) is Kind.DAY and not isinstance(value, str | int) else value  # type: ignore[union-attr]


def contains(found: sa.ColumnElement[Any], text: str) -> Clause:
    """Whether a text stands in another, whatever the letter case; ё is е."""
    guarded = text.translate({ord(sign): f"\\{sign}" for sign in "\\%_"}).replace("ё", "е").replace("Ё", "Е")
    return sa.func.translate(found, "ёЁ", "еЕ", type_=sa.Text).ilike(f"%{guarded}%")
