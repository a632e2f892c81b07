"""Desks on fresh databases: an empty one, and one with a small import that is copied for each test."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from caseline.db.embedded import Server
from tests.factories import imports
from tests.factories.checks import case, case_id, comment, export
from tests.factories.imports import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """A desk on a database of the test's own."""
    return imports.desk(database_url, tmp_path / "home")


@pytest.fixture(scope="session")
def original(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database into which three cases and a comment were imported; the value is its name."""
    folder = tmp_path_factory.mktemp("original")
    cases = [case(1), case(2, Status="Closed", ParentId=case_id(1)), case(3, Subject="Third")]
    with _copy(server, template) as (name, url):
        desk = imports.desk(url, folder / "home")
        desk.run(export(folder / "export", cases, [comment(1, 1)]))
        desk.house.engine.dispose()
        yield name


@pytest.fixture
def imported(server: Server, original: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk after that import."""
    with _copy(server, original) as (_, url):
        yield imports.desk(url, tmp_path / "home")


@contextmanager
def _copy(server: Server, template: str) -> Iterator[tuple[str, str]]:
    name = f"caseline_test_{uuid.uuid4().hex[:12]}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield name, make_url(server.url).set(database=name).render_as_string(hide_password=False)
    _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(server: Server, statement: str, *names: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
