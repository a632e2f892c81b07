"""Reads the texts of a source as the values that a mapping makes of them."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from typing import Any, Final

from caseline.crm.vocabulary import Type
from staging.audit import instants
from staging.audit.faulty import Faulty, Unreadable
from staging.audit.records import Texts
from staging.mapping import Mapping, Rule

Read = Callable[[str], Any]
Values = list[Any]
BLANK: Final = " \t\r\n\v\f\u00a0\u200b\u2007\u202f\ufeff"
"""A text of these signs alone is empty."""
_NO_TEXT: Final = {Type.DATETIME, Type.DATE, Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.MONEY}
_REMEMBERED: Final = 20_000
_DIGITS: Final = Context(prec=15)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def is_blank(text: str | None) -> bool:
    """Nothing, or nothing that can be seen."""
    return text is None or not text.strip(BLANK)


class Reader:
    """Reads the texts of one field, one column after the other."""

    def __init__(self, kind: Type, rule: Rule, mapping: Mapping, *, required: bool) -> None:
        self._read = _reader(kind, rule, mapping)
        self._required = required
        self._known: dict[str, Any] = {}

    def __call__(self, texts: Texts) -> Values:
        """A value for each text; None for nothing, `Faulty` for what cannot be read."""
        return self.checked([text and self._value(text) for text in texts] if self._read else list(texts), texts)

    def checked(self, values: Values, texts: Texts) -> Values:
        """The values, with what must not be empty and is, marked."""
        if self._required:
            for place, text in enumerate(texts):
                if values[place] is None or is_blank(text):
                    values[place] = Faulty("MISSING", text)
        return values

    def _value(self, text: str) -> Any:  # noqa: ANN401 - depends on the field's type
        known = self._known
        if text not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = self._fresh(text)
        return known[text]

    def _fresh(self, text: str) -> Any:  # noqa: ANN401 - depends on the field's type
        try:
            return self._read(text) if self._read else text
        except Unreadable as error:
            return Faulty(str(error), text)


def _reader(kind: Type, rule: Rule, mapping: Mapping) -> Read | None:
    """How one text is read; None when it stays what it is."""
    mapped = _mapped(rule)
    typed = _typed(kind, rule, mapping)
    if kind is Type.MULTI_LIST or (mapped is None and typed is None):
        return typed
    if mapped is not None and kind not in _NO_TEXT:
        return mapped

    def read(text: str) -> Any:  # noqa: ANN401 - depends on the field's type
        outcome = mapped(text) if mapped else text
        if typed is None or outcome is None:
            return outcome
        return None if kind in _NO_TEXT and is_blank(outcome) else typed(outcome)

    return read


def _mapped(rule: Rule) -> Read | None:
    if rule.values is None:
        return None
    # A default is written in the words of the register already.
    table = rule.values if rule.default is None else {rule.default: rule.default} | rule.values

    def read(text: str) -> str | None:
        if text in table:
            return table[text]
        if rule.unmapped == "keep":
            return text
        if rule.unmapped == "empty" or is_blank(text):
            return None
        raise Unreadable("UNKNOWN_VALUE")

    return read


def _typed(kind: Type, rule: Rule, mapping: Mapping) -> Read | None:
    layouts, zone = list(rule.formats or mapping.dates), rule.zone or mapping.zone or "UTC"
    match kind:
        case Type.DATETIME:
            return instants.moments(layouts, zone)
        case Type.DATE:
            return instants.days(layouts, zone)
        case Type.BOOLEAN:
            return _boolean(mapping)
        case Type.INTEGER | Type.NUMBER | Type.MONEY:
            return _number(kind, rule, mapping)
        case Type.MULTI_LIST:
            return _list(rule)
        case _:
            return _text(rule)


def _text(rule: Rule) -> Read | None:
    longest = rule.max
    if longest is None:
        return None

    def read(text: str) -> str:
        if len(text) > longest and rule.too_long == "fail":
            raise Unreadable("TOO_LONG")
        return text[:longest]

    return read


def _boolean(mapping: Mapping) -> Read:
    known = {word.lower(): False for word in mapping.false} | {word.lower(): True for word in mapping.true}

    def read(text: str) -> bool:
        if text.lower() not in known:
            raise Unreadable("BAD_BOOLEAN")
        return known[text.lower()]

    return read


def _number(kind: Type, rule: Rule, mapping: Mapping) -> Read:
    thousands = mapping.thousands if rule.thousands is None else rule.thousands
    comma = (rule.decimal or mapping.decimal) == ","
    pattern = _WHOLE if kind is Type.INTEGER else _NUMBER

    def read(text: str) -> Decimal:
        plain = text.translate(dict.fromkeys(map(ord, thousands or "")))
        if comma:
            plain = (plain.replace(".", "x") if mapping.format == "csv" else plain).replace(",", ".")
        if not pattern.fullmatch(plain):
            raise Unreadable("BAD_NUMBER")
        return _figure(plain)

    return read


def _list(rule: Rule) -> Read:
    def read(text: str) -> list[Any] | None:
        items = _array(text)
        if items is None:
            items = [item.strip(BLANK) for item in text.split(rule.separator)]
        return [item for item in items if item is not None and item != ""] or None

    return read


def _array(text: str) -> list[Any] | None:
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def stored(kind: Type, value: Any) -> Any:  # noqa: ANN401 - depends on the type
    """A value of an extra field as the CRM answers it, in the form of `Reader`'s values."""
    if value is None or value == []:
        return None
    if kind in {Type.DATETIME, Type.DATE} and isinstance(value, str):
        return _dated(kind, value)
    if kind in {Type.INTEGER, Type.NUMBER, Type.MONEY} and isinstance(value, (int, float)):
        return value if isinstance(value, bool) else _figure(repr(value))
    return value


def _figure(text: str) -> Decimal:
    """A number to 15 digits: that many survive JSON."""
    return _DIGITS.create_decimal(text).normalize(_DIGITS) + 0


def _dated(kind: Type, text: str) -> datetime | date | str:
    """A text that is no date stays what it is."""
    try:
        return date.fromisoformat(text) if kind is Type.DATE else datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
