"""A service desk whose requests can be searched."""

from collections.abc import Callable

import pytest

from caseline.actions import index_texts, search_requests
from caseline.actions.search_requests import Found
from tests.factories.cards import ServiceDesk, moscow, service_desk

NOW = moscow("2026-06-10 12:00")
Search = Callable[..., list[str]]


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    return service_desk(database_url)


@pytest.fixture
def ask(desk: ServiceDesk) -> Callable[[str], Found]:
    """Index what waits, then search."""

    def search(typed: str) -> Found:
        index_texts.index(desk.house, now=NOW)
        return search_requests.search(desk.house, typed, limit=50)

    return search


@pytest.fixture
def subjects(ask: Callable[[str], Found]) -> Search:
    """The subjects that are found, the newest first."""

    def search(typed: str) -> list[str]:
        return [card.subject for card, _shown in ask(typed).cards]

    return search
