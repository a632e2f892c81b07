"""What texts mean by a mapping, worked out in Python: types, keys, sums."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from caseline.crm.vocabulary import Type
from staging.audit.census import Census
from staging.audit.comparison import Comparison
from staging.audit.digests import Digests
from staging.audit.faulty import Faulty
from staging.audit.findings import KEPT, Finding, Findings, Kind
from staging.audit.interpret import Reader, is_blank, stored
from staging.audit.judging import SHOWN, side_by_side
from staging.audit.keys import KeySet, hashes, key_of
from staging.audit.samples import Drawer, choose
from staging.mapping import Key, Mapping, Rule

Settings = dict[str, Any]


def mapping(**settings: Any) -> Mapping:  # noqa: ANN401 - settings of a mapping
    part = {"files": "a.csv", "key": "id", "fields": {}}
    return Mapping.model_validate({"version": "1", "source": "s", "title": "t", "parts": {"request": part}} | settings)


def value(kind: Type, text: str | None, of: Settings | None = None, **said: Any) -> Any:  # noqa: ANN401 - of any type
    rule = Rule.model_validate({"column": "x"} | said)
    return Reader(kind, rule, mapping(**(of or {})), required=rule.required)([text])[0]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Type.TEXT, " as it is ", " as it is "),
        (Type.TEXT, None, None),
        (Type.BOOLEAN, "TRUE", True),
        (Type.BOOLEAN, "0", False),
        (Type.BOOLEAN, "\u00a0", None),
        (Type.BOOLEAN, "maybe", Faulty("BAD_BOOLEAN", "maybe")),
        (Type.INTEGER, "+12.0", Decimal(12)),
        (Type.INTEGER, "12.5", Faulty("BAD_NUMBER", "12.5")),
        (Type.NUMBER, "1e3", Decimal(1000)),
        (Type.MONEY, "12345678901234567.89", Decimal(12345678901234600)),
        (Type.NUMBER, "٣", Faulty("BAD_NUMBER", "٣")),
        (Type.MULTI_LIST, " a ;b;; ", ["a", "b"]),
        (Type.MULTI_LIST, '["a", null, ""]', ["a"]),
        (Type.MULTI_LIST, " ", None),
        (Type.DATETIME, "2024-02-29 10:00:00", datetime(2024, 2, 29, 10, tzinfo=UTC)),
        (Type.DATETIME, "2024-02-29T10:00:00.250Z", datetime(2024, 2, 29, 10, 0, 0, 250_000, tzinfo=UTC)),
        (Type.DATETIME, "2024-01-01 24:00:00", datetime(2024, 1, 2, tzinfo=UTC)),
        (Type.DATETIME, "2024-01-01 23:59:60", datetime(2024, 1, 2, tzinfo=UTC)),
        (Type.DATETIME, "2024-01-01 24:00:01", Faulty("BAD_DATE", "2024-01-01 24:00:01")),
        (Type.DATETIME, "2023-02-29", Faulty("BAD_DATE", "2023-02-29")),
        (Type.DATETIME, "1899-12-31", Faulty("BAD_DATE", "1899-12-31")),
        (Type.DATE, "2024-02-29", date(2024, 2, 29)),
    ],
)
def test_texts_are_read_by_type(kind: Type, text: str | None, expected: object) -> None:
    assert value(kind, text) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2014-10-26 01:30:00", "Europe/Moscow", "2014-10-25 22:30"),  # came twice: the second one, UTC+3
        ("2013-10-27 02:30:00", "Europe/Berlin", "2013-10-27 01:30"),  # came twice
        ("2013-03-31 02:30:00", "Europe/Berlin", "2013-03-31 01:30"),  # never was: as if it had gone on
        ("2013-07-01 12:00:00", "Europe/Berlin", "2013-07-01 10:00"),
    ],
)
def test_clocks_that_are_put_back_or_forward(text: str, zone: str, expected: str) -> None:
    found = value(Type.DATETIME, text, zone=zone)

    assert found.astimezone(UTC).isoformat(" ", "minutes").startswith(expected)


def test_a_day_is_the_day_in_the_zone_of_the_source() -> None:
    assert value(Type.DATE, "2024-01-01T22:00:00.000Z", zone="Europe/Moscow") == date(2024, 1, 2)


def test_numbers_with_a_comma() -> None:
    assert value(Type.MONEY, "1 234,50", decimal=",", thousands=" \u00a0") == Decimal("1234.5")
    assert value(Type.MONEY, "1.234", decimal=",") == Faulty("BAD_NUMBER", "1.234")
    assert value(Type.MONEY, "1.5", of={"format": "jsonl"}, decimal=",") == Decimal("1.5")


def test_value_maps_and_what_they_do_not_know() -> None:
    values = {"New": "new"}
    assert value(Type.LIST, "New", values=values) == "new"
    assert value(Type.LIST, "Old", values=values) == Faulty("UNKNOWN_VALUE", "Old")
    assert value(Type.LIST, " ", values=values) is None
    assert value(Type.LIST, "Old", values=values, unmapped="keep") == "Old"
    assert value(Type.LIST, "Old", values=values, unmapped="empty") is None
    assert value(Type.LIST, "new", values=values, default="new") == "new"
    assert value(Type.BOOLEAN, "Y", values={"Y": "true"}) is True


def test_length_and_emptiness() -> None:
    assert value(Type.TEXT, "яяя", max=2) == Faulty("TOO_LONG", "яяя")
    assert value(Type.TEXT, "яяя", max=2, too_long="cut") == "яя"
    assert value(Type.TEXT, "\u200b ", required=True) == Faulty("MISSING", "\u200b ")
    assert value(Type.TEXT, None, required=True) == Faulty("MISSING", None)
    assert is_blank("\u00a0\t")
    assert not is_blank(" x")


def test_extra_fields_come_back_in_the_form_of_the_readers() -> None:
    assert stored(Type.DATETIME, "2024-03-01T09:00:00.250Z") == datetime(2024, 3, 1, 9, 0, 0, 250_000, tzinfo=UTC)
    assert stored(Type.DATE, "2024-03-01") == date(2024, 3, 1)
    assert stored(Type.MONEY, 12.5) == Decimal("12.5")
    assert stored(Type.NUMBER, 10**999) == Decimal("1e999")
    assert stored(Type.MULTI_LIST, []) is None
    assert stored(Type.DATE, "no date") == "no date"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("0017Q00000KGhjM", "0017Q00000KGhjMQAT"),
        ("0017Q00000M1H7E", "0017Q00000M1H7EQAV"),
        (" 0017Q00000M1H7EQAV\u00a0", "0017Q00000M1H7EQAV"),
        ("50130000000014c", "50130000000014cAAA"),
        ("50130000000014C", "50130000000014CAAQ"),
        ("malformed", "malformed"),
        (" ", None),
        (None, None),
    ],
)
def test_salesforce_ids_of_15_characters_become_18(text: str | None, key: str | None) -> None:
    assert key_of(Key(column=["x"], ids="salesforce"), text) == key


def test_folded_keys_ignore_case_yo_and_runs_of_blanks() -> None:
    rule = Key(column=["x"], fold=True)

    assert key_of(rule, "  ООО \u00a0«ЁЛКА» ") == key_of(rule, "ооо «елка»") == "ооо «елка»"
    assert key_of(rule, "x" * 1_001) is None


def test_a_key_set_knows_what_it_took_in() -> None:
    known, chance = KeySet(), random.Random(1)
    keys = [f"key {number}" for number in range(5_000)]
    chance.shuffle(keys)
    for start in range(0, 2_500, 100):
        known.add(hashes(keys[start : start + 100]))

    assert known.holds(hashes(keys)).tolist() == [True] * 2_500 + [False] * 2_500
    assert KeySet().holds(hashes(keys[:3])).tolist() == [False] * 3
    other = KeySet()
    other.update(known)
    assert other.holds(hashes(keys[:2_500])).all()


def test_digests_do_not_depend_on_order_and_see_every_change() -> None:
    keys = [f"{number}" for number in range(200)]
    values: list[Any] = [None if number % 7 == 0 else f"v{number % 5}" for number in range(200)]
    digests = Digests()
    digests.add_both("e", "same", hashes(keys), (values, list(values)))
    order = np.random.default_rng(3).permutation(200).tolist()
    digests.add_expected("e", "order", hashes(keys), values)
    digests.add_found("e", "order", hashes(keys[n] for n in order), [values[n] for n in order])
    swapped = [values[1], values[0], *values[2:]]
    digests.add_both("e", "swapped", hashes(keys), (values, swapped))

    for name, equal in (("same", True), ("order", True), ("swapped", False)):
        sums = digests.sums["e", name]
        assert (sums.expected == sums.found) is equal
        assert sums.expected_count == sums.found_count == 171


def test_a_moment_has_one_digest_in_every_zone() -> None:
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    digests = Digests()

    digests.add_expected("e", "f", hashes(["1"]), [moment])
    digests.add_found("e", "f", hashes(["1"]), [moment.astimezone()])

    assert digests.sums["e", "f"].expected == digests.sums["e", "f"].found


def test_long_values_are_shown_from_where_they_part() -> None:
    left, right = "a" * 1_000 + "b" * 1_000, "a" * 1_000 + "c" * 1_000

    said, seen = side_by_side(left, right)

    assert said is not None
    assert seen is not None
    assert said.startswith("…a")
    assert "b" in said
    assert "c" in seen
    assert max(len(said), len(seen)) <= SHOWN + 1
    assert side_by_side(None, "x") == (None, "x")


def test_the_first_findings_of_each_sort_are_kept() -> None:
    findings = Findings()
    for number in range(3 * KEPT):
        findings.add(Finding("request", Kind.DIFFERENT, str(number), "subject"))
    findings.add(Finding("request", Kind.MISSING, "x"))

    assert findings.total == 3 * KEPT + 1
    assert len(findings.kept) == KEPT + 1
    assert findings.kept[-1].key == "x"


def test_records_are_counted_by_year_status_and_first_owner() -> None:
    census = Census()
    columns: dict[str, list[Any]] = {
        "created_at": [datetime(2023, 1, 1, tzinfo=UTC), Faulty("BAD_DATE", "x")],
        "stage": ["new", None],
        "assignee": [None, "a"],
        "group": ["g", "h"],
    }

    census.expect("request", columns)
    census.find("request", {name: values[:1] for name, values in columns.items()})

    year, status, owner = (census.lines["request", dimension] for dimension in ("year", "status", "owner"))
    assert {key: (line.expected, line.found) for key, line in year.items()} == {"2023": (1, 1), "": (1, 0)}
    assert {key: (line.expected, line.found) for key, line in status.items()} == {"new": (1, 1), "": (1, 0)}
    assert {key: (line.expected, line.found) for key, line in owner.items()} == {"g": (1, 1), "a": (1, 0)}


def test_samples_are_drawn_evenly_and_shared_out_over_the_parts() -> None:
    drawn: dict[str, int] = {}
    for seed in range(400):
        drawer = Drawer(2, random.Random(seed))
        for start in range(0, 20, 5):
            keys = [f"{number}" for number in range(start, start + 5)]
            drawer.offer("request", keys, keys, Comparison())
        for sample in drawer.kept:
            drawn[sample.key] = drawn.get(sample.key, 0) + 1
    assert len(drawn) == 20
    assert 15 < min(drawn.values()) <= max(drawn.values()) < 75

    one, many = Drawer(10, random.Random(1)), Drawer(10, random.Random(1))
    one.offer("group", ["g"], ["g"], Comparison())
    many.offer("request", [str(n) for n in range(50)], [str(n) for n in range(50)], Comparison())
    assert [sample.part for sample in choose([one, many], 10)] == ["group"] + 9 * ["request"]
