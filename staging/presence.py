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


def end_silent(connection: sa.Connection, run_id: int, *, seconds: int) -> None:
    """End the connections of workers of a run from which the server has waited for a word longer than `seconds`.

    A process that was stopped holds the file that it reads for as long as its connection lives, and no timeout of
    PostgreSQL ends a connection that is silent in the middle of a COPY. A converter between two transactions holds
    nothing that others need: it waits for the CRM.
    """
    connection.execute(_END_SILENT, {"locks": LOCKS, "run": run_id, "seconds": seconds})


_END_SILENT: Final = sa.text("""
SELECT pg_terminate_backend(worker.pid) FROM pg_locks presence JOIN pg_stat_activity worker USING (pid)
WHERE presence.locktype = 'advisory' AND presence.classid = :locks AND presence.objid = :run
  AND presence.database = worker.datid AND worker.datname = current_database() AND worker.usename = current_user
  AND worker.wait_event_type = 'Client' AND worker.state_change < clock_timestamp() - make_interval(secs => :seconds)
  AND NOT (worker.state = 'idle' AND starts_with(worker.application_name, 'caseline converter'))
""")
