"""A house on a database of the test's own with a mail server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caseline.db.engine import open_engine
from tests.factories.mail_server import running
from tests.factories.post import Post


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    """Run a server that takes everything."""
    with running() as server:
        engine = open_engine(database_url)
        yield Post(database_url, engine, server)
        engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder for certificates."""
    made = tmp_path / "certificates"
    made.mkdir()
    return made
