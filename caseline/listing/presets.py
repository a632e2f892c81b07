"""Views of the request table: those that the house ships, those that came with a source, those that people saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from caseline.listing.conditions import Condition, read


class Owner(StrEnum):
    """Whose a view is."""

    HOUSE = "house"
    SOURCE = "source"
    EVERYBODY = "everybody"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A filter with a name."""

    key: str
    name: str
    """As people call it; those of the house are called by the pages."""
    owner: Owner
    conditions: tuple[Condition, ...]
    sorts: tuple[str, ...]
    search: str = ""
    id: int | None = None


def _house(key: str, conditions: str, sort: str) -> View:
    found = tuple(read(text) for text in conditions.split())
    return View(key=key, name=key, owner=Owner.HOUSE, conditions=found, sorts=(sort,))


HOUSE: Final = (
    _house("open", "open::", "due_at"),
    _house("mine", "mine:: open::", "due_at"),
    _house("my_groups", "my_groups:: open::", "due_at"),
    _house("overdue", "overdue::", "due_at"),
    _house("unassigned", "unassigned:: my_groups:: open::", "created_at"),
    _house("uncategorised", "uncategorised:: open::", "created_at"),
    _house("incomplete", "incomplete:: open::", "created_at"),
    _house("closed", "closed_at:last:30d", "-closed_at"),
    _house("all", "", "-created_at"),
)
"""Those that are always there; the first is where people begin who have chosen no other."""
FIRST: Final = HOUSE[0].key


def of_source(number: int, name: str, kept: Mapping[str, Any], sort: str | None) -> View:
    """A list view that an import has brought: each field with the values that it may have."""
    conditions = tuple(
        Condition(field, "in", tuple(map(str, values if isinstance(values, Sequence) and values != "" else [values])))
        if not isinstance(values, str)
        else Condition(field, "in", (values,))
        for field, values in kept.items()
    )
    sorts = (sort,) if sort else ("-created_at",)
    return View(key=f"p{number}", name=name, owner=Owner.SOURCE, conditions=conditions, sorts=sorts, id=number)
