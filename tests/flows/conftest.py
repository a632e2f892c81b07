"""One Prefect server for all tests of flows, and one finished import to look at."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness
from psycopg import sql
from sqlalchemy import make_url

from caseline.sample import ExportSummary, write_export
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
    with _database(server.url, template) as url, _environment(CASELINE_DATABASE_URL=url):
        with watching(api) as progress:
            state = run(paths=[str(sample.folder)])
        yield Seen(sample, state, api.last_run(), progress)


@contextmanager
def _database(server_url: str, template: str) -> Iterator[str]:
    name = sql.Identifier(f"caseline_flows_{uuid4().hex[:12]}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template)))
        try:
            yield make_url(server_url).set(database=name.as_string().strip('"')).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


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
