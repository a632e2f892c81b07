"""Ranges of staging rows: planned, claimed and finished."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.port import Crm
from staging import tables

SIZE: Final = 5_000
"""Rows of a batch in later passes: small enough that a few thousand rows keep more than one worker busy."""
FINAL_PASS: Final = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """A claimed range."""

    id: int
    run_id: int
    part_id: int
    layout_id: int
    turn: int
    first_id: int
    last_id: int
    retry: bool
    """FAILED rows of the range are tried too."""
    retry_code: str | None
    """Only those of them that have this error."""
    fence: int
    attempt_started: datetime | None

    @property
    def final(self) -> bool:
        """The pass in which what waits for each other is resolved or fails."""
        return self.turn == FINAL_PASS

    @property
    def dense(self) -> bool:
        """The rows of a loaded block, whose source texts lie side by side; other batches may pick theirs anywhere."""
        return self.turn == 1 and not self.retry

    @property
    def parameters(self) -> dict[str, Any]:
        """What a statement needs to find the open rows of the batch."""
        names = ("first_id", "last_id", "retry", "retry_code")
        return {name: getattr(self, name) for name in names}


NO_CODE: Final = ""
"""For `Retry`: no row has such an error."""


@dataclass(frozen=True, slots=True)
class Retry:
    """FAILED rows are tried again, all or those with an error of `code`."""

    code: str | None = None


_COLUMNS = (
    tables.batch.c.id,
    tables.batch.c.run_id,
    tables.batch.c.part_id,
    tables.batch.c.layout_id,
    tables.batch.c["pass"],
    tables.batch.c.first_id,
    tables.batch.c.last_id,
    tables.batch.c.retry,
    tables.batch.c.retry_code,
    tables.batch.c.fence,
    tables.batch.c.attempt_started,
)


def claim_locked(connection: sa.Connection, run_id: int) -> Batch | None:
    """The next batch whose turn it is, locked until the caller's transaction ends; None when all are taken or done."""
    row = connection.execute(_next(run_id).with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else Batch(*row)


def claim_leased(connection: sa.Connection, run_id: int, *, owner: str, now: datetime, until: datetime) -> Batch | None:
    """The next batch nobody holds, leased to `owner` with a higher fence; the caller commits."""
    batch = tables.batch
    free = sa.or_(batch.c.until.is_(None), batch.c.until <= now)
    chosen = connection.execute(_next(run_id).where(free).with_for_update(skip_locked=True)).one_or_none()
    if chosen is None:
        return None
    leased = sa.update(batch).values(owner=owner, until=until, fence=batch.c.fence + 1).where(batch.c.id == chosen.id)
    fence = connection.execute(leased.returning(batch.c.fence)).scalar_one()
    return replace(Batch(*chosen), fence=fence)


def hold(connection: sa.Connection, batch: Batch, **changes: datetime | None) -> bool:
    """Change the lease (until, attempt_started) if `batch` is still ours; False for a stale worker."""
    table = tables.batch
    mine = sa.and_(table.c.id == batch.id, table.c.fence == batch.fence, table.c.done_at.is_(None))
    return connection.execute(sa.update(table).values(**changes).where(mine)).rowcount == 1


def finish(connection: sa.Connection, batch: Batch, *, now: datetime, counts: tuple[int, int, int]) -> bool:
    """Mark done with (success, failed, deferred); False when a stale worker tries."""
    table = tables.batch
    success, failed, deferred = counts
    mine = sa.and_(table.c.id == batch.id, table.c.fence == batch.fence, table.c.done_at.is_(None))
    values = {"done_at": now, "owner": None, "until": None, "success": success, "failed": failed, "deferred": deferred}
    return connection.execute(sa.update(table).values(values).where(mine)).rowcount == 1


def most(crm: Crm) -> int | None:
    """Rows that a batch for this CRM has at most; None: as many as a block of a file has.

    Where a batch is one transaction of ours, a large one is cheap. A CRM over the network takes seconds for each call,
    and a worker that has come late finds nothing to do where few batches hold all rows.
    """
    return None if crm.shares_transaction else crm.at_once


def add(connection: sa.Connection, rows: Sequence[dict[str, object]]) -> None:
    """New batches; keys are the table's columns."""
    if rows:
        connection.execute(sa.insert(tables.batch), rows)


@dataclass(frozen=True, slots=True)
class Turn:
    """A pass of a run over one part."""

    run_id: int
    part_id: int
    rank: int
    number: int
    """1 = while files are loaded, up to `FINAL_PASS`."""


def sweep(
    connection: sa.Connection,
    turn: Turn,
    *,
    wanted: sa.ColumnElement[bool],
    retry: Retry | None = None,
    most: int | None = None,
) -> int:
    """Batches over all rows of the part that are `wanted` and in no open batch; answers how many rows.

    `most`: rows of a batch, see the function of this name.
    """
    row, batch = tables.row, tables.batch
    size = 2**62 if turn.number == FINAL_PASS else most or SIZE
    # A row that another open batch of this run will take is not planned twice.
    open_batch = sa.exists().where(
        batch.c.run_id == turn.run_id,
        batch.c.part_id == turn.part_id,
        batch.c.done_at.is_(None),
        row.c.id.between(batch.c.first_id, batch.c.last_id),
        batch.c.layout_id == row.c.layout_id,
    )
    number = sa.func.row_number().over(partition_by=row.c.layout_id, order_by=row.c.id)
    rows = (
        sa.select(row.c.id, row.c.layout_id, ((number - 1) // sa.literal(size, sa.BigInteger)).label("piece"))
        .where(row.c.part_id == turn.part_id, wanted, sa.not_(open_batch))
        .subquery()
    )
    pieces = (
        sa.select(rows.c.layout_id, sa.func.min(rows.c.id), sa.func.max(rows.c.id), sa.func.count())
        .group_by(rows.c.layout_id, rows.c.piece)
        .order_by(sa.func.min(rows.c.id))
    )
    found = connection.execute(pieces).all()
    add(
        connection,
        [
            {
                "run_id": turn.run_id,
                "part_id": turn.part_id,
                "layout_id": layout,
                "rank": turn.rank,
                "pass": turn.number,
                "first_id": first,
                "last_id": last,
                "retry": retry is not None,
                "retry_code": None if retry is None else retry.code,
            }
            for layout, first, last, _ in found
        ],
    )
    return sum(count for *_, count in found)


def _next(run_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Open batches whose part has its turn: everything of lower rank is closed.

    Rows that are tried again wait until the part's files are loaded: a file may bring their mended form.
    """
    batch, progress, file = tables.batch, tables.progress, tables.file
    earlier = sa.exists().where(
        progress.c.run_id == batch.c.run_id, progress.c.rank < batch.c.rank, progress.c.closed_at.is_(None)
    )
    loading = sa.exists().where(
        file.c.run_id == batch.c.run_id, file.c.loaded_at.is_(None), batch.c.part_id == sa.any_(file.c.parts)
    )
    return (
        sa.select(*_COLUMNS)
        .where(
            batch.c.run_id == run_id,
            batch.c.done_at.is_(None),
            sa.not_(earlier),
            sa.not_(sa.and_(batch.c.retry, loading)),
        )
        .order_by(batch.c.rank, batch.c.id)
        .limit(1)
    )
