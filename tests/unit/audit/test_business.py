"""The business time that the check counts by itself is that of the rules."""

import json
from datetime import UTC, datetime
from random import Random

import pytest

from caseline.timing import calendar_file, document
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock
from staging.audit.business import Days
from tests.factories.timing import calendar, days

OWN = calendar(
    id="own",
    zone="America/New_York",
    weekend=frozenset({5}),
    holidays=dict.fromkeys(days("2024-03-11"), "off"),
    working_days=dict.fromkeys(days("2024-11-01"), "moved"),
    special_days=dict.fromkeys(days("2024-06-03"), "decree"),
)


def stored(found: Calendar) -> Days:
    """The days of a calendar as the database keeps it."""
    return Days(json.loads(json.dumps(document.plain(found))))


@pytest.mark.parametrize("found", [calendar_file.load("ru"), OWN], ids=["ru", "own"])
def test_both_count_the_same_seconds(found: Calendar) -> None:
    mine, theirs, random = stored(found), Clock(found), Random(5)
    years = (1_430_000_000, 1_790_000_000)
    for _ in range(300):
        since = random.randrange(*years)
        until = since + random.randrange(40 * 86_400)

        counted = theirs.duration(datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))

        assert mine.business_s(since, until) == counted.business_s, (since, until)


def test_what_follows_a_rule_and_no_decree_is_not_counted_again() -> None:
    ru = stored(calendar_file.load("ru"))
    last, first = (int(datetime(*day, 12, tzinfo=UTC).timestamp()) for day in ((2027, 12, 30), (2028, 1, 2)))

    assert (ru.business_s(last, last + 3_600), ru.business_s(last, first)) == (3_600, None)
    assert ru.business_s(-1, 10) is None
