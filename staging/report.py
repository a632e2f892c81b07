"""What the staging rows say about a run: progress, totals, errors; every figure is a query on the rows themselves."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

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

    @property
    def read(self) -> int:
        """Records that the source holds."""
        return self.new + self.success + self.failed + self.filtered

    def as_dict(self) -> dict[str, int]:
        """As the command prints it."""
        return {"read": self.read, "new": self.new, "success": self.success, "failed": self.failed, "filtered": self.filtered}


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one code in one field of one part."""

    part: str
    code: str
    field: str | None
    count: int
    samples: tuple[str, ...]
    """A few offending values, newest wording."""
    lines: tuple[str, ...]
    """Where the samples stand, as `file:line`."""
    remedy: str


def progress(connection: sa.Connection, run_id: int) -> Progress:
    """Progress of a run; cheap enough to be asked several times a second."""
    file, batch, step, part = tables.file, tables.batch, tables.progress, tables.part
    files = sa.select(sa.func.coalesce(sa.func.sum(file.c.size), 0), sa.func.coalesce(sa.func.sum(file.c.position), 0), sa.func.coalesce(sa.func.sum(file.c.read * sa.func.cardinality(file.c.parts)), 0)).where(file.c.run_id == run_id)
    total, loaded, read = connection.execute(files).one()
    done = sa.select(sa.func.coalesce(sa.func.sum(batch.c.success), 0), sa.func.coalesce(sa.func.sum(batch.c.failed), 0)).where(batch.c.run_id == run_id)
    success, failed = connection.execute(done).one()
    turn = sa.select(part.c.name).join(step, step.c.part_id == part.c.id).where(step.c.run_id == run_id, step.c.closed_at.is_(None)).order_by(step.c.rank).limit(1)
    return Progress(int(total), int(loaded), int(read), int(success + failed), int(failed), connection.execute(turn).scalar_one_or_none())


def totals(connection: sa.Connection, source: str | None = None) -> dict[str, Totals]:
    """Totals by part, in the order of import; of one source or of all."""
    row, part, filtered = tables.row, tables.part, tables.filtered
    wanted = sa.true() if source is None else part.c.source == source
    names = {number: name for number, name in connection.execute(sa.select(part.c.id, part.c.name).where(wanted).order_by(part.c.id))}
    counted = {(number, status): count for number, status, count in connection.execute(sa.select(row.c.part_id, row.c.status, sa.func.count()).group_by(row.c.part_id, row.c.status))}
    left = {number: count for number, count in connection.execute(sa.select(filtered.c.part_id, sa.func.count()).group_by(filtered.c.part_id))}
    return {name: Totals(counted.get((number, tables.NEW), 0), counted.get((number, tables.SUCCESS), 0), counted.get((number, tables.FAILED), 0), left.get(number, 0)) for number, name in names.items()}


def error_groups(connection: sa.Connection, source: str | None = None, *, samples: int = 3) -> list[ErrorGroup]:
    """Errors grouped by part, code and field, commonest first."""
    row, part, file = tables.row, tables.part, tables.file
    error = sa.func.jsonb_array_elements(row.c.errors).table_valued("value", name="error").render_derived()
    item = sa.type_coerce(error.c.value, sa.JSON)
    place = file.c.name.concat(":").concat(sa.cast(row.c.line, sa.Text))
    values = (item["value"].as_string(), place)
    query = (
        sa.select(
            part.c.name,
            item["code"].as_string().label("code"),
            item["field"].as_string().label("field"),
            sa.func.count().label("number"),
            *(sa.func.array_agg(aggregate_order).label(f"list_{n}") for n, aggregate_order in enumerate(values)),
            sa.func.min(item["text"].as_string()),
        )
        .select_from(row.join(part, part.c.id == row.c.part_id).join(file, file.c.id == row.c.file_id).join(error, sa.true()))
        .where(row.c.status == tables.FAILED, sa.true() if source is None else part.c.source == source)
        .group_by(part.c.name, "code", "field")
        .order_by(sa.desc("number"), part.c.name, "code", "field")
    )
    return [ErrorGroup(name, code, field, number, tuple(v or "" for v in shown[:samples]), tuple(places[:samples]), text) for name, code, field, number, shown, places, text in connection.execute(query)]


def error_counts(connection: sa.Connection, source: str | None = None) -> dict[str, int]:
    """FAILED rows by error code; a row with two codes counts under both."""
    counts: dict[str, int] = {}
    for group in error_groups(connection, source, samples=0):
        counts[group.code] = counts.get(group.code, 0) + group.count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def open_run(connection: sa.Connection, source: str) -> int | None:
    """The unfinished run of a source."""
    run = tables.run
    query = sa.select(run.c.id).where(run.c.source == source, run.c.state == "open")
    return connection.execute(query).scalar_one_or_none()


def last_mapping(connection: sa.Connection, source: str | None) -> Mapping:
    """The mapping of the newest run (of a source, if named); LookupError when nothing was imported yet."""
    run = tables.run
    query = sa.select(run.c.mapping).where(sa.true() if source is None else run.c.source == source).order_by(run.c.id.desc()).limit(1)
    found: Dict[str, Any] | None = connection.execute(query).scalar_one_or_none()
    if found is None:
        message = "nothing was imported yet: run `caseline import PATH --mapping NAME` first"
        raise LookupError(message)
    return Mapping.model_validate(found)


def fresh_backup(home: Path) -> bool:
    """A backup was made within the last 24 hours."""
    try:
        made = datetime.fromtimestamp((home / LAST_BACKUP).stat().st_mtime, UTC)
    except OSError:
        return False
    return datetime.now(UTC) - made < FRESH
