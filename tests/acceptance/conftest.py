"""What acceptance tests stand on: a server that really writes to disk, databases on it, exports with their truth."""

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from caseline.db import embedded, schema
from caseline.sample import write_export
from tests.factories import trials, verdict
from tests.factories.processes import Place
from tests.factories.trials import Disk, Export


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Make a short path, because sockets have short ones; open to the server's own user when the tests run as root."""
    made = Path(tempfile.mkdtemp(prefix="caseline-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def disk(folder: Path) -> Iterator[Disk]:
    """Start the server; queries are kept long enough to be told apart."""
    home = folder / "disk"
    server = embedded.ensure_running(home, settings={"track_activity_query_size": "16384"})
    try:
        with psycopg.connect(server.url, autocommit=True) as observer:
            safe = [observer.execute(f"SHOW {name}".encode()).fetchone() for name in ("fsync", "synchronous_commit")]
            assert safe == [("on",), ("on",)]
            made = Disk(home, server, observer)
            observer.execute(f"CREATE DATABASE {trials.TEMPLATE}".encode())
            schema.upgrade(made.url(trials.TEMPLATE))
            yield made
    finally:
        embedded.stop(home, mode="immediate")


@pytest.fixture
def place(disk: Disk) -> Iterator[Place]:
    """Make a fresh database on the server."""
    made = disk.make()
    yield made
    disk.drop(made)


@pytest.fixture
def own_home(folder: Path) -> Iterator[Place]:
    """Name a home with an embedded server of its own, which the test may kill."""
    home = folder / f"own-{uuid.uuid4().hex[:6]}"
    home.mkdir()
    yield Place(home)
    embedded.stop(home, mode="immediate")


@pytest.fixture(scope="session")
def export(folder: Path) -> Callable[[int], Export]:
    """Write sample exports of a number of cases, each once; cases with their histories and what they point at, no messages."""
    made: dict[int, Export] = {}

    def write(cases: int) -> Export:
        if cases not in made:
            here, truth = folder / f"export-{cases}", folder / f"truth-{cases}.jsonl"
            write_export(here, cases=cases, seed=20_261, messages=False, truth=truth)
            made[cases] = Export(here, truth, verdict.expected(here, truth))
        return made[cases]

    return write
