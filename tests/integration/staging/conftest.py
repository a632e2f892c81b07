"""Desks to import at: one on a fresh database for each test, and one that the tests of a file share."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from caseline.db.embedded import Server
from tests.factories import imports
from tests.factories.imports import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """A desk on a database of the test's own."""
    return imports.desk(database_url, tmp_path)


@pytest.fixture(scope="module")
def shared_desk(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for tests that leave each other alone: each imports records of its own."""
    name = f"caseline_test_{uuid.uuid4().hex[:12]}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
    yield imports.desk(url, tmp_path_factory.mktemp("home"))
    _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(server: Server, statement: str, *names: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
