"""A house on a database of the test's own, and a desk that is served from it: fixtures that two folders of tests share."""

from collections.abc import Iterator

import pytest

from caseline.actions.wiring import House, open_house
from caseline.settings import load
from tests.factories import pages


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as opened:
        yield opened


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    with pages.served(house) as address:
        yield address
