"""A service desk with people who can be told something."""

import pytest

from tests.factories.cards import ServiceDesk, service_desk
from tests.factories.colleagues import Staff


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    return service_desk(database_url)


@pytest.fixture
def staff(desk: ServiceDesk) -> Staff:
    return Staff(desk.house)
