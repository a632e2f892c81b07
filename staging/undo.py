"""Takes a run back in the staging tables: what it created, row by row, newest first, and the rows made NEW again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from staging import tables

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Creation:
    """A record that a run created and that our row still points at."""

    row_id: int
    crm_id: int
    version: int
    """As the last import left it; another one in the CRM means that people have edited it."""
    origin: str


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of a run."""

    id: int
    name: str
    entity: str


def parts(connection: sa.Connection, run_id: int) -> list[PartOf]:
    """Parts of a run, last imported first: what points at others goes before them."""
    part, progress = tables.part, tables.progress
    query = (
        sa.select(part.c.id, part.c.name, part.c.entity)
        .join(progress, progress.c.part_id == part.c.id)
        .where(progress.c.run_id == run_id)
        .order_by(progress.c.rank.desc())
    )
    return [PartOf(*row) for row in connection.execute(query)]


def created(connection: sa.Connection, run_id: int, part_id: int) -> Iterator[list[Creation]]:
    """What a run created in a part and is still there, newest first, streamed in batches."""
    ledger, row = tables.ledger, tables.row
    query = (
        sa.select(row.c.id, row.c.crm_id, row.c.crm_version, row.c.key)
        .join(ledger, sa.and_(ledger.c.row_id == row.c.id, ledger.c.crm_id == row.c.crm_id))
        .where(ledger.c.run_id == run_id, ledger.c.created, row.c.part_id == part_id)
        .order_by(row.c.id.desc())
    )
    with connection.execution_options(stream_results=True, max_row_buffer=BATCH).execute(query) as found:
        for piece in found.partitions(BATCH):
            yield [Creation(*line) for line in piece]


def forget(connection: sa.Connection, row_ids: Sequence[int]) -> None:
    """Rows whose record is gone: they know no CRM id any more, and those that were SUCCESS are NEW."""
    row = tables.row
    status = sa.case((row.c.status == tables.SUCCESS, tables.NEW), else_=row.c.status)
    ids = sa.any_(sa.literal(list(row_ids), sa.ARRAY(sa.BigInteger)))
    connection.execute(sa.update(row).values(status=status, crm_id=None, crm_version=None).where(row.c.id == ids))


def open_runs(connection: sa.Connection, source: str) -> list[int]:
    """Unfinished runs of a source."""
    run = tables.run
    return list(connection.execute(sa.select(run.c.id).where(run.c.source == source, run.c.state == "open")).scalars())


def mark(connection: sa.Connection, run_id: int, *, now: datetime) -> None:
    """The run counts as rolled back; nobody can join it any more."""
    run = tables.run
    ended = sa.func.coalesce(run.c.finished_at, now)
    connection.execute(sa.update(run).values(state="rolled back", finished_at=ended).where(run.c.id == run_id))
