"""Pages of lists: which rows, in what order, from where on, and how many there are."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from caseline.portal_sandbox import filters, php
from caseline.portal_sandbox.filters import Find
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.store import Table

PAGE: Final = 50


@dataclass(slots=True)
class Page:
    """Rows of an answer, with where the next page begins and how many rows there are in all."""

    rows: list[Value]
    total: int = 0
    next: int | None = None
    wrap: str = ""
    """The key that the rows stand under, where they do not stand alone."""


def page(table: Table, params: Params, find: Find, *, strict: bool = False) -> Page:
    """The page that a request asks for; `start` -1 asks for rows without a count."""
    given = php.mapping(params.get("filter"))
    test = filters.compiled(given, find, strict=strict)
    order = php.mapping(params.get("order"))
    start = php.number(params.get("start"))
    ids, exact = _candidates(table, given, find)
    by_id = [name.upper() for name in order] in ([], ["ID"])
    falling = by_id and any(php.text(way).upper() == "DESC" for way in order.values())
    if start < 0 and by_id:
        rows = _passing(table, reversed(ids) if falling else ids, None if exact else test)
        return Page(list(islice(rows, PAGE)))
    if exact and by_id:
        chosen = ids[::-1] if falling else ids
        return _cut([table.rows[number] for number in chosen[max(start, 0) :][:PAGE]], len(ids), start)
    found = list(_passing(table, reversed(ids) if falling else ids, None if exact else test))
    if not by_id:
        found = filters.ordered(found, order, find)
    return _cut(found[max(start, 0) :][:PAGE], len(found), start)


def of_rows(rows: Iterable[Params], params: Params, find: Find) -> list[Params]:
    """All rows that a request asks for, where a list has no pages."""
    test = filters.compiled(params.get("filter"), find, strict=False)
    return filters.ordered((row for row in rows if test is None or test(row)), params.get("order"), find)


def _cut(rows: list[Value], total: int, start: int) -> Page:
    if start < 0:
        return Page(rows)
    following = start + PAGE
    return Page(rows, total, following if following < total else None)


def _passing(table: Table, ids: Iterable[int], test: filters.Test | None) -> Iterator[Params]:
    rows = table.rows
    return (rows[number] for number in ids if test is None or test(rows[number]))


def _candidates(table: Table, given: Params, find: Find) -> tuple[list[int], bool]:
    """Ids among which all rows of a filter are, and whether they are just these."""
    if not given:
        return table.ids, True
    if php.text(given.get("logic")).upper() == "OR":
        return table.ids, False
    conditions = [(*filters.split(key), value) for key, value in given.items()]
    if (narrow := _narrow(table, conditions, find)) is not None:
        return sorted(narrow), False
    low, high, bounds = 0, len(table.ids), 0
    for sign, name, value in conditions:
        if name.upper() == "ID" and sign in {">", ">=", "<", "<="} and not isinstance(value, list | dict):
            low, high = _bounded(table.ids, sign, php.number(value), low, high)
            bounds += 1
    return table.ids[low : max(low, high)], bounds == len(given)


def _narrow(table: Table, conditions: list[tuple[str, str, Value]], find: Find) -> set[int] | None:
    """Ids from a condition on the id or on a field with an index; None where there is none."""
    for sign, name, value in conditions:
        if sign not in {"", "=", "@"} or (field := find(name)) is None:
            continue
        if field.name == "ID":
            return {number for number in _numbers(value) if number in table.rows}
        found = [table.having(field.name, each) if each else None for each in _texts(value)]
        if None not in found:
            return {number for numbers in found for number in numbers or ()}
    return None


def _bounded(ids: list[int], sign: str, bound: int, low: int, high: int) -> tuple[int, int]:
    at = bisect_right(ids, bound) if sign in {">", "<="} else bisect_left(ids, bound)
    return (max(low, at), high) if sign.startswith(">") else (low, min(high, at))


def _texts(value: Value) -> list[str]:
    return [php.text(each) for each in (php.rows(value) if isinstance(value, list | dict) else [value])]


def _numbers(value: Value) -> list[int]:
    return [php.number(each) for each in _texts(value)]
