"""A database of the test's own."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()
