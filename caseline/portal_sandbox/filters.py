"""Filters of list methods: prefixes, substrings, lists of values, OR."""

import operator
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from caseline.portal_sandbox import php
from caseline.portal_sandbox.fields import Field
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.refusals import Refusal

Test: TypeAlias = Callable[[Params], bool]
Find: TypeAlias = Callable[[str], Field | None]
"""A field by the name that a method knows it by."""

# Longest first, so that `!=%` is not read as `!`.
_PREFIXES: Final = ("!=%", "!%=", "=%", "%=", "!%", "!@", "!=", "><", ">=", "<=", "=", "!", ">", "<", "@", "%")
_NUMBERS: Final = {"integer", "double", "user", "employee", "crm_company", "crm_contact", "crm_lead", "enumeration"}
_ORDERS: Final = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def split(key: str) -> tuple[str, str]:
    """A key of a filter as prefix and name."""
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return prefix, key[len(prefix) :]
    return "", key


def compiled(given: Value, find: Find, *, strict: bool) -> Test | None:
    """A test of rows; None where everything passes. Strict methods refuse unknown fields, others ignore them."""
    tests: list[Test] = []
    conditions = php.mapping(given)
    either = php.text(conditions.get("logic")).upper() == "OR"
    for key, value in conditions.items():
        if key == "logic":
            continue
        if key.isdigit():
            nested = compiled(value, find, strict=strict)
            if nested is not None:
                tests.append(nested)
            continue
        prefix, name = split(key)
        if (field := find(name)) is None:
            if strict:
                raise Refusal("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
            continue
        tests.append(_condition(field, prefix, value))
    return _joined(tests, either=either)


def _joined(tests: list[Test], *, either: bool) -> Test | None:
    if len(tests) <= 1:
        return tests[0] if tests else None
    if either:
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def _condition(field: Field, prefix: str, value: Value) -> Test:
    name = field.name
    denied = prefix.startswith("!")
    accepts = _accepts(field, prefix.lstrip("!"), value)
    if field.type == "crm_multifield":
        return lambda row: any(accepts(item["VALUE"]) for item in row.get(name, ())) != denied
    if field.multiple:
        return lambda row: any(accepts(item) for item in row.get(name) or [""]) != denied
    return lambda row: accepts(row.get(name, "")) != denied


def _accepts(field: Field, sign: str, value: Value) -> Callable[[str], bool]:
    """The test of one kept value."""
    if sign in {"%", "=%", "%="}:
        return _like(php.text(value), substring=sign == "%")
    key = _key(field)
    if sign in _ORDERS:
        compare, bound = _ORDERS[sign], key(_read(field, value))
        return lambda kept: kept != "" and compare(key(kept), bound)
    if sign == "><":
        low, high = (key(_read(field, each)) for each in [*php.rows(value), "", ""][:2])
        return lambda kept: kept != "" and low <= key(kept) <= high
    values = php.rows(value) if isinstance(value, list | dict) else [value]
    wanted = {key(_read(field, each)) for each in values}
    return lambda kept: key(kept) in wanted


def _read(field: Field, value: Value) -> str:
    """A value of a filter in the form in which values are kept; what the field could not hold stays as it is."""
    if field.type == "enumeration" or field.multiple:
        return php.text(value)
    try:
        read = field.read(value)
    except Refusal:
        return php.text(value)
    return read if isinstance(read, str) else php.text(value)


def _key(field: Field) -> Callable[[str], Value]:
    """What values of a field are compared by: numbers as such, texts without letter case, as MySQL does it."""
    return _numeric if field.type in _NUMBERS else str.casefold


def _numeric(kept: str) -> float:
    try:
        return float(kept or 0)
    except ValueError:
        return 0.0


def _like(pattern: str, *, substring: bool) -> Callable[[str], bool]:
    if substring:
        part = pattern.casefold()
        return lambda kept: part in kept.casefold()
    parts = (re.escape(part) for part in pattern.split("%"))
    matcher = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
    return lambda kept: matcher.fullmatch(kept) is not None


def ordered(rows: Iterable[Params], order: Value, find: Find) -> list[Params]:
    """Rows in the order that a request asks for."""
    found = list(rows)
    for name, direction in reversed(php.mapping(order).items()):
        if (field := find(name)) is not None:
            key, kept = _key(field), field.name
            # A multiple field has no order of its own.
            found.sort(
                key=lambda row, key=key, kept=kept: key(php.text(row.get(kept))),  # type: ignore[misc]
                reverse=php.text(direction).upper() == "DESC",
            )
    return found
