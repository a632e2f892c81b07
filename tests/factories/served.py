"""A house on a database of the test's own, and a desk that is served from it: fixtures that two folders of tests share."""

import os
from collections.abc import Iterator
from typing import Final

import pytest

from caseline.actions.wiring import House, open_house
from caseline.settings import load
from caseline.web.desk.application import build
from tests.factories import pages
from tests.factories.slow_line import SlowLine

SLOW: Final = "TEST_SLOW_LINE"
"""Names a seed: every answer of the desk comes late by a time drawn from it. What a test does not wait for shows."""


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as opened:
        yield opened


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    application = build(house)
    if seed := os.environ.get(SLOW):
        application.add_middleware(SlowLine, seed=int(seed))
    with pages.listening_at(application) as address:
        yield address
