"""Local clocks: hours left out, hours that come twice, midnights that do not exist."""

import numpy as np
import pytest

from caseline.timing import working_time
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault
from caseline.timing.vocabulary import Mode
from caseline.timing.zones import Offsets
from tests.factories.timing import HOUR, at, calendar, clock, shown

SEVEN: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        ("America/New_York", "2025-03-09", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Australia/Lord_Howe", "2025-04-06", 24.5),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("America/Sao_Paulo", "2018-11-04", 23),  # begins at 01:00
        ("America/Sao_Paulo", "2018-02-17", 25),  # its last hour comes twice
        ("Asia/Beirut", "2025-03-30", 23),  # begins at 01:00
        ("Africa/Cairo", "2025-04-25", 23),  # begins at 01:00
        ("Africa/Cairo", "2025-10-30", 25),
        ("America/St_Johns", "2010-11-06", 24 + 59 / 60),  # clocks went back at 00:01, into the day before
        ("Europe/Moscow", "2026-06-05", 24),
        ("Asia/Kathmandu", "2026-06-05", 24),
    ],
)
def test_a_day_has_the_seconds_that_its_local_clock_shows_its_date(zone: str, date: str, hours: float) -> None:
    ticking = clock(zone=zone, weekend=SEVEN, holidays={}, working_days={})
    only = Clock(calendar(zone=zone, weekend=frozenset(range(1, 8)), working_days={at(date).date(): ""}))
    start, end = at("2009-01-01"), at("2027-01-01")

    assert only.duration(start, end).business_s == hours * HOUR
    assert ticking.duration(start, end).business_s == ticking.duration(start, end).elapsed_s


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut"])
def test_a_day_without_a_midnight_begins_when_its_date_does(zone: str) -> None:
    day = {"America/Sao_Paulo": "2018-11-04", "Africa/Cairo": "2025-04-25", "Asia/Beirut": "2025-03-30"}[zone]
    only = Clock(calendar(zone=zone, weekend=frozenset(range(1, 8)), working_days={at(day).date(): ""}))
    before = at(day, zone).timestamp() - 10 * HOUR

    due = only.deadline(at("1970-01-01").fromtimestamp(before, tz=at("1970-01-01").tzinfo), 1)

    assert shown(due, zone) == f"{day} 01:00:01"


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    night = dict.fromkeys(range(1, 8), ((60, 120),))
    ticking = clock(Mode.SCHEDULE, zone="America/New_York", hours=night, weekend=SEVEN)
    start, end = at("2025-11-02 00:00", "America/New_York"), at("2025-11-03 00:00", "America/New_York")

    assert ticking.duration(start, end).business_s == 2 * HOUR


def test_an_hour_that_is_left_out_is_not_worked() -> None:
    night = dict.fromkeys(range(1, 8), ((120, 180),))
    ticking = clock(Mode.SCHEDULE, zone="America/New_York", hours=night, weekend=SEVEN)
    start, end = at("2025-03-09 00:00", "America/New_York"), at("2025-03-10 00:00", "America/New_York")

    assert ticking.duration(start, end).business_s == 0


def test_hours_that_end_or_begin_as_clocks_change_leave_nothing_empty_behind() -> None:
    zone, night = "America/New_York", dict.fromkeys(range(1, 8), ((120, 180),))
    nights = calendar(zone=zone, hours=night, weekend=SEVEN)
    line = working_time.hours_line(nights, 2025, 2025, Offsets.between(zone, 2025, 2025))

    # on 9 March clocks go from 02:00 to 03:00; on 2 November, from 02:00 back, the hour begins an hour later
    assert (len(line.begins) - 1, line.total) == (364, 364 * HOUR)


def test_a_local_time_that_never_comes_is_later_and_one_that_comes_twice_is_the_first() -> None:
    offsets = Offsets.between("America/New_York", 2025, 2025)
    local = [int(at(text).timestamp()) for text in ("2025-03-09 02:30", "2025-11-02 01:30", "2025-06-01 12:00")]
    expected = [
        int(at(text, "America/New_York").timestamp())
        for text in ("2025-03-09 03:30", "2025-11-02 01:30", "2025-06-01 12:00")
    ]

    assert [offsets.utc(shown) for shown in local] == expected
    assert offsets.utc_all(np.array(local)).tolist() == expected


@pytest.mark.parametrize(
    ("shown", "hours"),
    [
        ("2025-03-09 01:59:59", -5),
        ("2025-03-09 02:00:00", -5),  # left out: an hour later than it says
        ("2025-03-09 02:59:59", -5),
        ("2025-03-09 03:00:00", -4),
        ("2025-03-09 03:00:01", -4),
        ("2025-11-02 00:59:59", -4),
        ("2025-11-02 01:00:00", -4),  # comes twice
        ("2025-11-02 01:59:59", -4),
        ("2025-11-02 02:00:00", -5),
        ("2025-11-02 02:00:01", -5),
    ],
)
def test_every_local_second_around_a_change_has_its_instant(shown: str, hours: int) -> None:
    offsets = Offsets.between("America/New_York", 2025, 2025)
    local = int(at(shown).timestamp())

    assert offsets.utc(local) == local - hours * HOUR
    assert offsets.utc_all(np.array([local])).tolist() == [local - hours * HOUR]


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Moscow"])
def test_local_time_is_what_the_zone_database_says(zone: str) -> None:
    offsets = Offsets.between(zone, 2010, 2026)
    place = at("2020-01-01", zone).tzinfo
    instants = np.arange(int(at("2010-01-01").timestamp()), int(at("2026-12-31").timestamp()), 11_111)

    expected = [
        moment + int(offset.total_seconds())
        for moment in instants.tolist()
        if (offset := at("1970-01-01").fromtimestamp(moment, tz=place).utcoffset()) is not None
    ]

    assert offsets.local_all(instants).tolist() == expected
    assert [offsets.local(moment) for moment in instants.tolist()] == expected


@pytest.mark.parametrize("edge", [-1, 0, 1])
def test_the_second_of_a_change_belongs_to_what_comes_after(edge: int) -> None:
    offsets = Offsets.between("America/New_York", 2025, 2025)
    change = int(at("2025-03-09 03:00", "America/New_York").timestamp())

    assert offsets.local(change + edge) - change - edge == (-5 * HOUR if edge < 0 else -4 * HOUR)
    assert offsets.local_all(np.array([change + edge])).tolist() == [offsets.local(change + edge)]
    assert offsets.utc(offsets.local(change + edge)) == change + edge


@pytest.mark.parametrize("zone", ["Europe/Moskva", "Europe", "", "../etc/passwd", "MSK+3?", "/UTC"])
def test_an_unknown_zone_is_named_with_the_remedy(zone: str) -> None:
    with pytest.raises(CalendarFault, match="use an IANA name such as Europe/Moscow"):
        calendar(zone=zone)
