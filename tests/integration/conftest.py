"""A store of files that others wrote: one for the session, since its server keeps what it knows once a process."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories.s3 import Store


@pytest.fixture(scope="session")
def _store() -> "Iterator[Store]":
    from tests.factories import s3  # noqa: PLC0415 - takes seconds, and few tests need it

    with s3.running() as store:
        yield store


@pytest.fixture
def store(_store: "Store") -> "Store":
    """An empty bucket."""
    _store.clear()
    return _store
