"""Which columns a list has, in which order, how wide: what people have chosen, read with care."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from caseline.crm.request_fields import RequestField
from caseline.listing import kinds

NARROWEST: Final = 48
WIDEST: Final = 900
"""Pixels."""
_USUAL: Final = ("number", "subject", "stage", "due_at", "category", "company", "contact", "assignee", "created_at")
_MINE: Final = ("number", "subject", "stage", "due_at", "category", "company", "contact", "priority", "age")
_CLOSED: Final = ("number", "subject", "stage", "category", "company", "contact", "assignee", "closed_at")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list."""

    key: str
    width: int | None = None
    """In pixels; None: as wide as its content needs."""


USUAL: Final = tuple(map(Column, _USUAL))
OF_VIEWS: Final = {"mine": tuple(map(Column, _MINE)), "closed": tuple(map(Column, _CLOSED))}


def offered(fields: Mapping[str, RequestField]) -> tuple[str, ...]:
    """Keys of all columns that can be chosen: fields in use, and the age of a request."""
    return (*(key for key, one in fields.items() if one.active), kinds.AGE)


def usual(view: str) -> tuple[Column, ...]:
    """The columns of a view for whoever has chosen none."""
    return OF_VIEWS.get(view, USUAL)


def read(kept: Any, fields: Mapping[str, RequestField]) -> tuple[Column, ...]:  # noqa: ANN401 - JSON
    """Chosen columns as they are kept; those of fields that are gone are left out."""
    there = set(offered(fields))
    return tuple(column for column in chosen(kept) if column.key in there)


def chosen(kept: Any) -> tuple[Column, ...]:  # noqa: ANN401 - JSON
    """The same, whether their fields are still there or not."""
    found: dict[str, Column] = {}
    for one in kept if isinstance(kept, list) else []:
        key, width = one if isinstance(one, list) and len(one) == 2 else (one, None)  # noqa: PLR2004 - a pair
        if isinstance(key, str):
            found.setdefault(key, Column(key, fitting(width)))
    return tuple(found.values())


def fitting(width: object) -> int | None:
    """A width that a column may have; None for what is none."""
    return max(NARROWEST, min(WIDEST, width)) if type(width) is int else None


def kept(columns: Iterable[Column]) -> list[list[Any]]:
    """As they are kept."""
    return [[column.key, column.width] for column in columns]


def moved(columns: tuple[Column, ...], key: str, by: int) -> tuple[Column, ...]:
    """The same, one of them further left (`by` < 0) or right."""
    keys = [column.key for column in columns]
    if key not in keys:
        return columns
    at = keys.index(key)
    rest = [column for column in columns if column.key != key]
    to = max(0, min(len(rest), at + by))
    return (*rest[:to], columns[at], *rest[to:])
