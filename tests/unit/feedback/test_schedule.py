"""Letters go out while people are awake, on their own clock, also over nights, weekends and changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import schedule
from caseline.feedback.schedule import Schedule

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kamchatka"]).map(ZoneInfo)
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001


def weekday(day: date) -> bool:
    return day.weekday() < 5


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026; the 6th is a Friday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("happened", "sent"),
    [
        (moscow(5, 12), moscow(5, 12)),
        (moscow(5, 9), moscow(5, 9)),
        (moscow(5, 8, 59), moscow(5, 9)),
        (moscow(5, 19, 59), moscow(5, 19, 59)),
        (moscow(5, 20), moscow(6, 9)),
        (moscow(6, 20), moscow(9, 9)),
        (moscow(7, 12), moscow(9, 9)),
    ],
)
def test_a_letter_waits_for_the_next_waking_hour_of_a_working_day(happened: datetime, sent: datetime) -> None:
    assert schedule.send_at(Schedule(), happened, MOSCOW, weekday) == sent


def test_the_delay_comes_first() -> None:
    later = Schedule(delay=timedelta(hours=2))

    assert schedule.send_at(later, moscow(6, 18, 30), MOSCOW, weekday) == moscow(9, 9)
    assert schedule.send_at(later, moscow(6, 17), MOSCOW, weekday) == moscow(6, 19)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = Schedule(since=time(22), until=time(6))

    assert schedule.send_at(night, moscow(7, 3), MOSCOW, weekday) == moscow(7, 3)  # of Friday
    assert schedule.send_at(night, moscow(8, 3), MOSCOW, weekday) == moscow(9, 22)
    assert schedule.send_at(night, moscow(5, 12), MOSCOW, weekday) == moscow(5, 22)


def test_around_the_clock_is_at_once() -> None:
    whole = Schedule(since=time(0), until=time(0), working_days=False)

    assert schedule.send_at(whole, moscow(8, 3), MOSCOW, weekday) == moscow(8, 3)


def test_waking_hours_are_those_of_the_clock_that_hangs_on_the_wall() -> None:
    winter = datetime(2026, 3, 27, 22, tzinfo=UTC)  # Friday evening; the clock goes forward on Sunday
    assert schedule.send_at(Schedule(), winter, BERLIN, weekday) == datetime(2026, 3, 30, 7, tzinfo=UTC)


@given(MOMENTS, ZONES, TIMES, TIMES, st.booleans(), st.integers(0, 10_000))
def test_no_letter_goes_out_early_nor_in_quiet_hours(
    happened: datetime, zone: ZoneInfo, since: time, until: time, working: bool, minutes: int
) -> None:
    found = Schedule(delay=timedelta(minutes=minutes), since=since, until=until, working_days=working)

    sent = schedule.send_at(found, happened, zone, weekday)

    assert sent >= happened + found.delay
    local = sent.astimezone(zone)
    # On the days of a clock change a wall time may not be there: an hour off is allowed then.
    changes = local.utcoffset() != (local - timedelta(hours=26)).astimezone(zone).utcoffset()
    if not changes:
        now, day = local.time(), local.date()
        if since < until:
            assert since <= now < until
        elif since > until:
            assert now >= since or now < until
            day -= timedelta(days=now < until)
        assert not working or weekday(day)


def test_the_reminder_comes_after_working_days_and_only_while_the_link_lasts() -> None:
    assert schedule.remind_at(Schedule(), moscow(5, 12), MOSCOW, weekday) == moscow(10, 12)
    assert schedule.remind_at(Schedule(reminder_after=None), moscow(5, 12), MOSCOW, weekday) is None
    assert schedule.remind_at(Schedule(lasts=timedelta(days=4)), moscow(5, 12), MOSCOW, weekday) is None
    assert schedule.expires_at(Schedule(), moscow(5, 12)) == moscow(5, 12) + timedelta(days=30)


def test_a_calendar_that_never_works_holds_nobody_for_ever() -> None:
    assert schedule.send_at(Schedule(), moscow(5, 12), MOSCOW, lambda _: False) == moscow(5, 12)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"delay": timedelta(hours=-1)}, "delay"),
        ({"lasts": timedelta()}, "lasts"),
        ({"reminder_after": 0}, "reminder_after"),
        ({"since": time(9, tzinfo=UTC)}, "since"),
    ],
)
def test_times_that_cannot_be_kept_are_refused_by_name(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Schedule(**wrong)  # type: ignore[arg-type]
