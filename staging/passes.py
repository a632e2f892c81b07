"""Ends parts and runs: what still waits gets another pass, what is finished is closed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from staging import batches, tables

LOADING, SECOND = 0, 2


@dataclass(frozen=True, slots=True)
class _Open:
    part_id: int
    rank: int
    turn: int


def advance(connection: sa.Connection, run_id: int, *, now: datetime, most: int | None = None) -> bool:
    """Plan the next pass of the first open part, or close it; False when others work on it or nothing is left.

    `most`: rows of a batch that is planned, see `batches.most`.
    """
    part = _first_open(connection, run_id)
    if part is None or _loading(connection, run_id, part) or _at_work(connection, run_id, part):
        return False
    turn = part.turn
    while turn < batches.FINAL_PASS:
        turn = SECOND if turn == LOADING else turn + 1
        again = batches.Turn(run_id, part.part_id, part.rank, turn)
        if batches.sweep(connection, again, wanted=tables.row.c.status == tables.NEW, most=most):
            _note(connection, run_id, part, turn=turn, closed_at=None)
            return True
    _close(connection, run_id, part, now)
    return True


def finish(connection: sa.Connection, run_id: int, *, now: datetime) -> bool:
    """Mark the run finished when all its parts are closed; False while something is open."""
    progress, run = tables.progress, tables.run
    still = sa.exists().where(progress.c.run_id == run_id, progress.c.closed_at.is_(None))
    done = (
        sa.update(run)
        .values(state="finished", finished_at=now)
        .where(run.c.id == run_id, run.c.state == "open", sa.not_(still))
    )
    connection.execute(done)
    return bool(connection.execute(sa.select(run.c.state).where(run.c.id == run_id)).scalar_one() != "open")


def _first_open(connection: sa.Connection, run_id: int) -> _Open | None:
    progress = tables.progress
    earlier = progress.alias("earlier")
    waiting = sa.exists().where(
        earlier.c.run_id == run_id, earlier.c.rank < progress.c.rank, earlier.c.closed_at.is_(None)
    )
    query = sa.select(progress.c.part_id, progress.c.rank, progress.c["pass"]).where(
        progress.c.run_id == run_id, progress.c.closed_at.is_(None), sa.not_(waiting)
    )
    found = connection.execute(query.with_for_update(skip_locked=True).limit(1)).one_or_none()
    return None if found is None else _Open(*found)


def _loading(connection: sa.Connection, run_id: int, part: _Open) -> bool:
    file = tables.file
    query = sa.exists().where(
        file.c.run_id == run_id,
        file.c.loaded_at.is_(None),
        sa.literal(part.part_id, sa.Integer) == sa.any_(file.c.parts),
    )
    return bool(connection.execute(sa.select(query)).scalar_one())


def _at_work(connection: sa.Connection, run_id: int, part: _Open) -> bool:
    batch = tables.batch
    query = sa.exists().where(batch.c.run_id == run_id, batch.c.part_id == part.part_id, batch.c.done_at.is_(None))
    return bool(connection.execute(sa.select(query)).scalar_one())


def _note(connection: sa.Connection, run_id: int, part: _Open, *, turn: int, closed_at: datetime | None) -> None:
    progress = tables.progress
    mine = sa.and_(progress.c.run_id == run_id, progress.c.part_id == part.part_id)
    connection.execute(sa.update(progress).values({"pass": turn, "closed_at": closed_at}).where(mine))


def _close(connection: sa.Connection, run_id: int, part: _Open, now: datetime) -> None:
    filtered, row, file = tables.filtered, tables.row, tables.file
    # A record that was filtered out by an earlier export and is wanted now counts once.
    mine = sa.select(file.c.id).where(file.c.run_id == run_id)
    wanted_now = sa.exists().where(
        row.c.part_id == filtered.c.part_id, row.c.key == filtered.c.key, row.c.file_id.in_(mine)
    )
    before = filtered.c.file_id.not_in(mine)
    connection.execute(sa.delete(filtered).where(filtered.c.part_id == part.part_id, before, wanted_now))
    _note(connection, run_id, part, turn=part.turn, closed_at=now)
