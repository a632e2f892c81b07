"""Four workers with homes of their own share a run; one stands still, one dies, the server restarts: nothing is amiss."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from caseline.db import embedded, schema
from tests.factories import processes, trials, verdict
from tests.factories.processes import Place
from tests.factories.trials import Export

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
CASES = 20_000
LEASE_S = 5
DONE = "SELECT count(*) FROM staging.batch WHERE done_at IS NOT NULL"


def test_a_run_of_four_workers_is_exact_whatever_becomes_of_them(
    own_home: Place, folder: Path, export: Callable[[int], Export]
) -> None:
    sample = export(CASES)
    server = embedded.ensure_running(own_home.home)
    schema.upgrade(server.url)
    place = Place(own_home.home, server.url)
    words = (processes.IN_BLOCKS, sample.folder, "200000", "1")
    with ExitStack() as stack:
        running = []
        for number in range(4):
            home = folder / f"worker-{own_home.home.name}-{number}"
            home.mkdir()
            started = processes.started(Place(home, server.url), *words, CASELINE_LEASE_SECONDS=str(LEASE_S))
            running.append(stack.enter_context(started))
        _wait(place, 4)
        standing, dying, *living = running
        processes.stop(standing)
        dying.kill()
        dying.wait()
        _wait(place, 12)
        embedded.stop(own_home.home, mode="immediate")
        time.sleep(1)
        embedded.ensure_running(own_home.home)
        done = [processes.finish(process) for process in living]
        assert [process.returncode for process in done] == [0, 0], [process.stderr for process in done]
        assert verdict.complaints(server.url, sample.expected) == []
        before = trials.value(place, _OUTCOME)
        processes.wake(standing)
        processes.finish(standing)
    assert trials.value(place, _OUTCOME) == before
    assert verdict.complaints(server.url, sample.expected) == []


_OUTCOME = """SELECT md5(concat(
    (SELECT string_agg(r::text, ',' ORDER BY id) FROM staging.row r),
    (SELECT string_agg(l::text, ',' ORDER BY row_id) FROM staging.ledger l),
    (SELECT string_agg(c::text, ',' ORDER BY id) FROM crm.record c),
    (SELECT string_agg(e::text, ',' ORDER BY id) FROM crm.event e)))"""


def _wait(place: Place, batches: int) -> None:
    """Wait until so many batches are done."""

    def there() -> bool:
        try:
            return bool(trials.value(place, DONE) >= batches)
        except psycopg.Error:
            return False

    processes.wait_for(there, f"{batches} batches are done", pause_s=0.1, patience_s=240)
