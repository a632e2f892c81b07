"""Calendars refuse to contradict themselves, and know what each date is."""

from datetime import date

import pytest

from caseline.timing import hours
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import Kind, SpecialDays, Standing
from tests.factories.timing import OFFICE, calendar, days

SATURDAY = date(2026, 6, 6)
MONDAY = date(2026, 6, 8)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.WORKING),
        ({"short_days": {MONDAY: 60}}, Kind.SHORT),
        ({"holidays": {MONDAY: "day"}}, Kind.OFF),
        ({"weekend": frozenset({1})}, Kind.OFF),
        ({"weekend": frozenset({1}), "working_days": {MONDAY: ""}}, Kind.WORKING),
        ({"weekend": frozenset({1}), "short_days": {MONDAY: 60}}, Kind.OFF),
        ({"special_days": {MONDAY: "decree"}}, Kind.SPECIAL),
        ({"special_days": {MONDAY: "decree"}, "special": SpecialDays.WORKING}, Kind.WORKING),
        ({"special_days": {MONDAY: "decree"}, "working_days": {MONDAY: ""}}, Kind.SPECIAL),
        ({"special_days": {MONDAY: ""}, "special": SpecialDays.WORKING, "short_days": {MONDAY: 60}}, Kind.SHORT),
        ({"own_hours": {MONDAY: OFFICE}}, Kind.OWN_HOURS),
        ({"own_hours": {MONDAY: OFFICE}, "weekend": frozenset({1})}, Kind.OWN_HOURS),
    ],
)
def test_kind_of_a_monday(changes: dict[str, object], kind: Kind) -> None:
    assert calendar(**changes).kind(MONDAY) is kind


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"holidays": {MONDAY: ""}, "working_days": {MONDAY: ""}}, "working_days.2026-06-08: stands in holidays too"),
        ({"holidays": {MONDAY: ""}, "own_hours": {MONDAY: OFFICE}}, "own_hours.2026-06-08: stands in holidays too"),
        ({"holidays": {MONDAY: ""}, "special_days": {MONDAY: ""}}, "special_days.2026-06-08: stands in holidays too"),
        ({"weekend": frozenset(range(1, 8))}, "weekend: no day works: take a day out of weekend, or add working_days"),
        ({"rule": "de"}, "rule: 'de' is unknown: use ru-labour-code-112, or leave it out"),
        ({"short_days": {MONDAY: 0}}, "short_days.2026-06-08: 0 minutes: write 1 to 1439"),
        ({"short_days": {MONDAY: 1440}}, "short_days.2026-06-08: 1440 minutes"),
        ({"own_hours": {MONDAY: ()}}, "own_hours.2026-06-08: no hours: name the day in holidays instead"),
        ({"zone": "Mars/Base"}, "zone: 'Mars/Base' is unknown"),
    ],
)
def test_contradictions_are_refused_by_place_and_remedy(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(CalendarFault) as caught:
        calendar(**changes)

    assert str(caught.value).startswith(fault)


@pytest.mark.parametrize(
    ("inside", "outside"), [(date(1900, 1, 1), date(1899, 12, 31)), (date(2199, 12, 31), date(2200, 1, 1))]
)
def test_a_calendar_names_days_of_the_years_that_can_be_counted(inside: date, outside: date) -> None:
    assert not calendar(holidays={inside: ""}).works(inside)
    with pytest.raises(CalendarFault, match=f"holidays.{outside}: lies outside the years 1900 to 2199: correct it"):
        calendar(holidays={outside: ""})


def test_a_calendar_may_work_on_single_dates_only() -> None:
    assert calendar(weekend=frozenset(range(1, 8)), working_days=days("2026-06-06")).works(SATURDAY)


def test_hours_of_a_date() -> None:
    week = {1: OFFICE, 2: hours.spans([("08:00", "12:00")])}

    assert calendar(hours=week).spans(MONDAY) == ((540, 780), (840, 1080))
    assert calendar(hours=week).spans(date(2026, 6, 9)) == ((480, 720),)
    assert calendar(hours=week).spans(date(2026, 6, 10)) == ()  # a weekday that is not named has none
    assert calendar(hours=week).spans(SATURDAY) == ()
    assert calendar(hours=week, working_days={SATURDAY: ""}).spans(SATURDAY) == OFFICE
    assert calendar(hours=week, short_days={MONDAY: 60}).spans(MONDAY) == ((540, 780), (840, 1020))


@pytest.mark.parametrize(
    ("minutes", "left"),
    [(1, ((540, 780), (840, 1079))), (240, ((540, 780),)), (300, ((540, 720),)), (480, ()), (600, ())],
)
def test_a_short_day_ends_earlier_whatever_its_spans(minutes: int, left: hours.Spans) -> None:
    assert hours.shortened(OFFICE, minutes) == left


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ([("9", "13:00")], "is no time of a day: write"),
        ([("09:00", "24:01")], "is no time of a day"),
        ([("09:60", "13:00")], "is no time of a day"),
        ([("22:00", "06:00")], "split hours over midnight at 24:00 and 00:00"),
        ([("09:00", "09:00")], "is not before"),
        ([("09:00", "13:00"), ("12:59", "14:00")], "hours overlap at 12:59"),
        ([("09:00",)], "is no span of hours"),
        (["09:00-13:00"], "is no span of hours"),
    ],
)
def test_hours_that_are_none_are_refused(pairs: list[tuple[str, str]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        hours.spans(pairs)


def test_hours_may_touch_and_end_at_midnight() -> None:
    assert hours.spans([("13:00", "24:00"), ("00:00", "13:00")]) == ((0, 780), (780, 1440))
    assert [hours.clock(minutes) for minutes in (0, 540, 1440)] == ["00:00", "09:00", "24:00"]


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.EXACT),
        ({"years": {2026: "decree"}}, Standing.EXACT),
        ({"years": {2025: "decree"}}, Standing.MISSING),
        ({"years": {2025: "decree"}, "rule": "ru-labour-code-112"}, Standing.PROVISIONAL),
        ({"rule": "ru-labour-code-112"}, Standing.PROVISIONAL),
    ],
)
def test_how_far_a_year_can_be_trusted(changes: dict[str, object], standing: Standing) -> None:
    assert calendar(**changes).standing(2026) is standing


def test_a_rule_holds_for_other_years_only_and_gives_way_to_what_is_stated() -> None:
    stated = calendar(rule="ru-labour-code-112", years={2026: "own"}, working_days={date(2028, 11, 6): "edited"})

    assert stated.works(date(2026, 5, 1))
    assert not stated.works(date(2028, 5, 1))
    assert stated.works(date(2028, 11, 6))
