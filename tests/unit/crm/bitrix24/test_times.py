"""The portal's clock, and the seconds that its methods have used."""

from datetime import UTC, datetime

import pytest

from caseline.crm.bitrix24 import times
from caseline.crm.bitrix24.times import Operating

NONSENSE: list[object] = ["", "x", None, [], {}, "nan", "inf", float("inf"), 10**400]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: repr(value)[:9])
def test_what_is_no_number(value: object) -> None:
    assert times.number(value) is None
    assert times.operating("m", {"operating": value}) is None
    assert times.clock({"finish": value}) is None


def test_numbers() -> None:
    assert (times.number("3.5"), times.number(4), times.number("0")) == (3.5, 4.0, 0.0)


def test_operating_time_counts_by_method_whatever_its_letters() -> None:
    time = {"operating": "3.3", "finish": 1705765500.5, "operating_reset_at": 1705765533}
    assert times.operating("CRM.Lead.Add", time) == Operating("crm.lead.add", 3.3, 1705765500.5, 32.5)
    assert times.operating("m", {"operating": 2}) == Operating("m", 2.0, 0.0, times.UNKNOWN_RESET_S)


@pytest.mark.parametrize(
    ("reset", "seconds"), [(1010, 10), (990, 0), (99_999, times.WINDOW_S), (None, times.UNKNOWN_RESET_S)]
)
def test_the_reset_lies_within_ten_minutes(reset: int | None, seconds: float) -> None:
    assert times.reset_in({"finish": 1000, "operating_reset_at": reset}) == seconds


def test_the_portals_clock() -> None:
    assert times.clock({"finish": 0}) == datetime(1970, 1, 1, tzinfo=UTC)
    assert times.clock({"date_finish": "2024-08-29T10:34:19+03:00"}) == datetime(2024, 8, 29, 7, 34, 19, tzinfo=UTC)
    assert times.clock({"date_finish": "2024-08-29T10:34:19"}) is None
    assert times.clock({"date_finish": "0001-01-01T00:00:00+03:00"}) is None
    assert times.clock({"finish": 1e18}) is None
    assert times.clock({}) is None
