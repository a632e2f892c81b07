"""Says who works on a run: every worker shares a lock on it, and whoever takes a run back needs it alone."""

from typing import Final

import sqlalchemy as sa

from staging import tables
from staging.faults import RunBusy

LOCKS: Final = 7_205_762
"""First half of the advisory locks' key; the second is the run's number."""


def join(connection: sa.Connection, run_id: int) -> None:
    """Take part in the work on a run for as long as the connection lives; the caller commits.

    Raises `RunBusy` when the run is being rolled back, or was.
    """
    shared = connection.execute(sa.select(sa.func.pg_try_advisory_lock_shared(LOCKS, run_id))).scalar_one()
    state = connection.execute(sa.select(tables.run.c.state).where(tables.run.c.id == run_id)).scalar_one()
    if not shared or state == "rolled back":
        raise RunBusy(f"run {run_id} is rolled back by somebody else: start the import again when that has ended")


def alone(connection: sa.Connection, run_ids: list[int]) -> bool:
    """Keep all workers out of these runs for as long as the connection lives; False when somebody works on one."""
    tries = (connection.execute(sa.select(sa.func.pg_try_advisory_lock(LOCKS, run_id))) for run_id in run_ids)
    return all(bool(answer.scalar_one()) for answer in tries)
