"""Hours of an import, by hand."""

import pytest

from caseline.crm.bitrix24 import estimate
from caseline.crm.bitrix24.estimate import Limits, Load, Measured

CLOUD = Limits(rate=2, operating=480)


def hours(known: Measured | None, records: int = 290_000, requests: int = 415) -> estimate.Hours:
    measured = {} if known is None else {"m": known}
    (found,) = estimate.reckon([Load("m", records, requests)], CLOUD, measured)
    return found


def test_without_a_measurement_there_is_a_floor_only() -> None:
    found = hours(None)

    assert found.hours == pytest.approx(415 / 2 / 3600)
    assert "a floor" in found.rests_on


def test_the_operating_time_governs_where_the_portal_charges_much() -> None:
    # 0.1 s a record; 480 s in ten minutes, nine tenths of them used: 7.2 records a second.
    found = hours(Measured(100, seconds=1.0, operating=10.0))

    assert found.hours == pytest.approx(290_000 / 7.2 / 3600)
    assert "operating" in found.rests_on


def test_the_clock_governs_where_the_portal_is_slow() -> None:
    found = hours(Measured(100, seconds=50.0, operating=1.0))

    assert found.hours == pytest.approx(290_000 * 0.5 / 3600)
    assert found.rests_on == "the seconds that the sample took"


def test_a_portal_that_accounts_for_nothing_is_reckoned_by_rate_and_clock() -> None:
    found = hours(Measured(100, seconds=0.001, operating=None))

    assert (found.by_operating, found.hours) == (None, found.by_rate)
    assert found.rests_on == "the rate limit"


def test_a_sample_that_was_refused_measures_nothing() -> None:
    assert hours(Measured(0, seconds=5.0, operating=0.0)).by_clock is None


@pytest.mark.parametrize(
    ("imports", "method", "requests"), [(True, "crm.item.batchImport", 2), (False, "crm.item.add", 15)]
)
def test_requests_are_counted_by_what_goes_into_one(method: str, requests: int, *, imports: bool) -> None:
    found = estimate.loads({"company": 1, "contact": 9, "request": 740, "message": 51, "person": 7}, imports=imports)

    assert found == [Load(method, 750, requests), Load("crm.timeline.comment.add", 51, 2)]
