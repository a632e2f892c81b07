"""Queries as PHP reads them, and maps as PHP writes them."""

from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

Value: TypeAlias = Any
"""Whatever JSON or a query can hold."""
Params: TypeAlias = dict[str, Value]


@lru_cache(maxsize=1 << 16)
def _path(raw: str) -> tuple[tuple[str, ...], str]:
    """The keys that lead to a value: `a[b][]` is a, b, and one that is counted."""
    head, bracket, rest = unquote_plus(raw).partition("[")
    head = head.lstrip().replace(".", "_").replace(" ", "_")
    if not bracket:
        return (), head
    if "]" not in rest:  # a raw "=" has cut the key: PHP makes `filter[` a name of its own
        return (), f"{head}_{rest}"
    keys = [head]
    while "]" in rest:
        key, _, rest = rest.partition("]")
        keys.append(key)
        if not rest.startswith("["):
            break
        rest = rest[1:]
    return tuple(keys[:-1]), keys[-1]


def parse(query: str) -> Params:
    """The values of a query string or a form."""
    top: Params = {}
    for pair in query.split("&"):
        raw, _, value = pair.partition("=")
        if raw:
            put(top, raw, unquote_plus(value) if "%" in value or "+" in value else value)
    return top


def put(top: Params, raw: str, value: Value) -> None:
    """Set the value that a raw key of a query leads to."""
    parents, last = _path(raw)
    at = top
    for key in parents:
        counted = key or str(len(at))
        inner = at.get(counted)
        if not isinstance(inner, dict):
            inner = at[counted] = {}
        at = inner
    at[last or str(len(at))] = value


def array(items: Params) -> Params | list[Value]:
    """A map as PHP writes it: empty or counted from 0, it is a list."""
    if not items:
        return []
    if "0" in items and all(key == str(at) for at, key in enumerate(items)):
        return list(items.values())
    return items


def rows(value: Value) -> list[Value]:
    """The values of an array, whatever its keys."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def mapping(value: Value) -> Params:
    """An array with its keys."""
    if isinstance(value, dict):
        return value
    return {str(at): item for at, item in enumerate(value)} if isinstance(value, list) else {}


def text(value: Value) -> str:
    """A scalar as PHP makes it a string."""
    if isinstance(value, str):
        return value
    if value is None or value is False or isinstance(value, dict | list):
        return ""
    return "1" if value is True else str(value)


def number(value: Value, otherwise: int = 0) -> int:
    """A scalar as PHP makes it a whole number."""
    try:
        return int(text(value).strip())
    except ValueError:
        return otherwise
