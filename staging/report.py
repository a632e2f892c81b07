"""What the staging rows say about a run: progress, totals, errors; every figure is a query on the rows themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from staging import tables
from staging.mapping import Mapping

FRESH: Final = timedelta(hours=24)
LAST_BACKUP: Final = "last-backup"
"""File in the home whose age tells when the last backup was made."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    bytes_total: int
    bytes_loaded: int
    read: int
    settled: int
    """Rows that became SUCCESS or FAILED in this run."""
    failed: int
    part: str | None
    """The part whose turn it is; None when all are closed."""

    @property
    def share(self) -> float:
        """Done, from 0 to 1; rows not read yet are guessed from the bytes."""
        if self.part is None:
            return 1.0
        expected = self.read * (self.bytes_total / self.bytes_loaded) if self.bytes_loaded else 0
        return min(self.settled / expected, 0.999) if expected else 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows of a part by status; read = new + success + failed + filtered."""

    new: int = 0
    success: int = 0
    failed: int = 0
    filtered: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.new + other.new,
            self.success + other.success,
            self.failed + other.failed,
            self.filtered + other.filtered,
        )

    @property
    def read(self) -> int:
        """Records that the source holds."""
        return self.new + self.success + self.failed + self.filtered

    def as_dict(self) -> dict[str, int]:
        """As the command prints it."""
        return {
            "read": self.read,
            "new": self.new,
            "success": self.success,
            "failed": self.failed,
            "filtered": self.filtered,
        }


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one code in one field of one part."""

    part: str
    code: str
    field: str | None
    count: int
    samples: tuple[str, ...]
    """A few offending values, as the source has them."""
    lines: tuple[str, ...]
    """Where the samples stand, as `file:line`."""
    remedy: str


def progress(connection: sa.Connection, run_id: int) -> Progress:
    """Progress of a run; cheap enough to be asked several times a second."""
    total, loaded, read, success, failed, name = connection.execute(_progress(), {"run_id": run_id}).one()
    return Progress(int(total), int(loaded), int(read), int(success + failed), int(failed), name)


@cache
def _progress() -> sa.Select[Any]:
    run_id = sa.bindparam("run_id", type_=sa.BigInteger)
    file, batch, step, part = tables.file, tables.batch, tables.progress, tables.part
    files = sa.select(
        sa.func.coalesce(sa.func.sum(file.c.size), 0),
        sa.func.coalesce(sa.func.sum(file.c.position), 0),
        sa.func.coalesce(sa.func.sum(file.c.read * sa.func.cardinality(file.c.parts)), 0),
    ).where(file.c.run_id == run_id)
    done = sa.select(
        sa.func.coalesce(sa.func.sum(batch.c.success), 0), sa.func.coalesce(sa.func.sum(batch.c.failed), 0)
    ).where(batch.c.run_id == run_id)
    turn = (
        sa.select(part.c.name)
        .join(step, step.c.part_id == part.c.id)
        .where(step.c.run_id == run_id, step.c.closed_at.is_(None))
        .order_by(step.c.rank)
        .limit(1)
    )
    read, settled = files.subquery(), done.subquery()
    return sa.select(read, settled, turn.scalar_subquery()).select_from(read.join(settled, sa.true()))


def totals(connection: sa.Connection, source: str | None = None) -> dict[str, Totals]:
    """Totals by part, in the order of import; of one source, or of all with parts of one name added up."""
    row, part, filtered = tables.row, tables.part, tables.filtered
    wanted = sa.true() if source is None else part.c.source == source
    parts = connection.execute(sa.select(part.c.id, part.c.name).where(wanted).order_by(part.c.id)).all()
    status = sa.select(row.c.part_id, row.c.status, sa.func.count()).group_by(row.c.part_id, row.c.status)
    counted = {(number, name): count for number, name, count in connection.execute(status)}
    skipped = sa.select(filtered.c.part_id, sa.func.count()).group_by(filtered.c.part_id)
    left: dict[int, int] = {number: count for number, count in connection.execute(skipped)}  # noqa: C416 - rows are no tuples
    found: dict[str, Totals] = {}
    for number, name in parts:
        new, success, failed = (counted.get((number, word), 0) for word in (tables.NEW, tables.SUCCESS, tables.FAILED))
        found[name] = found.get(name, Totals()) + Totals(new, success, failed, left.get(number, 0))
    return found


def error_groups(
    connection: sa.Connection,
    source: str | None = None,
    *,
    samples: int = 3,
    part: str | None = None,
    code: str | None = None,
) -> list[ErrorGroup]:
    """Errors of FAILED rows grouped by part, code and field, commonest first; samples are the first in the files.

    `part` narrows to a part, or to all parts that become the entity of this name.
    """
    shown = _errors(source, part, code).cte("shown")
    early = shown.c.turn <= samples
    query = (
        sa.select(
            shown.c.part,
            shown.c.code,
            shown.c.field,
            sa.func.count(),
            sa.func.array_agg(aggregate_order_by(shown.c.value, shown.c.turn)).filter(early),
            sa.func.array_agg(aggregate_order_by(shown.c.place, shown.c.turn)).filter(early),
            # Some texts name a line or a byte; the commonest stands for all.
            sa.func.mode().within_group(shown.c.text),
        )
        .group_by(shown.c.part, shown.c.code, shown.c.field)
        .order_by(sa.func.count().desc(), shown.c.part, shown.c.code, shown.c.field)
    )
    return [
        ErrorGroup(name, found, field, number, tuple(value or "" for value in values or ()), tuple(places or ()), text)
        for name, found, field, number, values, places, text in connection.execute(query)
    ]


def _errors(source: str | None, part_name: str | None, code: str | None) -> "sa.Select[Any]":
    """Every error of every FAILED row: part, code, field, value, place, text, and its turn within the group."""
    row, part, file = tables.row, tables.part, tables.file
    error = sa.func.jsonb_array_elements(row.c.errors).table_valued("value", name="error").render_derived()
    item = sa.type_coerce(error.c.value, JSONB)
    named = {name: item[name].as_string() for name in ("code", "field", "value", "text")}
    group = (part.c.name, named["code"], named["field"])
    wanted = [row.c.status == tables.FAILED]
    wanted += [] if source is None else [part.c.source == source]
    wanted += [] if part_name is None else [sa.or_(part.c.name == part_name, part.c.entity == part_name)]
    wanted += [] if code is None else [named["code"] == code]
    return (
        sa.select(
            part.c.name.label("part"),
            *(text.label(name) for name, text in named.items()),
            file.c.name.concat(":").concat(sa.cast(row.c.line, sa.Text)).label("place"),
            sa.func.row_number().over(partition_by=group, order_by=row.c.id).label("turn"),
        )
        .select_from(
            row.join(part, part.c.id == row.c.part_id).join(file, file.c.id == row.c.file_id).join(error, sa.true())
        )
        .where(*wanted)
    )


def open_run(connection: sa.Connection, source: str) -> int | None:
    """The unfinished run of a source."""
    run = tables.run
    query = sa.select(run.c.id).where(run.c.source == source, run.c.state == "open")
    return connection.execute(query).scalar_one_or_none()


class NothingImported(LookupError):
    """There is no run yet that could be meant."""


def last_mapping(connection: sa.Connection, source: str | None) -> Mapping:
    """The mapping of the newest run (of a source, if named); `NothingImported` when there is none."""
    run = tables.run
    wanted = sa.true() if source is None else run.c.source == source
    query = sa.select(run.c.mapping).where(wanted).order_by(run.c.id.desc()).limit(1)
    found: dict[str, Any] | None = connection.execute(query).scalar_one_or_none()
    if found is None:
        what = "nothing was imported yet" if source is None else f"nothing was imported from {source!r} yet"
        raise NothingImported(f"{what}: run `caseline import PATH --mapping NAME` first")
    return Mapping.model_validate(found)


def fresh_backup(home: Path) -> bool:
    """A backup was made within the last 24 hours."""
    try:
        made = datetime.fromtimestamp((home / LAST_BACKUP).stat().st_mtime, UTC)
    except OSError:
        return False
    return datetime.now(UTC) - made < FRESH
