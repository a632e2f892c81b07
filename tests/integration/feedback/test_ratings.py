"""Signals in the database: networks that are at many asks at once are marked, and of a day the last rating counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.feedback import asks, confirming, forms, links, ratings, signals, tables
from caseline.feedback.asks import Draft
from caseline.feedback.confirming import Confirmed, Doubt, Kind, Rule, Standing
from caseline.feedback.signals import Came

NOW = datetime(2026, 4, 6, 9, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
QUESTION = forms.read({"title": "x", "questions": [{"key": "smiley", "kind": "smileys", "label": "x"}]}).questions[0]


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        connection.execute(sa.insert(tables.form).values(code="smileys", name="Smileys"))
        version = {"form_id": 1, "number": 1, "document": {}, "made_by": "test", "made_at": NOW}
        connection.execute(sa.insert(tables.form_version).values(version))
        made = {"code": "smileys", "name": "Smileys", "kind": "smileys", "document": {}, "made_by": "t", "made_at": NOW}
        connection.execute(sa.insert(tables.campaign).values(made))
        drafts = [
            Draft(
                public_id=links.mint_id(),
                campaign_id=1,
                form_version_id=1,
                subject="request",
                subject_id=number,
                period="once",
                service="support",
                channel="mail_smileys",
                language="ru",
                happened_at=NOW,
            )
            for number in range(1, 5)
        ]
        assert asks.add(connection, drafts, by="job", now=NOW) == [1, 2, 3, 4]
        yield connection
    engine.dispose()


def came(ask_id: int, seconds: float, kind: Kind, value: int | None, net: str | None = None) -> Came:
    at = NOW + timedelta(seconds=seconds)
    return Came(ask_id=ask_id, at=at, kind=kind, question="smiley", value=value, net=net, agent="x" * 999)


def judged(connection: sa.Connection, ask_id: int) -> confirming.Judgement:
    found = signals.of(connection, ask_id).get("smiley", [])
    return confirming.judge(Rule(), [NOW], found, NOW + timedelta(days=9))


def test_signals_come_back_as_they_came(connection: sa.Connection) -> None:
    signals.add(connection, came(1, 3_600, Kind.VISIT, 4, "192.0.2.0/24"))
    signals.add(connection, came(1, 3_602, Kind.SENT, 4, "192.0.2.0/24"))
    signals.add(connection, Came(ask_id=1, at=NOW + timedelta(hours=2), kind=Kind.VISIT, decoy=True))

    assert [one.kind for one in signals.of(connection, 1)["smiley"]] == [Kind.VISIT, Kind.SENT, Kind.VISIT]
    assert judged(connection, 1).confirmed == (Confirmed(4, NOW + timedelta(seconds=3_602), by_hand=False),)
    assert signals.of(connection, 2) == {}


def test_a_network_that_is_at_three_asks_within_a_minute_is_believed_by_hand_only(connection: sa.Connection) -> None:
    for ask_id, seconds in [(1, 3_600), (2, 3_610), (3, 3_620)]:
        signals.add(connection, came(ask_id, seconds, Kind.VISIT, 5, "192.0.2.0/24"))
        signals.add(connection, came(ask_id, seconds + 2, Kind.SENT, 5, "192.0.2.0/24"))
    signals.add(connection, came(4, 3_640, Kind.VISIT, 5, "198.51.100.0/24"))
    signals.add(connection, came(4, 3_642, Kind.SENT, 5, "198.51.100.0/24"))

    for ask_id in (1, 2, 3):  # the first ones, too, which nobody could know of when they came
        found = judged(connection, ask_id)
        assert found.standing is Standing.UNCONFIRMED
        assert found.doubts == {Doubt.CROWD}
    assert judged(connection, 4).effective is not None
    signals.add(connection, came(2, 9_000, Kind.GESTURE, 3, "192.0.2.0/24"))
    assert judged(connection, 2).effective == Confirmed(3, NOW + timedelta(seconds=9_000), by_hand=True)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", None),
        ("", None),
        (None, None),
    ],
)
def test_of_an_address_the_network_is_kept(address: str | None, kept: str | None) -> None:
    assert signals.net(address) == kept


def test_of_a_day_the_last_rating_counts_and_of_two_days_both(connection: sa.Connection) -> None:
    day = datetime(2026, 4, 6, 18, tzinfo=UTC)  # nine in the evening in Moscow
    confirmed = [
        Confirmed(4, day, by_hand=False),
        Confirmed(2, day + timedelta(hours=2), by_hand=True),
        Confirmed(5, day + timedelta(hours=4), by_hand=True),  # after midnight there, on the same day in UTC's
    ]

    added = ratings.keep(connection, 1, QUESTION, confirmed[:2], MOSCOW, daily=True)
    assert [one.value for one in added] == [4, 2]
    assert [one.value for one in ratings.keep(connection, 1, QUESTION, confirmed, MOSCOW, daily=True)] == [5]
    assert ratings.keep(connection, 1, QUESTION, confirmed, MOSCOW, daily=True) == []

    found = ratings.of(connection, 1)
    assert [(one.value, one.day.day, one.superseded_at is None) for one in found] == [
        (4, 6, False),
        (2, 6, True),
        (5, 7, True),
    ]
    assert found[0].superseded_at == found[1].at


def test_two_effective_ratings_of_one_day_cannot_be_written(connection: sa.Connection) -> None:
    row = "INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at)"
    connection.execute(sa.text(f"{row} VALUES (1, 'smiley', '2026-04-06', 4, 1, 5, true, now())"))
    with pytest.raises(sa.exc.IntegrityError, match="uq_rating_effective"):
        connection.execute(sa.text(f"{row} VALUES (1, 'smiley', '2026-04-06', 5, 1, 5, true, now() + '1 hour')"))


def test_what_is_no_smiley_counts_once_whatever_the_day_and_a_late_older_one_stands_behind(
    connection: sa.Connection,
) -> None:
    early, late, days_later = (
        Confirmed(value, NOW + span, by_hand=True)
        for value, span in ((1, timedelta()), (5, timedelta(seconds=3)), (4, timedelta(days=2)))
    )
    ratings.keep(connection, 1, QUESTION, [late], MOSCOW, daily=False)
    ratings.keep(connection, 1, QUESTION, [early, late], MOSCOW, daily=False)
    assert [(one.value, one.superseded_at is None) for one in ratings.of(connection, 1)] == [(1, False), (5, True)]

    ratings.keep(connection, 1, QUESTION, [early, late, days_later], MOSCOW, daily=False)

    found = [(one.value, one.superseded_at) for one in ratings.of(connection, 1)]
    assert found == [(1, late.at), (5, days_later.at), (4, None)]
