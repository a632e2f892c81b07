"""Compares the columns of files with those that earlier runs saw, so that no change of an export goes unnoticed."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from staging import tables, values
from staging.survey import Found


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """Columns of a file that no earlier file of the part had, and columns of the newest earlier one that it lacks."""

    file: str
    part: str
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]


def changes(connection: sa.Connection, run_id: int, found: Sequence[Found], ids: dict[str, int]) -> list[ColumnChange]:
    """Changes in the files of a run, against all runs before it; parts that are seen for the first time have none."""
    changed = []
    for item in found:
        for part in item.parts:
            earlier = _headers(connection, run_id, ids[part])
            header = _of_the_source(item.head.header)
            if not earlier or len(header) < len(item.head.header):
                continue
            ever = {name for names in earlier for name in names}
            appeared = tuple(name for name in header if name not in ever)
            vanished = tuple(name for name in earlier[0] if name not in header)
            if appeared or vanished:
                changed.append(ColumnChange(item.file.name, part, appeared, vanished))
    return changed


def _headers(connection: sa.Connection, run_id: int, part_id: int) -> list[list[str]]:
    """Headers of the part's files in earlier runs, newest first; mended rejects left out."""
    file, layout = tables.file, tables.layout
    query = (
        sa.select(layout.c.header)
        .join(file, file.c.layout_id == layout.c.id)
        .where(file.c.run_id < run_id, sa.literal(part_id, sa.Integer) == sa.any_(file.c.parts))
        .order_by(file.c.id.desc())
    )
    headers: list[list[str]] = list(connection.execute(query).scalars())
    return [header for header in headers if len(_of_the_source(header)) == len(header)]


def _of_the_source(header: Sequence[str]) -> list[str]:
    return [name for name in header if not name.startswith(values.OWN)]
