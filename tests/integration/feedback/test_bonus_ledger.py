"""The ledger of bonuses in the database: of two visits at once one gets the bonus, whatever ends, merges or repeats."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import psycopg
import pytest
import sqlalchemy as sa

from caseline.actions import use_bonus
from caseline.crm.cards import Card
from caseline.feedback import bonus_store
from caseline.feedback.bonus import Kind, Line
from caseline.feedback.bonus_store import Given, Why
from tests.factories.answered import Feedback, feedback

ROUNDS: Final = 8


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url)


def give(asked: Feedback, contact: int, amount: int = 100, days: int = 30, key: str = "gift") -> None:
    with asked.house.engine.begin() as connection:
        ends = asked.now + timedelta(days=days)
        given = Given(key=f"{key}:{contact}", contact_id=contact, amount=amount, expires_at=ends, applies=True)
        assert bonus_store.credit(connection, given, now=asked.now - timedelta(days=1)) is not None
        assert bonus_store.credit(connection, given, now=asked.now) is None


def visit(asked: Feedback, contact: int, price: object = 1000) -> Card:
    return asked.record(contact_id=contact, more={"extra": {"price": price} if price is not None else {}})


def price(asked: Feedback, card: Card) -> object:
    ((extra,),) = asked.query("SELECT extra FROM crm.record WHERE id = :id", id=card.id)
    return extra.get("price")


def settle(asked: Feedback, card: Card) -> list[Line]:
    with asked.house.engine.begin() as connection:
        return use_bonus.settle(asked.house, connection, card.id, now=asked.now)


def balance(asked: Feedback, contact: int) -> int:
    with asked.house.engine.connect() as connection:
        return bonus_store.balance(connection, bonus_store.family(connection, contact))


def test_of_two_visits_at_once_one_gets_the_bonus(asked: Feedback) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(ROUNDS):
            contact = asked.contact()
            give(asked, contact)
            cards = [visit(asked, contact) for _ in range(2)]

            lines = list(pool.map(lambda card: settle(asked, card), [*cards, *cards]))

            assert sorted(price(asked, card) for card in cards) == [900, 1000]  # type: ignore[type-var]
            assert sum(map(len, lines)) == 1
            assert balance(asked, contact) == 0


def test_the_database_lets_nobody_spend_more_than_there_is(asked: Feedback) -> None:
    contact = asked.contact()
    give(asked, contact)

    with asked.house.engine.connect() as connection:
        (credit,) = bonus_store.credits_of(connection, [contact])
        line = Line(Kind.APPLY, credit.id, -101)
        with pytest.raises(sa.exc.IntegrityError, match="remaining") as refused:
            bonus_store.add(connection, line, Why(key="x", record_id=1), now=asked.now)
    assert isinstance(refused.value.orig, psycopg.errors.CheckViolation)


def test_without_a_price_it_is_kept_and_taken_as_soon_as_there_is_one(asked: Feedback) -> None:
    contact = asked.contact()
    give(asked, contact)
    card, other = visit(asked, contact, None), visit(asked, contact)

    assert [one.kind for one in settle(asked, card)] == [Kind.RESERVE]
    assert settle(asked, other) == []
    asked.query("""UPDATE crm.record SET extra = '{"price": "59.90"}' WHERE id = :id""", id=card.id)
    assert [one.kind for one in settle(asked, card)] == [Kind.RELEASE, Kind.APPLY]

    assert price(asked, card) == "0.90"
    assert balance(asked, contact) == 41
    assert [one.amount for one in settle(asked, other)] == [-41]


def test_what_is_left_ends_in_its_time_and_once(asked: Feedback) -> None:
    contact = asked.contact()
    give(asked, contact, days=10)
    card = visit(asked, contact, 30)
    settle(asked, card)

    assert use_bonus.end(asked.house, now=asked.now + timedelta(days=9)) == 0
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: use_bonus.end(asked.house, now=asked.now + timedelta(days=10)), range(2)))
    assert balance(asked, contact) == 0
    assert asked.query("SELECT amount FROM feedback.bonus_line WHERE kind = 'expire'") == [(-70,)]

    asked.stage("request", "cancelled", "Cancelled", closed=True)
    asked.query("UPDATE crm.record SET stage = 'cancelled', closed_at = now() WHERE id = :id", id=card.id)
    settle(asked, card)
    assert (price(asked, card), balance(asked, contact)) == (30, 30)
    use_bonus.end(asked.house, now=asked.now + timedelta(days=11))
    assert balance(asked, contact) == 0


def test_a_price_that_is_none_is_left_alone(asked: Feedback) -> None:
    for odd in ("cheap", -5, True, None, [1], "NaN", "inf"):
        contact = asked.contact()
        give(asked, contact)
        assert [one.kind for one in settle(asked, visit(asked, contact, odd))] == [Kind.RESERVE], odd


def test_a_contact_that_is_merged_takes_the_bonus_along(asked: Feedback) -> None:
    gone, into = asked.contact("Пример Один"), asked.contact("Пример Два")
    give(asked, gone)
    give(asked, into, 50)
    asked.query(
        "INSERT INTO crm.contact_merge (gone_id, into_id, at, moved) VALUES (:gone, :into, now(), '{}')",
        gone=gone,
        into=into,
    )

    assert balance(asked, into) == 150
    assert sum(one.amount for one in settle(asked, visit(asked, into))) == -150
    assert balance(asked, into) == 0
