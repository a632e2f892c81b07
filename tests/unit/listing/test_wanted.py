"""Places in lists and orders, as addresses hold them."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import clients, request_fields
from caseline.listing import columns, kinds, wanted
from caseline.listing.columns import Column
from caseline.listing.wanted import Place, Sort

FIELDS = kinds.known(request_fields.OWN)
MARK = wanted.mark(["open::"])
_KEYS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=2)


@given(st.integers(0, 3), _KEYS, st.integers(1, 2**62), st.booleans())
def test_a_place_that_is_written_is_read_again(segment: int, keys: list[str | None], number: int, back: bool) -> None:
    place = Place(segment, (*keys, number), back)

    assert wanted.read_place(wanted.write_place(place, MARK), MARK) == place


@pytest.mark.parametrize("sign", ["ё", "\U0001f600", '"'])
def test_a_place_beside_the_longest_names_is_read_again(sign: str) -> None:
    place = Place(1, (sign * clients.LONGEST, sign * clients.LONGEST, 2**62))

    assert wanted.read_place(wanted.write_place(place, MARK), MARK) == place


def test_a_place_of_another_list_is_none() -> None:
    told = wanted.write_place(Place(0, (1,)), MARK)

    assert wanted.read_place(told, wanted.mark(["closed::"])) is None


@given(st.text())
def test_any_text_is_a_place_or_none(text: str) -> None:
    assert wanted.read_place(text, MARK) is None


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        [MARK, 0, 0],
        [MARK, 0, 0, "1"],
        [MARK, 0, 0, None],
        [MARK, "0", 0, 1],
        [MARK, 0, 0, {}, 1],
        [MARK, 0, 0, 2**70],
        [MARK, 0, 0, "\0", 1],
        [MARK, 0, 0, 1, 2, 3, 4],
        [MARK, 0, 0, True],
    ],
)
def test_a_place_that_somebody_made_up_is_none(told: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    assert wanted.read_place(text, MARK) is None


def test_orders_take_two_fields_that_can_be_sorted_by() -> None:
    asked = ["-due_at", "nonsense", "description", "company", "due_at", "subject"]

    assert wanted.sorts(asked, FIELDS, ()) == (Sort("due_at", down=True), Sort("company"))
    assert wanted.sorts(["nonsense"], FIELDS, (Sort("created_at"),)) == (Sort("created_at"),)


def test_columns_are_read_with_care() -> None:
    kept = [["subject", 5], ["subject", 100], ["gone", 1], "number", ["age", "wide"], 7, ["stage", 100_000], None]

    found = columns.read(kept, FIELDS)

    assert found == (
        Column("subject", columns.NARROWEST),
        Column("number"),
        Column("age"),
        Column("stage", columns.WIDEST),
    )
    assert columns.read({"no": "list"}, FIELDS) == ()
    assert columns.read(columns.kept(found), FIELDS) == found


def test_a_column_moves_and_stops_at_the_edge() -> None:
    some = tuple(map(Column, "abc"))

    assert "".join(one.key for one in columns.moved(some, "c", -1)) == "acb"
    assert "".join(one.key for one in columns.moved(some, "a", -1)) == "abc"
    assert columns.moved(some, "x", 1) == some
