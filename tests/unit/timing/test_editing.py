"""Single days are made off, working or short; the calendar before stays as it was."""

from datetime import date

import pytest

from caseline.timing.editing import edited
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import DayKind, Kind
from tests.factories.timing import calendar, days, russia

MONDAY, SATURDAY = date(2026, 6, 8), date(2026, 6, 6)


@pytest.mark.parametrize(
    ("day", "kind", "expected"),
    [
        (MONDAY, DayKind.OFF, Kind.OFF),
        (SATURDAY, DayKind.WORKING, Kind.WORKING),
        (MONDAY, DayKind.SHORT, Kind.SHORT),
        (SATURDAY, DayKind.SHORT, Kind.SHORT),
        (date(2026, 6, 12), DayKind.WORKING, Kind.WORKING),
        (date(2024, 11, 2), DayKind.OFF, Kind.OFF),
        (date(2020, 4, 1), DayKind.WORKING, Kind.WORKING),
        (date(2031, 1, 2), DayKind.WORKING, Kind.WORKING),
        (date(2031, 1, 14), DayKind.OFF, Kind.OFF),
    ],
)
def test_a_day_becomes_what_was_asked_in_the_next_version(day: date, kind: DayKind, expected: Kind) -> None:
    found = edited(russia(), day, kind, reason="order 5")

    assert (found.kind(day), found.version) == (expected, 2)
    assert russia().kind(day) is not expected
    assert all(found.kind(other) is russia().kind(other) for other in (date(2026, 6, 5), date(2026, 6, 13)))


@pytest.mark.parametrize(
    ("inside", "outside"), [(date(1900, 1, 1), date(1899, 12, 31)), (date(2199, 12, 31), date(2200, 1, 1))]
)
def test_days_of_the_years_that_can_be_counted_are_changed(inside: date, outside: date) -> None:
    assert edited(calendar(), inside, DayKind.OFF, reason="order 5").kind(inside) is Kind.OFF
    with pytest.raises(CalendarFault, match="lies outside the years 1900 to 2199: correct it"):
        edited(calendar(), outside, DayKind.OFF, reason="order 5")


def test_the_reason_stands_beside_the_day() -> None:
    assert edited(russia(), MONDAY, DayKind.OFF, reason="order 5").reason(MONDAY) == "order 5"
    assert edited(russia(), SATURDAY, DayKind.WORKING, reason="order 6").reason(SATURDAY) == "order 6"


def test_a_short_day_is_an_hour_shorter_unless_said_otherwise() -> None:
    assert edited(russia(), MONDAY, DayKind.SHORT, reason="order").minutes_short(MONDAY) == 60
    assert edited(russia(), MONDAY, DayKind.SHORT, reason="order", minutes=90).minutes_short(MONDAY) == 90


@pytest.mark.parametrize(("day", "kind"), [(MONDAY, DayKind.WORKING), (SATURDAY, DayKind.OFF)])
def test_a_day_that_is_that_already_is_refused(day: date, kind: DayKind) -> None:
    with pytest.raises(CalendarFault, match="already: nothing to change"):
        edited(russia(), day, kind, reason="order")


def test_a_change_needs_its_reason() -> None:
    with pytest.raises(CalendarFault, match="2026-06-08: has no reason: say why"):
        edited(russia(), MONDAY, DayKind.OFF, reason=" ")


def test_the_only_working_day_cannot_be_taken_away() -> None:
    only = calendar(weekend=frozenset(range(1, 8)), working_days=days("2026-06-06"))

    with pytest.raises(CalendarFault, match="only day that works"):
        edited(only, SATURDAY, DayKind.OFF, reason="order")
