"""What all these tests share: a store of files that others wrote, and passwords that are hashed quickly."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

if TYPE_CHECKING:
    from tests.factories.s3 import Store


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """A login is made and used in each test of a page; hashed as it is for people, that takes longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr("caseline.people.passwords._HASHER", quick)
        yield


@pytest.fixture(scope="session")
def _store() -> "Iterator[Store]":
    """One for the session, since its server keeps what it knows once a process."""
    from tests.factories import s3  # noqa: PLC0415 - takes seconds, and few tests need it

    with s3.running() as store:
        yield store


@pytest.fixture
def store(_store: "Store") -> "Store":
    """An empty bucket."""
    _store.clear()
    return _store
