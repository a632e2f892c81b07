"""One Prefect server for all tests of flows, and one finished import to look at."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from caseline.sample import ExportSummary, write_export
from tests.factories.databases import copied
from tests.factories.flow_runs import Api, Seen, run, watching

if TYPE_CHECKING:
    from caseline.db.embedded import Server

CASES = 4_000


@pytest.fixture(scope="session")
def api() -> Iterator[Api]:
    """Prefect's server, started once: it makes its tables each time, which takes up to a minute."""
    with prefect_test_harness(server_startup_timeout=120):
        api = Api(str(PREFECT_API_URL.value()))
        yield api
        api.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> ExportSummary:
    return write_export(tmp_path_factory.mktemp("export") / "spring", cases=CASES, bad_share=0.01)


@pytest.fixture(scope="session")
def imported(api: Api, sample: ExportSummary, server: "Server", template: str) -> Iterator[Seen]:
    """The sample imported by the flow, in a database that stays as it is until the last test."""
    with copied(server.url, template) as url, _environment(CASELINE_DATABASE_URL=url):
        with watching(api) as progress:
            state = run(paths=[str(sample.folder)])
        yield Seen(sample, state, api.last_run(), progress)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
