"""What runs did: which there were, how long their parts took, what still stands before them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from staging import reconvert, tables

PAUSE: Final = timedelta(minutes=5)
"""When nothing was finished for so long, nobody was at work: the time does not count."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run and what came of it: `settled` rows, `failed` ones among them; those that were refused on reading, too."""

    id: int
    source: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    settled: int
    failed: int
    created: int
    """Records that it made in the CRM and that stand in its ledger."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a part had its turn in a run, and the rows settled in that time."""

    seconds: float
    settled: int

    @property
    def per_second(self) -> float:
        """Rows settled in a second; 0 when the time is too short to say."""
        return self.settled / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file of a run; `read` records of it are loaded."""

    name: str
    sha256: str
    read: int
    loaded: bool


def runs(connection: sa.Connection, *, limit: int = 5, run_id: int | None = None) -> list[Run]:
    """The newest runs, newest first; or the one of this number."""
    run, batch, ledger = tables.run, tables.batch, tables.ledger
    done = sa.func.coalesce(sa.func.sum(batch.c.success + batch.c.failed), 0)
    settled = sa.select(done).where(batch.c.run_id == run.c.id).scalar_subquery()
    failed = sa.select(sa.func.coalesce(sa.func.sum(batch.c.failed), 0)).where(batch.c.run_id == run.c.id)
    created = sa.select(sa.func.count()).where(ledger.c.run_id == run.c.id, ledger.c.created)
    numbers = (settled, failed.scalar_subquery(), created.scalar_subquery())
    query = sa.select(run.c.id, run.c.source, run.c.state, run.c.started_at, run.c.finished_at, *numbers)
    wanted = sa.true() if run_id is None else run.c.id == run_id
    found = [Run(*row) for row in connection.execute(query.where(wanted).order_by(run.c.id.desc()).limit(limit))]
    refused = _refused_on_reading(connection, [one.id for one in found])
    return [
        replace(one, settled=one.settled + refused.get(one.id, 0), failed=one.failed + refused.get(one.id, 0))
        for one in found
    ]


def _refused_on_reading(connection: sa.Connection, run_ids: Sequence[int]) -> dict[int, int]:
    """By run the rows of its files that no batch has taken up: damaged records, duplicates, records without a key.

    Each kind has an index of its own to be found by.
    """
    row, file = tables.row, tables.file
    first = row.c.duplicate_of.is_(None)
    without_key = sa.and_(row.c.key.is_(None), first, row.c.payload.is_not(None))
    kinds = (row.c.payload.is_(None), sa.not_(first), sa.and_(without_key, row.c.part_id == sa.any_(file.c.parts)))
    each = [
        sa.select(file.c.run_id, row.c.id)
        .join(file, file.c.id == row.c.file_id)
        .where(file.c.run_id.in_(run_ids), row.c.status == tables.FAILED, kind)
        for kind in kinds
    ]
    found = sa.union(*each).subquery()
    query = sa.select(found.c.run_id, sa.func.count()).group_by(found.c.run_id)
    return {number: count for number, count in connection.execute(query)}  # noqa: C416 - rows are no tuples


def paces(connection: sa.Connection, run_id: int) -> dict[str, Pace]:
    """Pace of each part of a run, in the order of import.

    A part's time goes from the end of the part before it (the start of the run, for the first) to the end of its own
    last batch; reading ahead for later parts happens inside it. Pauses longer than `PAUSE` are left out.
    """
    run, batch, part = tables.run, tables.batch, tables.part
    started = connection.execute(sa.select(run.c.started_at).where(run.c.id == run_id)).scalar_one()
    done = (
        sa.select(part.c.name, batch.c.done_at, batch.c.success + batch.c.failed)
        .join(part, part.c.id == batch.c.part_id)
        .where(batch.c.run_id == run_id, batch.c.done_at.is_not(None))
        .order_by(batch.c.rank, batch.c.done_at)
    )
    found: dict[str, Pace] = {}
    before: datetime = started
    for name, ended, settled in connection.execute(done):
        spent = max(ended - before, timedelta(0))
        counted = spent.total_seconds() if spent < PAUSE else 0.0
        last = found.get(name, Pace(0, 0))
        found[name] = Pace(last.seconds + counted, last.settled + settled)
        before = max(before, ended)
    return found


def files(connection: sa.Connection, run_id: int) -> list[FileOf]:
    """The files that a run loads; those that an earlier run has loaded are not among them."""
    file = tables.file
    query = sa.select(file.c.name, file.c.sha256, file.c.read, file.c.loaded_at.is_not(None))
    return [FileOf(*row) for row in connection.execute(query.where(file.c.run_id == run_id).order_by(file.c.id))]


def tried_again(connection: sa.Connection, run_id: int) -> int:
    """Rows of earlier runs, NEW or FAILED, that a run still has to try; those that it converts once more aside."""
    row, batch = tables.row, tables.batch
    planned = sa.exists().where(
        batch.c.run_id == run_id,
        batch.c.retry,
        batch.c.done_at.is_(None),
        batch.c.part_id == row.c.part_id,
        batch.c.layout_id == row.c.layout_id,
        row.c.id.between(batch.c.first_id, batch.c.last_id),
    )
    open_row = sa.and_(row.c.status != tables.SUCCESS, row.c.key.is_not(None), row.c.duplicate_of.is_(None))
    query = sa.select(sa.func.count()).where(open_row, row.c.payload.is_not(None), planned)
    return int(connection.execute(query.where(sa.not_(reconvert.waiting(connection, run_id)))).scalar_one())
