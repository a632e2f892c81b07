"""Conditions of filters: written and read again, and what they mean at a moment."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import request_fields
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type
from caseline.listing import conditions, kinds, meaning
from caseline.listing.conditions import Condition
from caseline.listing.kinds import Op
from caseline.listing.meaning import Comparison, Fault, Moment, Special, Why
from caseline.listing.stores import where

FIELDS = kinds.known(
    (
        *request_fields.OWN,
        RequestField(name="City", type=Type.TEXT, extra=True),
        RequestField(name="Amount", type=Type.MONEY, extra=True),
        RequestField(name="Visit", type=Type.DATE, extra=True),
    )
)
MOMENT = Moment(datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "Europe/Moscow")  # 1 December there


def meant(text: str) -> tuple[meaning.Meant, ...] | Fault:
    return meaning.of(conditions.read(text), FIELDS, MOMENT)


def only(text: str) -> Comparison:
    found = meant(text)
    assert not isinstance(found, Fault)
    (one,) = found
    assert isinstance(one, Comparison)
    return one


def span(text: str) -> tuple[Comparison, Comparison]:
    found = meant(text)
    assert not isinstance(found, Fault)
    since, until = found
    assert isinstance(since, Comparison)
    assert isinstance(until, Comparison)
    return since, until


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(_TEXTS, st.sampled_from([*Op, ""]), st.lists(_TEXTS))
def test_what_is_written_is_read_again(key: str, op: str, values: list[str]) -> None:
    condition = Condition(key, op, tuple(values))

    assert conditions.read(condition.text) == condition


@given(st.text())
def test_any_text_is_read_and_means_something_or_a_fault(text: str) -> None:
    found = meaning.of(conditions.read(text), FIELDS, MOMENT)

    assert isinstance(found, Fault | tuple)


@given(st.sampled_from(sorted(FIELDS)), st.sampled_from(Op), st.lists(st.text(), max_size=3))
def test_any_value_means_something_or_a_fault(key: str, op: Op, values: list[str]) -> None:
    found = meaning.of(Condition(key, op, tuple(values)), FIELDS, MOMENT)

    assert isinstance(found, Fault | tuple)


def test_the_grammar_of_links_from_elsewhere() -> None:
    assert conditions.read("stage:in:new,in work") == Condition("stage", "in", ("new", "in work"))
    assert conditions.read("open::") == Condition("open")
    assert conditions.read("extra.City:in:a%2Cb,50%25") == Condition("extra.City", "in", ("a,b", "50%"))
    assert conditions.read("created_at:from:2026-01-01T10:00:00+03:00").values == ("2026-01-01T10:00:00+03:00",)


def test_no_conditions_can_be_said() -> None:
    assert conditions.read_all(["", " "]) == ()


def test_a_field_that_is_gone_is_named() -> None:
    assert meant("extra.Town:in:x") == Fault(Condition("extra.Town", "in", ("x",)), Why.FIELD)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("stage:has:new", Why.OPERATOR),
        ("subject:empty:", Why.OPERATOR),
        ("created_at:from:yesterday", Why.VALUE),
        ("created_at:last:30", Why.VALUE),
        ("created_at:last:99999d", Why.VALUE),
        ("created_at:from:0001-01-01,2026-01-01", Why.VALUE),
        ("company:in:Roga", Why.VALUE),
        ("company:in:99999999999999999999999", Why.VALUE),
        ("company:in:", Why.VALUE),
        ("extra.Amount:from:1e9", Why.VALUE),
        ("extra.Amount:from:NaN", Why.VALUE),
        ("extra.Visit:last:5h", Why.VALUE),
        ("escalated:in:yes", Why.VALUE),
        ("stage:in:" + ",".join(map(str, range(conditions.MOST_VALUES + 1))), Why.MANY),
    ],
)
def test_nonsense_says_what_it_is(text: str, why: Why) -> None:
    found = meant(text)

    assert isinstance(found, Fault)
    assert found.why is why


def test_too_many_conditions_are_faults_and_not_applied() -> None:
    asked = [Condition("stage", "in", (str(n),)) for n in range(conditions.MOST + 2)]

    kept, faults = meaning.all_of(asked, FIELDS, MOMENT)

    assert (len(kept), [fault.why for fault in faults]) == (conditions.MOST, [Why.MANY, Why.MANY])


def test_days_begin_on_the_readers_clock() -> None:
    assert only("created_at:from:2026-12-01").values == (datetime(2026, 11, 30, 21, tzinfo=UTC),)


def test_the_last_days_are_whole_ones() -> None:
    since, until = span("created_at:last:1d")

    assert (since.op, since.values) == (Op.FROM, (datetime(2026, 11, 29, 21, tzinfo=UTC),))
    assert (until.op, until.values) == (Op.BEFORE, (MOMENT.now,))


def test_the_next_days_end_with_a_whole_one() -> None:
    since, until = span("due_at:next:1d")

    assert since.values == (MOMENT.now,)
    assert (until.op, until.values) == (Op.BEFORE, (datetime(2026, 12, 2, 21, tzinfo=UTC),))


def test_days_of_a_clock_that_is_put_forward_begin_when_it_says() -> None:
    summer = Moment(datetime(2026, 3, 30, 12, tzinfo=UTC), "Europe/Berlin")

    since, _until = meaning.of(Condition("created_at", "last", ("2d",)), FIELDS, summer)  # type: ignore[misc]

    assert since.values == (datetime(2026, 3, 27, 23, tzinfo=UTC),)  # type: ignore[union-attr]


def test_numbers_are_read_as_people_write_them() -> None:
    assert only("extra.Amount:from:1 000%2C5").values == (Decimal("1000.5"),)


def test_special_conditions_need_no_operator() -> None:
    assert [meant(f"{key}::") for key in conditions.SPECIAL] == [(Special(key),) for key in conditions.SPECIAL]


@pytest.mark.parametrize("year", [2, 99, 999, 1000, 2026, 9998])
def test_times_of_extra_fields_are_compared_as_texts_that_stand_in_the_order_of_time(year: int) -> None:
    seen = RequestField(name="Seen", type=Type.DATETIME, extra=True)
    at = datetime(year, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)

    assert where.stored(seen, at) == f"{year:04}-02-03T04:05:06.789Z"
