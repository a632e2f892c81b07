"""Takes a run back in the staging tables: what it created, row by row, newest first, and the rows made NEW again."""

from collections.abc import Iterator, Mapping, Sequence
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
    source: str


def parts(connection: sa.Connection, run_id: int) -> list[PartOf]:
    """Parts of a run, last imported first: what points at others goes before them."""
    part, progress = tables.part, tables.progress
    query = (
        sa.select(part.c.id, part.c.name, part.c.entity, part.c.source)
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


def is_latest(connection: sa.Connection, run_id: int) -> bool:
    """Whether no later run of its source has begun, which would take up what this one has left."""
    run, later = tables.run, tables.run.alias("later")
    found = sa.exists().where(later.c.source == run.c.source, later.c.id > run.c.id)
    return bool(connection.execute(sa.select(sa.not_(found)).where(run.c.id == run_id)).scalar_one())


def attempted(connection: sa.Connection, run_id: int, part_id: int) -> Iterator[dict[str, int]]:
    """Rows by key of which the run may have sent something before it died, and that no CRM id is known of; streamed."""
    row, batch = tables.row, tables.batch
    in_doubt = sa.exists().where(
        batch.c.run_id == run_id,
        batch.c.part_id == part_id,
        batch.c.layout_id == row.c.layout_id,
        row.c.id.between(batch.c.first_id, batch.c.last_id),
        batch.c.attempt_started.is_not(None),
        batch.c.done_at.is_(None),
    )
    unknown = sa.and_(row.c.part_id == part_id, row.c.crm_id.is_(None), row.c.key.is_not(None))
    query = sa.select(row.c.key, row.c.id).where(unknown, row.c.duplicate_of.is_(None), in_doubt)
    with connection.execution_options(stream_results=True, max_row_buffer=BATCH).execute(query) as found:
        for piece in found.partitions(BATCH):
            yield {line.key: line.id for line in piece}


def own(connection: sa.Connection, run_id: int, part: PartOf, found: Mapping[int, int]) -> None:
    """The run has made these records (row id to CRM id) and died before it could note it; other rows' stay theirs."""
    row, of = tables.row, tables.part
    kin = sa.select(of.c.id).where(of.c.source == part.source, of.c.entity == part.entity)
    ids = sa.any_(sa.literal(list(found.values()), sa.ARRAY(sa.BigInteger)))
    query = sa.select(row.c.crm_id).where(row.c.part_id.in_(kin), row.c.crm_id == ids)
    others = set(connection.execute(query).scalars())
    new = [{"number": row_id, "made": crm_id} for row_id, crm_id in found.items() if crm_id not in others]
    if new:
        success = sa.update(row).values(status=tables.SUCCESS, errors=None, crm_id=sa.bindparam("made"), crm_version=1)
        connection.execute(success.where(row.c.id == sa.bindparam("number")), new)
        told = {"run_id": run_id, "created": True, "version": 1}
        connection.execute(
            sa.insert(tables.ledger), [{**told, "row_id": one["number"], "crm_id": one["made"]} for one in new]
        )


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
