"""Calendar files for other countries, from a library that is there at set-up only."""

from collections.abc import Iterable
from datetime import date

import pytest

from caseline.timing import calendar_file, generate
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import Mode
from tests.factories.timing import HOUR, at, shown


class Found(dict[date, str]):
    """What the library answers."""

    weekend = frozenset({4, 5})  # Friday and Saturday, counted from Monday = 0
    weekend_workdays = frozenset({date(2026, 3, 14), date(2030, 3, 16)})


class FakeLibrary:
    __version__ = "9.9"

    def country_holidays(self, country: str, subdiv: str | None = None, years: Iterable[int] | None = None) -> Found:
        if country != "EG" or subdiv not in {None, "C"}:
            raise NotImplementedError(country)
        assert list(years or ()) == [2026, 2027]
        return Found({date(2026, 1, 7): "Coptic Christmas", date(2028, 1, 7): "not asked for"})


def test_a_country_becomes_a_calendar_file() -> None:
    text = generate.calendar_text("eg", [2027, 2026, 2026], zone="Africa/Cairo", region="C", library=FakeLibrary())
    found = calendar_file.parse(text, "eg.yaml")

    assert (found.id, found.region, found.zone, found.version) == ("eg-c", "C", "Africa/Cairo", 1)
    assert found.weekend == {5, 6}
    assert found.years == {2026: "holidays 9.9", 2027: "holidays 9.9"}
    assert found.holidays == {date(2026, 1, 7): "Coptic Christmas"}
    assert list(found.working_days) == [date(2026, 3, 14)]


def test_what_was_generated_can_be_counted_by() -> None:
    text = generate.calendar_text("eg", [2026, 2027], zone="Africa/Cairo", library=FakeLibrary())
    ticking = Clock(calendar_file.parse(text, "eg.yaml"), Mode.SCHEDULE)

    assert (
        shown(ticking.deadline(at("2026-01-06 17:00", "Africa/Cairo"), 2 * HOUR), "Africa/Cairo") == "2026-01-08 10:00"
    )


def test_an_unknown_country_is_named() -> None:
    with pytest.raises(CalendarFault, match="holidays knows no 'xx A': use a two-letter country code"):
        generate.calendar_text("xx", [2026], zone="UTC", region="A", library=FakeLibrary())


def test_without_years_there_is_nothing_to_generate() -> None:
    with pytest.raises(CalendarFault, match="give at least one"):
        generate.calendar_text("eg", [], zone="UTC", library=FakeLibrary())


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)

    with pytest.raises(CalendarFault, match=r"holidays is not installed: pip install caseline\[calendars\]"):
        generate.calendar_text("kz", [2026], zone="Asia/Almaty")
