"""The flows `watch-deadlines` and `refresh-calendars` on a database of the test's own."""

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest

from caseline.text_files.faults import FileFault
from flows.refresh_calendars import CalendarOptions, refresh_calendars
from flows.watch_deadlines import watch_deadlines
from tasks import watching
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


def test_from_october_a_refresh_warns_of_a_next_year_that_is_not_known_exactly(
    api: Api, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    del desk

    class October(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2027, 10, 1, 12, tzinfo=tz)

    monkeypatch.setattr(watching, "datetime", October)

    refresh_calendars(CalendarOptions())

    assert "Calendar ru knows 2028 only provisionally" in artifacts(api)["calendars"]


def test_files_of_every_format_count_one_after_the_other(api: Api, desk: ServiceDesk, tmp_path: Path) -> None:
    contents = {
        "2028.csv": DAYS,
        "2029.ics": "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20290103\nSUMMARY:New year\nEND:VEVENT\n",
        "2030.xml": '<calendar year="2030"><days><day d="01.03" t="1"/><day d="01.05" t="3"/></days></calendar>',
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")

    refresh_calendars(CalendarOptions(files=[str(tmp_path / name) for name in contents], apply=True))

    shown = artifacts(api)["calendars"]
    assert shown.count("It counts") == 3
    assert "Sat 5 Jan 2030: off → working" in shown
    ((years,),) = desk.query("SELECT document -> 'years' FROM timing.calendar_version WHERE version = 4")
    assert {year: years[year] for year in ("2028", "2029", "2030")} == {name[:4]: name for name in contents}
