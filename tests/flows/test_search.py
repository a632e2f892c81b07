"""The flow `index-requests` on a database of the test's own."""

import pytest

from caseline.actions import search_requests
from flows.index_requests import index_requests
from tests.factories.cards import service_desk
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


def test_a_run_makes_requests_searchable_and_the_next_finds_nothing_to_do(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    desk = service_desk(database_url)
    card = desk.open("2026-06-01 10:00", description="Насос перегревается")

    index_requests()
    assert "1 of 1 request became searchable" in api.artifacts(api.last_run()["id"])["search-index"]
    index_requests()
    assert "Every request is searchable already" in api.artifacts(api.last_run()["id"])["search-index"]

    assert [found.id for found, _ in search_requests.search(desk.house, "насосы", limit=5).cards] == [card.id]
