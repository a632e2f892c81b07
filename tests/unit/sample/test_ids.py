"""Record ids."""

import itertools

import pytest

from caseline.sample import layouts
from caseline.sample.ids import IdSpace, with_suffix


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("0017Q00000KGhjM", "0017Q00000KGhjMQAT"),
        ("0017Q00000M1H7E", "0017Q00000M1H7EQAV"),
        ("000000000000000", "000000000000000AAA"),
    ],
)
def test_suffix_tells_which_letters_are_capitals(short: str, long: str) -> None:
    assert with_suffix(short) == long


@pytest.mark.parametrize("index", [0, 1, 61, 62, 3_843, 3_844, 238_328, 290_000, 3_000_000, 15_000_000])
def test_id_of_an_index_has_the_suffix_of_its_fifteen(index: int) -> None:
    for layout in layouts.ALL:
        found = layout.ids.at(index)
        assert len(found) == 18
        assert found == with_suffix(found[:15])
        assert found.startswith(layout.ids.prefix)


def test_ids_of_all_indexes_differ() -> None:
    ids = IdSpace("500", 77_020_590)

    assert len({ids.at(index) for index in range(20_000)}) == 20_000


def test_some_ids_differ_in_letter_case_alone() -> None:
    ids = [layouts.CASE.ids.at(index)[:15] for index in range(124)]

    twins = [(a, b) for a, b in itertools.combinations(ids, 2) if a.lower() == b.lower()]
    assert len(twins) >= 3


def test_id_that_exists_nowhere_is_well_formed_and_of_no_row() -> None:
    ids = IdSpace("003", 240_115_873)

    nowhere = {ids.nowhere(index) for index in range(1_000)}

    assert len(nowhere) == 1_000
    assert all(found == with_suffix(found[:15]) for found in nowhere)
    assert nowhere.isdisjoint(ids.at(index) for index in range(50_000))
