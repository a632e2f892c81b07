"""A desk that is served, and a browser in front of it."""

from collections.abc import Iterator

import pytest

from tests.factories.pages import Browser
from tests.factories.served import desk, house

__all__ = ["desk", "house"]


@pytest.fixture
def browser(desk: str) -> Iterator[Browser]:
    made = Browser(desk)
    yield made
    made.client.close()
