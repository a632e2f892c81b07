"""Desks on fresh databases: an empty one, and one with a small import that is copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caseline.db.embedded import Server
from tests.factories import imports
from tests.factories.checks import case, case_id, comment, export
from tests.factories.databases import copied, name_of
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
    with copied(server.url, template) as url:
        desk = imports.desk(url, folder / "home")
        desk.run(export(folder / "export", cases, [comment(1, 1)]))
        desk.house.engine.dispose()
        yield name_of(url)


@pytest.fixture
def imported(server: Server, original: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk after that import."""
    with copied(server.url, original) as url:
        yield imports.desk(url, tmp_path / "home")
