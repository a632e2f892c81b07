"""Counts records by year, status and owner on both sides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from caseline.crm import vocabulary

Columns = Mapping[str, Sequence[Any]]
STATUS: Final = {"request": "stage", "message": "kind", "person": "active", "history": "field", "agreement": "status"}
"""The field that counts as status, by entity."""
OWNER: Final = {
    "request": ("assignee", "group"),
    "company": ("owner",),
    "contact": ("owner",),
    "message": ("author",),
    "history": ("author",),
    "agreement": ("manager",),
}
"""The fields that say who owns a record; the first that is filled counts."""
NOBODY: Final = ""


@dataclass(slots=True)
class Line:
    """Records with one value of a dimension."""

    expected: int = 0
    """Should be in the CRM."""
    found: int = 0
    """Are in the CRM."""
    failed: int = 0
    """Stand in the files and are FAILED with a reason."""


@dataclass(slots=True)
class Census:
    """Counts by entity, dimension (`year`, `status`, `owner`) and value."""

    lines: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def expect(self, entity: str, columns: Columns) -> None:
        """Records that should be in the CRM."""
        for dimension, value, count in _counted(entity, columns):
            self._line(entity, dimension, value).expected += count

    def find(self, entity: str, columns: Columns) -> None:
        """Records that are in the CRM."""
        for dimension, value, count in _counted(entity, columns):
            self._line(entity, dimension, value).found += count

    def fail(self, entity: str, columns: Columns) -> None:
        """Records that are FAILED."""
        for dimension, value, count in _counted(entity, columns):
            self._line(entity, dimension, value).failed += count

    def _line(self, entity: str, dimension: str, value: str) -> Line:
        return self.lines.setdefault((entity, dimension), {}).setdefault(value, Line())


def _counted(entity: str, columns: Columns) -> list[tuple[str, str, int]]:
    dated = columns.get(vocabulary.TIME_OF_ORIGIN.get(entity, "created_at"), ())
    found = {"year": Counter(str(value.year) if isinstance(value, datetime) else NOBODY for value in dated)}
    if entity in STATUS:
        found["status"] = Counter(_word(value) for value in columns.get(STATUS[entity], ()))
    owners = [columns[name] for name in OWNER.get(entity, ()) if name in columns]
    if owners:
        first = zip(*owners, strict=True)
        found["owner"] = Counter(_word(next((value for value in record if value), None)) for record in first)
    return [(dimension, value, count) for dimension, counts in found.items() for value, count in counts.items()]


def _word(value: object) -> str:
    """A status or an owner's key; what could not be read counts as nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else NOBODY
