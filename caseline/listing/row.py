"""A request as a list shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A request in a list."""

    id: int
    version: int
    values: Mapping[str, Any]
    """By column key: codes, numbers, times; of references the name."""
    targets: Mapping[str, int]
    """Ids of companies, contacts, persons, groups and parents, by column key."""
    stage_closed: bool
    warn_at: datetime | None
    stopped_at: datetime | None
