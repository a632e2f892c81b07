"""Periods are whole days on somebody's clock, and their buckets leave no instant out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.reports import periods
from caseline.reports.periods import MOST_BUCKETS, PRESETS, Period, PeriodFault, Step

ZONES = ("Europe/Moscow", "America/New_York", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe")
NOW = datetime(2026, 8, 12, 21, 30, tzinfo=UTC)
days = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@given(first=days, length=st.integers(0, 800), zone=st.sampled_from(ZONES), step=st.sampled_from(Step))
def test_buckets_follow_one_another_and_fill_the_period(first: date, length: int, zone: str, step: Step) -> None:
    period = Period(first, first + timedelta(days=length), zone)
    parts = periods.buckets(period, step)

    assert (parts[0].since, parts[-1].until) == (period.since, period.until)
    assert all(one.until == other.since and one.since < one.until for one, other in pairwise(parts))
    assert len(periods.buckets(period, periods.fitting(period, step))) <= MOST_BUCKETS + 1


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-08-13", "2026-08-13"),  # it is the next day in Moscow
        ("yesterday", "2026-08-12", "2026-08-12"),
        ("7d", "2026-08-07", "2026-08-13"),
        ("this_week", "2026-08-10", "2026-08-16"),
        ("last_week", "2026-08-03", "2026-08-09"),
        ("this_month", "2026-08-01", "2026-08-31"),
        ("last_month", "2026-07-01", "2026-07-31"),
        ("this_quarter", "2026-07-01", "2026-09-30"),
        ("last_quarter", "2026-04-01", "2026-06-30"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_presets_move_with_the_calendar_of_the_reader(name: str, first: str, last: str) -> None:
    period = periods.read(name, "", "", zone="Europe/Moscow", now=NOW)

    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_periods_before_the_turn_of_a_year() -> None:
    assert periods.preset("last_quarter", date(2026, 2, 3)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert periods.preset("last_month", date(2026, 1, 31)) == (date(2025, 12, 1), date(2025, 12, 31))


@given(today=days, name=st.sampled_from(sorted(PRESETS)))
def test_every_preset_is_a_period(today: date, name: str) -> None:
    first, last = periods.preset(name, today)
    assert first <= last


def test_a_day_begins_where_its_clock_does() -> None:
    # In Beirut clocks jumped over midnight, in Apia a whole day was left out.
    assert periods.begins(date(2022, 3, 27), "Asia/Beirut") == datetime(2022, 3, 26, 22, tzinfo=UTC)
    skipped = Period(date(2011, 12, 29), date(2011, 12, 31), "Pacific/Apia")
    assert skipped.until - skipped.since == timedelta(days=2)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        (("", "2026-02-30", ""), "from"),
        (("", "x", ""), "from"),
        (("", "", "1899-12-31"), "to"),
        (("", "2026-02-02", "2026-02-01"), "to"),
        (("fortnight", "", ""), "period"),
        (("0d", "", ""), "period"),
        (("123456d", "", ""), "period"),
    ],
)
def test_what_is_no_period_is_refused_by_field(given_: tuple[str, str, str], field: str) -> None:
    with pytest.raises(PeriodFault) as refused:
        periods.read(*given_, zone="UTC", now=NOW)
    assert refused.value.field == field
    assert field in str(refused.value)


def test_one_day_is_enough() -> None:
    open_end = periods.read("", "2026-08-01", "", zone="Europe/Moscow", now=NOW)
    open_begin = periods.read("", "", "2026-07-20", zone="Europe/Moscow", now=NOW)

    assert (open_end.first, open_end.last) == (date(2026, 8, 1), date(2026, 8, 13))
    assert (open_begin.first, open_begin.last) == (date(2026, 7, 1), date(2026, 7, 20))
