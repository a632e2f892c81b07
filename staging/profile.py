"""Statistics of the columns of a new export, for whoever writes its mapping."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from staging import landing, tables
from staging.mapping import Mapping

if TYPE_CHECKING:
    import pandas as pd

SAMPLE: Final = 20_000
"""Rows of each layout that are looked at; the first ones, so that a profile costs the same for any size."""
TOP: Final = 5
FEW: Final = 50
"""Up to so many different values a column is shown with its commonest ones."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a source column holds, in a sample of its rows."""

    column: str
    rows: int
    filled: float
    """Share of rows with a value, 0 to 1."""
    distinct: int
    longest: int
    """Characters of the longest value."""
    top: tuple[tuple[str, int], ...]
    """Commonest values with their counts; empty where nearly every value differs."""


def columns(connection: sa.Connection, mapping: Mapping, ids: dict[str, int]) -> dict[str, list[ColumnProfile]]:
    """Profiles by part, of the layouts that were loaded in this database."""
    file = tables.file
    found: dict[str, list[ColumnProfile]] = {}
    for name, part in mapping.parts.items():
        query = sa.select(sa.func.max(file.c.layout_id)).where(sa.any_(file.c.parts) == ids[name])
        layout_id = connection.execute(query).scalar_one()
        known = tables.layout
        exists = connection.execute(sa.select(known.c.id).where(known.c.id == layout_id)).scalar_one_or_none()
        if exists is not None and not part.inline:
            found[name] = _profile(connection, landing.load(connection, exists))
    return found


def _profile(connection: sa.Connection, layout: landing.Layout) -> list[ColumnProfile]:
    import pandas as pd  # noqa: PLC0415 - half a second that only rehearsals should pay

    table = layout.table
    rows = connection.execute(
        sa.select(*(table.c[f"c{n}"] for n in range(1, len(layout.header) + 1))).limit(SAMPLE)
    ).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(layout.header), dtype=object)
    return [_column(name, frame[name]) for name in layout.header]


def _column(name: str, values: "pd.Series[Any]") -> ColumnProfile:
    filled = values.dropna()
    counts = filled.value_counts()
    top = tuple((str(value), int(count)) for value, count in counts.head(TOP).items()) if len(counts) <= FEW else ()
    longest = int(filled.str.len().max()) if len(filled) else 0
    return ColumnProfile(
        name, len(values), float(len(filled) / len(values)) if len(values) else 0.0, len(counts), longest, top
    )
