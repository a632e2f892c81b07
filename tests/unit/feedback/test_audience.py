"""Who is asked and who is not, with the first reason and its date."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caseline.feedback import audience
from caseline.feedback.audience import Answer, Facts, Rule, Skip

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = Rule(
    services=frozenset({"audit", "tax"}),
    without_services=frozenset({"tax"}),
    divisions=frozenset({3}),
    finished_within=60 * DAY,
    person_rests=30 * DAY,
    anybody_rests=7 * DAY,
)
FACTS = Facts(happened_at=NOW, switched_on_at=NOW - 90 * DAY, service="audit", division_id=3)


def test_who_fits_is_asked() -> None:
    assert audience.asked(RULE, FACTS, NOW) == Answer(None)
    assert audience.asked(Rule(), Facts(happened_at=NOW, switched_on_at=NOW), NOW) == Answer(None)


@pytest.mark.parametrize(
    ("change", "skip"),
    [
        ({"imported": True}, Skip.IMPORTED),
        ({"happened_at": NOW - 91 * DAY}, Skip.IMPORTED),
        ({"born_of_feedback": True}, Skip.BORN_OF_FEEDBACK),
        ({"still_so": False}, Skip.REOPENED),
        ({"may": False}, Skip.STATUS),
        ({"service": "tax"}, Skip.SERVICE),
        ({"service": None}, Skip.SERVICE),
        ({"service": "law"}, Skip.SERVICE),
        ({"division_id": 4}, Skip.DIVISION),
        ({"finished_at": NOW - 61 * DAY}, Skip.TOO_OLD),
        ({"asked_at": NOW - DAY}, Skip.ASKED_ALREADY),
        ({"opted_out": True}, Skip.OPTED_OUT),
        ({"contact": False}, Skip.NO_CONTACT),
        ({"bad_address": True}, Skip.BAD_ADDRESS),
        ({"person_asked_at": NOW - 29 * DAY}, Skip.FATIGUE),
        ({"anybody_asked_at": NOW - 6 * DAY}, Skip.FATIGUE),
    ],
)
def test_each_reason_is_told(change: dict[str, object], skip: Skip) -> None:
    assert audience.asked(RULE, replace(FACTS, **change), NOW).skip is skip  # type: ignore[arg-type]


def test_at_the_limit_somebody_is_asked() -> None:
    facts = replace(FACTS, finished_at=NOW - 60 * DAY, person_asked_at=NOW - 30 * DAY, anybody_asked_at=NOW - 7 * DAY)

    assert audience.asked(RULE, facts, NOW) == Answer(None)


def test_who_was_asked_lately_is_told_until_when_he_rests() -> None:
    facts = replace(FACTS, person_asked_at=NOW - 12 * DAY, anybody_asked_at=NOW - 2 * DAY)

    assert audience.asked(RULE, facts, NOW) == Answer(Skip.FATIGUE, NOW - 12 * DAY, NOW + 18 * DAY)


def test_the_first_reason_counts() -> None:
    facts = replace(FACTS, imported=True, opted_out=True, service="law")

    assert audience.asked(RULE, facts, NOW).skip is Skip.IMPORTED
    assert audience.asked(RULE, replace(facts, imported=False), NOW).skip is Skip.SERVICE
