"""A database server that dies in mid-run costs nothing but time."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from caseline.db import embedded
from tests.factories import processes, trials, verdict
from tests.factories.processes import COMMAND, Place, Process
from tests.factories.trials import Export

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
CASES = 20_000


def _kill(home: Path) -> None:
    pid = embedded.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def _stop_at_once(home: Path) -> None:
    assert embedded.stop(home, mode="immediate")


END = pytest.mark.parametrize("end", [_kill, _stop_at_once], ids=["killed", "stopped at once"])


@END
def test_an_import_ends_with_words_when_its_server_dies_and_goes_on_when_started_again(
    own_home: Place, export: Callable[[int], Export], end: Callable[[Path], None]
) -> None:
    sample = export(CASES)
    with processes.started(own_home, *_words(sample)) as process:
        _wait_for_half(own_home, process)
        end(own_home.home)
        done = processes.finish(process)
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    assert "database" in done.stderr, done.stderr
    assert "start" in done.stderr, done.stderr
    again = processes.run(own_home, *_words(sample))
    assert again.returncode == 3, again.stderr
    assert "resuming run 1" in again.stdout + again.stderr
    assert verdict.complaints(_url(own_home), sample.expected) == []


@END
def test_an_import_is_exact_when_its_server_dies_and_comes_back(
    own_home: Place, export: Callable[[int], Export], end: Callable[[Path], None]
) -> None:
    sample = export(CASES)
    with processes.started(own_home, processes.IN_BLOCKS, sample.folder, "700000", "2") as process:
        _wait_for_half(own_home, process)
        end(own_home.home)
        time.sleep(1)
        embedded.ensure_running(own_home.home)
        done = processes.finish(process)
    assert done.returncode == 0, done.stderr
    assert verdict.complaints(_url(own_home), sample.expected) == []


def _words(sample: Export) -> tuple[str | Path, ...]:
    return (*COMMAND, "import", sample.folder, "--mapping", "salesforce-sample", "--json")


def _url(place: Place) -> str:
    url = embedded.status(place.home).url
    assert url is not None
    return url


def _wait_for_half(place: Place, process: Process) -> None:
    """Wait until requests are being written."""
    query = """SELECT count(*) FROM staging.batch JOIN staging.part ON part.id = part_id
               WHERE name = 'request' AND done_at IS NOT NULL"""

    def half() -> bool:
        assert process.poll() is None, processes.finish(process)
        if not (place.home / "postgres").exists() or (url := embedded.status(place.home).url) is None:
            return False
        try:
            return bool(trials.value(Place(place.home, url), query))
        except psycopg.Error:
            return False  # no tables yet

    processes.wait_for(half, "half of the requests are imported", pause_s=0.1, patience_s=120)
