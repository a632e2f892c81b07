"""Reads what somebody has typed into the fields of a request, and says all that is wrong with it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from caseline.actions.field_desk import Desk
from caseline.crm import field_files, field_rules, field_values, field_words, request_fields
from caseline.crm.cards import Category
from caseline.crm.field_faults import Code, Fault, Misread
from caseline.crm.field_port import Book
from caseline.crm.field_rules import Verdict
from caseline.crm.field_values import Given, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import REQUEST, Type

AT_BIRTH: Final = frozenset({"number", "stage"})
"""Fields that are chosen when a request is opened, and not afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that somebody else has changed meanwhile; texts as controls hold them."""

    key: str
    labels: tuple[str, str]
    base: str | None
    """What stood there when the form was drawn, where the form says so."""
    yours: str
    theirs: str
    conflict: bool
    """Both have changed it; otherwise only the other one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, read."""

    changes: Mapping[str, Value]
    """New values of fields, by key."""
    named: frozenset[str]
    """Fields that were given, whether they change or not; what a form was drawn with is not."""
    faults: tuple[Fault, ...]
    left: tuple[Fault, ...]
    """Of hidden fields: they keep what they hold."""
    differences: tuple[Difference, ...]
    verdict: Verdict


@dataclass(slots=True)
class _Reading:
    desk: Desk
    held: Mapping[str, Value]
    base: Mapping[str, Given] | None
    own_id: int | None
    changes: dict[str, Value] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


def read(
    desk: Desk,
    held: Mapping[str, Value],
    given: Mapping[str, Given],
    *,
    base: Mapping[str, Given] | None = None,
    own_id: int | None = None,
) -> Typed:
    """Read what was typed over what a request holds; `own_id` None: it is a new one.

    `base`: the texts that the form was drawn with: what differs from them was typed.
    """
    reading = _Reading(desk, held, base, own_id)
    for key, text in given.items():
        _take(reading, key, text)
    if base is not None:
        _compare(reading, base, given)
    left: dict[str, Fault] = {}
    while True:
        values = {**held, **reading.changes, **_consequences(reading)}
        verdict = field_rules.judge(desk.book.rules, desk.book.fields, values)
        hidden = verdict.hidden & reading.changes.keys()
        if not hidden:
            break
        for key in hidden:
            del reading.changes[key]
            left[key] = fault(desk.book, key, Code.LEFT_OUT)
    for key in verdict.missing(values):
        reading.faults.setdefault(key, fault(desk.book, key, Code.REQUIRED))
    order = {key: place for place, key in enumerate(desk.book.fields)}
    faults = sorted(
        (one for one in reading.faults.values() if one.key not in verdict.hidden),
        key=lambda one: order.get(one.key, -1),
    )
    return Typed(
        changes=reading.changes,
        named=frozenset(reading.named),
        faults=tuple(faults),
        left=tuple(left.values()),
        differences=tuple(one for one in reading.differences if one.key not in left),
        verdict=verdict,
    )


def fault(book: Book, key: str, code: Code, **values: object) -> Fault:
    """A fault of a field."""
    known = book.fields.get(key)
    return Fault(key, field_words.labels(known) if known else field_words.of_key(key), code, values)


def _take(reading: _Reading, key: str, given: Given) -> None:
    desk, known = reading.desk, reading.desk.book.fields.get(key)
    if known is None:
        reading.faults[key] = fault(desk.book, key[:80], Code.UNKNOWN_FIELD)
        return
    now = desk.text(known, reading.held.get(key))
    if known.type is Type.FILE:
        given = field_files.given(given, reading.held.get(key))
    drawn = reading.base.get(key) if reading.base is not None else None
    if drawn is not None and field_values.same(given, drawn):
        return
    reading.named.add(key)
    if field_values.same(given, now):
        return
    try:
        _writable(reading, known, given)
        value = _value(reading, known, given)
    except Misread as error:
        reading.faults[key] = fault(desk.book, key, error.code, **error.values)
        return
    if value == reading.held.get(key):
        return
    reading.changes[key] = value
    if drawn is not None and not field_values.same(drawn, now):
        reading.differences.append(_difference(known, drawn, given, now, conflict=True))


def _compare(reading: _Reading, base: Mapping[str, Given], given: Mapping[str, Given]) -> None:
    """Find what only somebody else has changed since the form was drawn."""
    for key, drawn in base.items():
        known = reading.desk.book.fields.get(key)
        if known is None or key in reading.changes or key in reading.faults or key in request_fields.KEPT:
            continue
        now = reading.desk.text(known, reading.held.get(key))
        if not field_values.same(drawn, now) and not field_values.same(given.get(key, drawn), now):
            reading.differences.append(_difference(known, drawn, given.get(key, drawn), now, conflict=False))


def _difference(known: RequestField, drawn: Given | None, given: Given, now: str, *, conflict: bool) -> Difference:
    base = None if drawn is None else field_values.plain(drawn)
    return Difference(
        key=known.key,
        labels=field_words.labels(known),
        base=base,
        yours=field_values.plain(given),
        theirs=now,
        conflict=conflict,
    )


def against(desk: Desk, typed: Typed, held: Mapping[str, Value], given: Mapping[str, Given]) -> tuple[Difference, ...]:
    """What a save without drawn texts would write over, when the request has another version by now."""
    return tuple(
        _difference(
            desk.book.fields[key],
            None,
            given[key],
            desk.text(desk.book.fields[key], held.get(key)),
            conflict=True,
        )
        for key in typed.changes
    )


def _writable(reading: _Reading, known: RequestField, given: Given) -> None:
    if known.key in request_fields.KEPT and not (reading.own_id is None and known.key in AT_BIRTH):
        raise Misread(Code.READ_ONLY)
    if not known.active:
        raise Misread(Code.INACTIVE, value=field_values.plain(given))


def _value(reading: _Reading, known: RequestField, given: Given) -> Value:
    if known.type is Type.FILE:
        return field_files.read(field_files.given(given, None), reading.held.get(known.key))
    value = field_values.read(known, given, reading.desk.reader)
    if known.key == "category":
        return _category(reading, value)
    if known.type is Type.REFERENCE and isinstance(value, str):
        return _target(reading, known, value)
    return value


def _category(reading: _Reading, value: Value) -> Value:
    usable = [one for one in reading.desk.cards.categories(reading.desk.connection) if one.active]
    if value is None:
        raise Misread(Code.REQUIRED)
    for one in usable:
        if value in {one.code, one.label}:
            return one.code
    if not usable:
        raise Misread(Code.NO_CATEGORIES, value=value)
    raise Misread(Code.NO_CATEGORY, value=value, known=", ".join(one.code for one in usable))


def _target(reading: _Reading, known: RequestField, text: str) -> Value:
    desk = reading.desk
    found = desk.fields.targets(desk.connection, known.to or "", text)
    if known.to == REQUEST:
        found = [one for one in found if desk.viewer.sees(one.group_id, one.assignee_id)]
    if not found:
        raise Misread(Code.UNKNOWN_REFERENCE, value=text)
    if len(found) > 1:
        raise Misread(Code.SEVERAL, value=text, known=", ".join(str(one.id) for one in found))
    if known.to == REQUEST and found[0].id == reading.own_id:
        raise Misread(Code.ITSELF)
    return found[0].id


def _consequences(reading: _Reading) -> dict[str, Value]:
    """What a category brings with it: its group, unless another one is typed."""
    code = reading.changes.get("category")
    if code is None or reading.changes.get("group") is not None:
        return {}
    found = category(reading.desk, str(code))
    return {"group": found.group_id} if found and found.group_id else {}


def category(desk: Desk, code: str) -> Category | None:
    """The category of that code."""
    return next((one for one in desk.cards.categories(desk.connection) if one.code == code), None)
