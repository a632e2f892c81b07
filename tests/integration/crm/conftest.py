"""A service desk on a database of the test's own."""

import pytest

from tests.factories import cards
from tests.factories.cards import ServiceDesk


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    """A desk with the shipped calendar, its stages and categories."""
    return cards.service_desk(database_url)
