"""A process that stands still past its lease loses its batch and its file to others, and does no harm when it wakes."""

from collections.abc import Callable

import pytest

from tests.factories import phases, processes, trials, verdict
from tests.factories.phases import Connection
from tests.factories.processes import Place, Process
from tests.factories.trials import Disk, Export

CASES = 2_000
LEASE = {"CASELINE_LEASE_SECONDS": "2"}
OUTCOME = """SELECT md5(concat(
    (SELECT string_agg(r::text, ',' ORDER BY id) FROM staging.row r),
    (SELECT string_agg(b::text, ',' ORDER BY id) FROM staging.batch b),
    (SELECT string_agg(f::text, ',' ORDER BY id) FROM staging.file f),
    (SELECT string_agg(l::text, ',' ORDER BY row_id) FROM staging.ledger l),
    (SELECT string_agg(c::text, ',' ORDER BY id) FROM crm.record c),
    (SELECT string_agg(e::text, ',' ORDER BY id) FROM crm.event e)))"""


def _converts(connection: Connection) -> bool:
    return connection.worker.startswith("converter") and connection.phase in {"convert", "write", "settle"}


def _loads(connection: Connection) -> bool:
    return connection.worker == "loader" and connection.state == "idle in transaction"


def _copies(connection: Connection) -> bool:
    return connection.worker == "loader" and connection.state == "active" and connection.query.startswith("COPY")


def _rests(connection: Connection) -> bool:
    return connection.worker == "loader" and connection.state == "idle" and connection.query.startswith("COMMIT")


@pytest.mark.parametrize(
    ("where", "block"),
    [
        pytest.param(_converts, 200_000, id="converter in its batch"),
        pytest.param(_loads, 100_000, id="loader between two statements", marks=pytest.mark.long),
        pytest.param(_copies, 8_000_000, id="loader in the middle of COPY"),
        pytest.param(_rests, 50_000, id="loader between two blocks", marks=pytest.mark.long),
    ],
)
def test_a_worker_that_wakes_after_its_lease_changes_nothing(
    disk: Disk, place: Place, export: Callable[[int], Export], where: Callable[[Connection], bool], block: int
) -> None:
    sample = export(CASES)
    words = (processes.IN_BLOCKS, sample.folder, str(block), "1")
    with processes.started(place, *words, **LEASE) as stale:
        _freeze(disk, place, stale, where)
        other = processes.run(place, *words, **LEASE)
        assert other.returncode == 0, other.stderr
        assert verdict.complaints(place.url or "", sample.expected) == []
        before = trials.value(place, OUTCOME)
        processes.wake(stale)
        woken = processes.finish(stale)
    assert woken.returncode == 0, woken.stderr
    assert trials.value(place, OUTCOME) == before
    assert verdict.complaints(place.url or "", sample.expected) == []


def _freeze(disk: Disk, place: Place, process: Process, where: Callable[[Connection], bool]) -> None:
    """Stop the process at a moment at which one of its connections is where we want it, and stays there."""
    database = trials.database_of(place)

    def caught() -> bool:
        assert process.poll() is None, "the import ended before it could be stopped at the right place"
        processes.stop(process)
        if _settled(disk, database, where):
            return True
        processes.wake(process)
        return False

    processes.wait_for(caught, "the import is where it is to be stopped", pause_s=0.02)


def _settled(disk: Disk, database: str, where: Callable[[Connection], bool]) -> bool:
    """Whether a connection is there now, and still is when the server has done what it was told before."""
    first = [connection for connection in phases.connections(disk.observer, database) if where(connection)]
    if not first:
        return False

    def waits_for_client() -> bool:
        query = """SELECT count(*) FROM pg_stat_activity
                   WHERE pid = %s AND wait_event_type IS DISTINCT FROM 'Client'"""
        return disk.observer.execute(query, [first[0].pid]).fetchone() == (0,)

    processes.wait_for(waits_for_client, "the server waits for the stopped process")
    return any(where(c) for c in phases.connections(disk.observer, database) if c.pid == first[0].pid)
