"""Drives an import: one loader beside several converters, until everything is settled or the budget is used up."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from caseline.crm.port import Crm, TryLater
from staging import batches, blocks, convert, landing, leased, links, loading, passes, places, plan, presence
from staging.convert import Tally
from staging.faults import DatabaseLost, DiskFull
from staging.mapping import Mapping
from staging.register import Options
from staging.statements import Prepared
from staging.survey import Found

PATIENCE: Final = 12
"""Tries in a row before a worker gives up; the pauses between them grow to 5 s, about 40 s in all."""
IDLE: Final = 0.02
LONGEST_IDLE: Final = 0.25


@dataclass(frozen=True)
class Job:
    """What the workers of one process work on."""

    engine: sa.Engine
    crm: Crm
    mapping: Mapping
    options: Options
    run_id: int
    ids: dict[str, int]
    found: tuple[Found, ...]
    workers: int = 2
    owner: str = "local"
    lease_seconds: int = 120
    block_size: int = blocks.SIZE
    """Bytes of a file that are loaded in one transaction, into one batch."""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class _Shared:
    """What the threads of a process have in common."""

    def __init__(self, budget: int | None) -> None:
        self.stop = threading.Event()
        self.failure: BaseException | None = None
        self.settled = 0
        self.finished = False
        self._budget = budget
        self._lock = threading.Lock()

    def add(self, tally: Tally) -> None:
        with self._lock:
            self.settled += tally.success + tally.failed
            if self._budget is not None and self.settled >= self._budget:
                self.stop.set()

    def fail(self, error: BaseException) -> None:
        with self._lock:
            self.failure = self.failure or error
        self.stop.set()


def work(job: Job, *, budget: int | None = None, watch: Callable[[], None] | None = None, every: float = 0.25) -> bool:
    """Work until the run is finished (True) or about `budget` rows are settled (False).

    `watch` is called in this thread every `every` seconds. What fails in a worker is raised here when all have stopped.
    """
    shared = _Shared(budget)
    threads = [threading.Thread(target=_guarded, args=(job, shared, _load), name="loader")]
    threads += [
        threading.Thread(target=_guarded, args=(job, shared, _convert), name=f"converter-{n}")
        for n in range(1, 1 + (1 if job.crm.in_order else job.workers))
    ]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(every if watch else IDLE)
            if watch:
                watch()
    finally:
        # Ctrl-C and a failing watcher end here too: batches under way are finished or rolled back.
        shared.stop.set()
        for thread in threads:
            thread.join()
    if shared.failure is not None:
        raise shared.failure
    return shared.finished


def _guarded(job: Job, shared: _Shared, body: "Callable[[Job, _Shared, sa.Connection], None]") -> None:
    """Run a worker's loop; a lost connection or a conflict is tried again with a new connection, for a while."""
    tries = 0
    while not shared.stop.is_set():
        before = shared.settled
        try:
            with job.engine.connect() as connection:
                _set_up(connection, job)
                body(job, shared, connection)
                return
        # The server's farewell to a worker that stood still in its transaction counts as an internal error.
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, TryLater) as error:
            tries = 1 if shared.settled > before else tries + 1
            fatal = _fatal(error, tries)
            if fatal is not None:
                shared.fail(fatal)
                return
            shared.stop.wait(min(0.1 * 2**tries, 5))
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            shared.fail(error)
            return


def _fatal(error: Exception, tries: int) -> Exception | None:
    """What cannot be cured by waiting, in words with the remedy."""
    original = getattr(error, "orig", None)
    if isinstance(original, psycopg.errors.DiskFull):
        return DiskFull(
            f"the database server has no room left ({original.diag.message_primary}):"
            " free space, then start the import again; it goes on where it stopped"
        )
    if tries >= PATIENCE:
        if isinstance(error, TryLater):
            return error
        return DatabaseLost(
            f"the database does not answer any more ({str(original or error).splitlines()[0]}):"
            " start it, then start the import again; it goes on where it stopped"
        )
    return None


def _set_up(connection: sa.Connection, job: Job) -> None:
    driver = connection.connection.driver_connection
    if driver is not None:
        places.register(driver)
    settings = {
        # So that whoever looks at the server's activity sees who does what.
        "application_name": f"caseline {threading.current_thread().name}",
        # A worker that was stopped in mid-transaction must not hold its batch for ever.
        "idle_in_transaction_session_timeout": str(job.lease_seconds * 1000),
    }
    for name, value in settings.items():
        connection.execute(sa.select(sa.func.set_config(name, value, sa.false())))
    presence.join(connection, job.run_id)
    connection.commit()


def _load(job: Job, shared: _Shared, connection: sa.Connection) -> None:
    while not shared.stop.is_set():
        with connection.begin():
            left = loading.unloaded(connection, job.run_id, list(job.found))
        if not left:
            return
        taken = False
        for file in left:
            with connection.begin():
                locked = loading.try_lock(connection, file.id)
            if locked:
                taken = True
                _load_file(job, shared, connection, file)
        if not taken:
            shared.stop.wait(LONGEST_IDLE)


def _load_file(job: Job, shared: _Shared, connection: sa.Connection, file: loading.Open) -> None:
    reading = loading.Reading(job.run_id, job.mapping, job.ids, file, batches.most(job.crm))
    # Where no batch is made of a whole block, the first rows should be ready soon.
    first = job.block_size if job.crm.shares_transaction else min(job.block_size, blocks.SMALL)
    with connection.begin():
        current = loading.refresh(connection, reading)
    if current is not None:
        with loading.cutter(current, size=first) as cutter:
            while not shared.stop.is_set() and (block := cutter.next()) is not None:
                with connection.begin():
                    used = loading.take(connection, current, block)
                cutter.size = min(2 * cutter.size, job.block_size)
                cutter.used(block, used)
            if not shared.stop.is_set():
                with connection.begin():
                    loading.ended(connection, current, now=job.clock())
    with connection.begin():
        loading.unlock(connection, file.id)


def _convert(job: Job, shared: _Shared, connection: sa.Connection) -> None:
    plans = Plans(job)
    move = _move_shared if job.crm.shares_transaction else leased.move_next
    idle = 0
    while not shared.stop.is_set():
        tally = move(job, connection, plans)
        if tally is not None:
            shared.add(tally)
            idle = 0
            continue
        with connection.begin():
            advanced = passes.advance(connection, job.run_id, now=job.clock(), most=batches.most(job.crm))
            shared.finished = passes.finish(connection, job.run_id, now=job.clock())
        if shared.finished:
            return
        idle = 0 if advanced else idle + 1
        if idle:
            with connection.begin():
                presence.end_silent(connection, job.run_id, seconds=job.lease_seconds)
        # Asking costs the database something: whoever waits for the loader asks less and less often.
        shared.stop.wait(min(IDLE * idle, LONGEST_IDLE))


def _move_shared(job: Job, connection: sa.Connection, plans: "Plans") -> Tally | None:
    with connection.begin():
        batch = batches.claim_locked(connection, job.run_id)
        if batch is None:
            return None
        prepared = plans.of(connection, batch)
        tally = convert.move(connection, prepared, batch, job.crm, overwrite=job.options.overwrite)
        batches.finish(connection, batch, now=job.clock(), counts=(tally.success, tally.failed, tally.deferred))
    return tally


class Plans:
    """The plans of one connection, made when first needed together with their temporary table."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._names = {number: name for name, number in job.ids.items()}
        self._known: dict[tuple[int, int, bool], Prepared] = {}

    def of(self, connection: sa.Connection, batch: batches.Batch) -> Prepared:
        """The plan for a batch's part and layout."""
        key = (batch.part_id, batch.layout_id, batch.dense)
        if key not in self._known:
            job = self._job
            layout = landing.load(connection, batch.layout_id)
            # What a part refers to is closed before its turn, so the counts stay.
            small = links.small_parts(connection, job.ids.values()) if batch.dense else frozenset()
            around = plan.Surroundings(job.ids, job.crm, dense=batch.dense, small=small)
            made = plan.build(job.mapping, self._names[batch.part_id], layout, around)
            self._known[key] = Prepared(made)
        # Each time: the transaction that made the table may have been rolled back.
        connection.execute(CreateTable(self._known[key].plan.take, if_not_exists=True))
        return self._known[key]
