"""The flows about keywords on a database of the test's own."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from pydantic import ValidationError

from caseline.actions import sort_requests
from flows import on_dask
from flows.categorise_requests import categorise_requests
from flows.evaluate_keywords import evaluate_keywords
from flows.keyword_options import LearnOptions, SortOptions
from flows.learn_keywords import learn_keywords
from keywords.entries import Entry
from tests.factories import checks, pages
from tests.factories.cards import ServiceDesk, service_desk
from tests.factories.flow_runs import Api, run

pytestmark = pytest.mark.prefect


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> ServiceDesk:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    made = service_desk(database_url)
    made.category("returns", 24)
    made.category("repair", 48)
    return made


def artifacts(api: Api) -> dict[str, Any]:
    return api.artifacts(api.last_run()["id"])


def test_requests_are_sorted_on_demand_and_a_second_run_finds_nothing_to_do(api: Api, desk: ServiceDesk) -> None:
    desk.open("2026-06-08 10:00", description="возврат")
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"))

    categorise_requests(SortOptions())
    assert "Keywords gave a category to 1 of 1 request without one" in artifacts(api)["keywords-sorted"]
    pages.dictionary(desk.house, Entry("возвраты", 70, "repair"))
    categorise_requests(SortOptions(again_since=date(2026, 1, 1), again_until=date(2026, 6, 7)))
    assert "Of 0 requests that keywords had sorted before" in artifacts(api)["keywords-sorted"]
    categorise_requests(SortOptions(again_since=date(2026, 6, 8), again_until=date(2026, 6, 8)))

    assert "1 have another category now" in artifacts(api)["keywords-sorted"]
    assert desk.query("SELECT category FROM crm.record") == [("repair",)]


@pytest.mark.parametrize(
    "days",
    [
        {"again_since": "2026-02-30"},
        {"again_until": "2026-02-01"},
        {"again_since": "2026-02-02", "again_until": "2026-02-01"},
    ],
)
def test_days_that_are_no_period_are_refused_before_anything_runs(days: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SortOptions.model_validate(days)


def test_an_import_sorts_what_it_brings_and_says_so(api: Api, desk: ServiceDesk, tmp_path: Path) -> None:
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"))
    folder = checks.export(tmp_path / "export", [checks.case(1, Description="Прошу возврат"), checks.case(2)])

    state = run(paths=[str(folder)], mapping="salesforce")

    assert state.is_completed()
    assert desk.query("SELECT category, category_by FROM crm.record ORDER BY origin") == [
        ("returns", "keywords"),
        (None, None),
    ]
    assert "Keywords gave a category to 1 of 2 requests without one" in api.our_lines(api.last_run()["id"])


def test_what_is_learned_is_a_draft_and_what_is_judged_is_shown(api: Api, desk: ServiceDesk) -> None:
    for number in range(10, 40):
        desk.open(f"2026-06-08 10:{number}", description=f"прошу возврат денег {number}", category="returns")
        desk.open(f"2026-06-08 10:{number}", description=f"нужен ремонт щитка {number}", category="repair")

    learn_keywords(LearnOptions(entries_per_category=2))
    assert "They are draft 1" in artifacts(api)["keywords-learned"]
    assert desk.query("SELECT count(*) FROM keywords.entry") == [(0,)]

    pages.dictionary(desk.house, Entry("возврат", 60, "returns"), Entry("ремонт", 60, "repair"))
    evaluate_keywords()

    page = artifacts(api)["keywords-quality"]
    assert "| 100.0% | 100.0% |" in page
    assert "data:image/svg+xml;base64," in page


@pytest.fixture
def cluster() -> Iterator[str]:
    """Two Dask workers, processes of their own on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as made:  # type: ignore[no-untyped-call]
        yield made.scheduler_address


def test_an_archive_is_sorted_and_learned_from_on_two_dask_workers(
    api: Api, desk: ServiceDesk, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del api  # runs need a server
    monkeypatch.setattr(sort_requests, "PART", 5)
    for number in range(10, 40):
        desk.open(f"2026-06-08 10:{number}", description=f"прошу возврат денег {number}")
        desk.open(f"2026-06-08 10:{number}", description=f"нужен ремонт щитка {number}", category="repair")
        desk.open(f"2026-06-08 10:{number}", description=f"верните деньги {number}", category="returns")
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"))
    monkeypatch.setenv("CASELINE_DASK", cluster)

    categorise_requests(SortOptions())

    assert desk.query("SELECT category, count(*) FROM crm.record GROUP BY 1 ORDER BY 1") == [
        ("repair", 30),
        ("returns", 60),
    ]
    with Client(cluster) as client:  # type: ignore[no-untyped-call]
        houses = client.run(opened)
    assert list(houses.values()) == [1, 1]
    ((before,),) = desk.query("SELECT count(*) FROM keywords.draft")
    learn_keywords(LearnOptions())
    assert desk.query("SELECT count(*) FROM keywords.draft") == [(before + 1,)]


def opened() -> int:
    """How many houses a process of the cluster has opened."""
    return on_dask._house.cache_info().currsize
