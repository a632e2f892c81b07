"""Calendars in the database: versions come back as they went in, one is the default, nobody overwrites anybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from caseline.actions import know_calendars
from caseline.db.engine import open_engine
from caseline.timing import store
from caseline.timing.clocks import Clocks
from caseline.timing.editing import edited
from caseline.timing.faults import CalendarFault
from caseline.timing.store import Note
from caseline.timing.vocabulary import DayKind
from tests.factories.timing import at, calendar, days, russia

NOW = at("2026-11-02 09:00")
NOTE = Note(at=NOW, by="ada", reason="decree 5")


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = open_engine(database_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_a_calendar_comes_back_as_it_went_in(connection: sa.Connection) -> None:
    assert store.add(connection, russia(), NOTE)

    assert store.find(connection, "ru") == russia()


def test_the_newest_version_is_found_and_older_ones_stay(connection: sa.Connection) -> None:
    second = edited(russia(), date(2026, 6, 8), DayKind.OFF, reason="order 5")
    store.add(connection, russia(), NOTE)
    store.add(connection, second, NOTE)

    assert store.find(connection, "ru") == second
    assert store.find(connection, "ru", 1) == russia()
    assert store.find(connection, "ru", 3) is None
    assert store.newest(connection) == {"ru": 2}


def test_a_version_that_somebody_else_has_made_is_not_overwritten(connection: sa.Connection) -> None:
    store.add(connection, calendar(), NOTE)

    assert not store.add(connection, calendar(holidays=days("2026-06-08")), NOTE)

    assert store.find(connection, "test") == calendar()


@pytest.mark.parametrize(("year", "provisional"), [(2025, ()), (2026, (2028,)), (2028, (2028, 2029, 2030))])
def test_who_made_a_version_when_and_why_is_kept_and_its_years_are_those_around_now(
    connection: sa.Connection, year: int, provisional: tuple[int, ...]
) -> None:
    store.add(connection, russia(), NOTE)

    (found,) = store.versions(connection, at=at(f"{year}-06-01 09:00"))

    assert (found.calendar, found.version, found.note, found.provisional) == ("ru", 1, NOTE, provisional)
    assert found.is_default


def test_the_first_calendar_is_the_default_until_another_is_chosen(connection: sa.Connection) -> None:
    store.add(connection, russia(), NOTE)
    store.add(connection, calendar(), NOTE)
    assert store.default(connection) == "ru"

    assert store.make_default(connection, "test")

    assert store.default(connection) == "test"
    assert not store.make_default(connection, "nowhere")


def test_the_shipped_calendars_are_put_in_once(connection: sa.Connection) -> None:
    know_calendars.ready(connection, now=NOW)
    know_calendars.ready(connection, now=NOW)

    assert [version.calendar for version in store.versions(connection, at=NOW)] == ["ru"]


def test_clocks_follow_a_new_version_and_keep_the_old_one(connection: sa.Connection) -> None:
    clocks, friday = Clocks(), at("2026-06-05 12:00", "Europe/Moscow")
    store.add(connection, russia(), NOTE)
    old = clocks.newest(connection, None)
    assert clocks.newest(connection, "ru") is old

    store.add(connection, edited(russia(), date(2026, 6, 8), DayKind.OFF, reason="order 5"), NOTE)
    new = clocks.newest(connection, None)

    assert new.deadline(friday, 86_400) == old.deadline(friday, 2 * 86_400)
    assert clocks.of_version(connection, "ru", 1, old.mode) is old


def test_a_calendar_that_is_not_there_is_named(connection: sa.Connection) -> None:
    with pytest.raises(CalendarFault, match="there is no calendar yet"):
        Clocks().newest(connection, None)
    store.add(connection, replace(russia(), title="other"), NOTE)
    with pytest.raises(CalendarFault, match="nowhere: there is no such calendar"):
        Clocks().newest(connection, "nowhere")
    with pytest.raises(CalendarFault, match="ru: has no version 7"):
        Clocks().of_version(connection, "ru", 7, Clocks().newest(connection, "ru").mode)


def test_times_are_shown_in_the_zone_of_their_calendar_and_in_utc_while_there_is_none(
    connection: sa.Connection,
) -> None:
    assert Clocks().zone(connection, None) == "UTC"
    with pytest.raises(CalendarFault, match="there is no such calendar"):
        Clocks().zone(connection, "ru")

    store.add(connection, russia(), NOTE)

    assert [Clocks().zone(connection, which) for which in (None, "ru")] == ["Europe/Moscow"] * 2
