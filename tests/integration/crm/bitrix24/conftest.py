"""A scripted portal and clients of it; the tests of a file share a database, whose tables are emptied for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.client import Portal
from caseline.db.embedded import Server
from caseline.db.engine import open_engine
from tests.factories import portals
from tests.factories.databases import copied
from tests.factories.portal_clock import Bench, bench
from tests.factories.portal_records import DEFINITIONS
from tests.factories.portals import Sandbox


@pytest.fixture(scope="module")
def shared_url(server: Server, template: str) -> Iterator[str]:
    """A database for the tests of a file: making one takes longer than most of them."""
    with copied(server.url, template) as url:
        yield url


@pytest.fixture
def table(shared_url: str) -> Iterator[Bench]:
    """Everything that a test of the client needs."""
    with bench(shared_url) as found:
        with found.engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE portal.pace, portal.operating"))
        yield found


@pytest.fixture
def portal(table: Bench) -> Iterator[Portal]:
    """A client with the options that most tests need."""
    with table.client() as client:
        yield client


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    """A database of the test's own."""
    return open_engine(database_url)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A portal that answers everything."""
    with portals.sandbox(tmp_path, "--no-limit") as found:
        yield found


@pytest.fixture
def crm(engine: sa.Engine, sandbox: Sandbox) -> Bitrix24Crm:
    """The adapter in front of it, ready for an import."""
    made = portals.crm(engine, sandbox.url, ceiling=0.1)
    with engine.begin() as connection:
        made.prepare(connection, DEFINITIONS)
    return made
