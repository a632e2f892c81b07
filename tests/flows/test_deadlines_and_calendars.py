"""The flows `watch-deadlines` and `refresh-calendars` on a database of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from caseline.text_files.faults import FileFault
from flows.refresh_calendars import CalendarOptions, refresh_calendars
from flows.watch_deadlines import watch_deadlines
from tests.factories.cards import ServiceDesk, service_desk
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect

DAYS = "date,kind,name\n2028-01-03,off,New year\n"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> ServiceDesk:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    return service_desk(database_url)


def artifacts(api: Api) -> dict[str, Any]:
    return api.artifacts(api.last_run()["id"])


def test_watching_writes_each_event_once_and_lists_the_overdue(api: Api, desk: ServiceDesk) -> None:
    card = desk.open("2026-06-05 18:30", category="short")

    watch_deadlines()
    watch_deadlines()

    assert desk.query("SELECT count(*) FROM crm.event WHERE type = 'deadline_share_used'") == [(2,)]
    assert str(card.id) in artifacts(api)["deadlines-overdue"]


def test_a_file_is_shown_first_and_counts_when_it_is_applied(api: Api, desk: ServiceDesk, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text(DAYS, encoding="utf-8")

    refresh_calendars(CalendarOptions(files=[str(file)]))
    assert "Nothing is changed yet" in artifacts(api)["calendars"]
    assert desk.query("SELECT max(version) FROM timing.calendar_version") == [(1,)]

    refresh_calendars(CalendarOptions(files=[str(file)], apply=True))

    assert "It counts" in artifacts(api)["calendars"]
    assert desk.query("SELECT max(version) FROM timing.calendar_version") == [(2,)]


def test_a_bad_file_keeps_the_good_ones_from_counting(desk: ServiceDesk, tmp_path: Path) -> None:
    good, bad = tmp_path / "days.csv", tmp_path / "bad.csv"
    good.write_text(DAYS, encoding="utf-8")
    bad.write_text("date,kind\n2028-13-40,off\n", encoding="utf-8")

    with pytest.raises(FileFault, match=r"bad\.csv:2"):
        refresh_calendars(CalendarOptions(files=[str(good), str(bad)], apply=True))

    assert desk.query("SELECT max(version) FROM timing.calendar_version") == [(1,)]


def test_files_of_one_calendar_count_one_after_the_other(api: Api, desk: ServiceDesk, tmp_path: Path) -> None:
    files = [tmp_path / "2028.csv", tmp_path / "2029.csv"]
    for file in files:
        file.write_text(DAYS.replace("2028", file.stem), encoding="utf-8")

    refresh_calendars(CalendarOptions(files=[str(file) for file in files], apply=True))

    assert artifacts(api)["calendars"].count("It counts") == 2
    assert desk.query("SELECT max(version) FROM timing.calendar_version") == [(3,)]
