"""A desk on a fresh database for each test."""

from pathlib import Path

import pytest

from tests.factories import imports
from tests.factories.imports import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """A desk on a database of the test's own."""
    return imports.desk(database_url, tmp_path / "home")
