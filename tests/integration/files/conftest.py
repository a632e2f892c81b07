"""A database of the test's own, and a store of others."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from tests.factories import s3
from tests.factories.s3 import Store


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _store() -> Iterator[Store]:
    with s3.running() as store:
        yield store


@pytest.fixture
def store(_store: Store) -> Store:
    """An empty bucket."""
    _store.clear()
    return _store
