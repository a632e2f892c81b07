"""Walks through lists of any shape: each row once, in order, in few requests, whatever happens meanwhile."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseline.crm.bitrix24.answers import Done, Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.walking import PAGE, Walk
from caseline.crm.port import TryLater

MOST = 50


@dataclass
class Listing:
    """A portal with one list; `between` happens after each request."""

    ids: list[int]
    """Rising."""
    between: Callable[["Listing"], None] = lambda _listing: None
    heeds_upper: bool = True
    takes: int = MOST
    """Commands of a batch that it answers."""
    requests: int = 0
    brought: int = 0
    """Rows in all."""
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def page(self, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(params)
        low, high = params["filter"][">id"], params["filter"].get("<=id")
        first = bisect_right(self.ids, low)
        end = bisect_right(self.ids, high) if high is not None and self.heeds_upper else len(self.ids)
        found = self.ids[first : min(end, first + PAGE)]
        self.brought += len(found)
        return {"items": [{"id": one} for one in found]}

    def read(self, _method: str, params: Mapping[str, Any] | None = None) -> Done:
        found = Done(self.page(params or {}))
        self.requests += 1
        self.between(self)
        return found

    def read_many(self, asked: Mapping[str, Call]) -> dict[str, Done | Refused]:
        self.requests += 1
        if len(asked) > self.takes:
            raise TryLater("too much at once")
        found: dict[str, Done | Refused] = {key: Done(self.page(call.params)) for key, call in asked.items()}
        self.between(self)
        return found

    def pages(self, after: int = 0) -> Iterator[list[dict[str, Any]]]:
        return Walk(self, "crm.item.list", {"filter": {"=x": 1}}, "id", MOST).pages(after)

    def walked(self, after: int = 0) -> list[int]:
        return [row["id"] for page in self.pages(after) for row in page]


def single(ids: Sequence[int]) -> int:
    """Requests of a walk page by page."""
    return len(ids) // PAGE + 1


RUNS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 260), st.integers(1, 9)), max_size=12)
"""(ids left out before, rows, distance) of stretches, one behind the other."""


def laid(runs: Sequence[tuple[int, int, int]], scale: int = 1) -> list[int]:
    ids, last = [], 0
    for skipped, number, distance in runs:
        last += skipped * scale
        new = [last + distance * n for n in range(1, number + 1)]
        ids += new
        last = new[-1]
    return ids


@given(RUNS, st.sampled_from([1, 37, 10_000]), st.integers(0, 200))
@example([(0, 1, 1)] * 12, 10_000, 0)
@example([(400, 51, 1)] * 12, 10_000, 0)
def test_every_row_comes_once_and_in_order(runs: list[tuple[int, int, int]], scale: int, after: int) -> None:
    ids = laid(runs, scale)
    listing = Listing(ids)

    assert listing.walked(after) == [one for one in ids if one > after]
    assert listing.requests <= single(ids) + 1


@pytest.mark.parametrize(
    "number", [n + more for n in (0, 50, 100, 450, 2_500, 5_000) for more in (-1, 0, 1) if n + more >= 0]
)
@pytest.mark.parametrize("distance", [1, 2, 7, 1_000])
def test_any_number_around_full_pages(number: int, distance: int) -> None:
    ids = [distance * n for n in range(1, number + 1)]
    listing = Listing(ids)

    assert listing.walked() == ids
    assert listing.requests <= single(ids)


@given(st.integers(), st.integers(1, 99))
@settings(max_examples=30)
def test_ids_that_are_left_out_by_chance(seed: int, percent: int) -> None:
    chance = Random(seed)
    ids = [one for one in range(1, 20_000) if chance.random() * 100 < percent]
    listing = Listing(ids)

    assert listing.walked() == ids
    assert listing.requests <= 6 + single(ids) // 20


def test_ten_thousand_rows_without_gaps_take_seven_requests() -> None:
    listing = Listing(list(range(1, 10_001)))

    assert listing.walked() == listing.ids
    assert listing.requests == 7
    assert len(listing.asked) < 260


def test_gaps_cost_few_commands() -> None:
    listing = Listing(laid([(1_000_000, 60, 1)] * 300))

    assert len(listing.walked()) == 18_000
    assert listing.requests <= single(listing.ids)
    assert len(listing.asked) <= 12 * listing.requests


@given(st.integers(), RUNS)
def test_what_is_neither_deleted_nor_new_comes_whatever_happens_meanwhile(
    seed: int, runs: list[tuple[int, int, int]]
) -> None:
    chance, ids = Random(seed), laid(runs)
    gone: set[int] = set()
    new: list[int] = []

    def meanwhile(listing: Listing) -> None:
        lost = chance.sample(listing.ids, min(len(listing.ids), 20))
        gone.update(lost)
        listing.ids = [one for one in listing.ids if one not in gone]
        if listing.requests < 5:
            added = [max([*ids, *new], default=0) + n for n in range(1, 30)]
            new.extend(added)
            listing.ids += added

    found = Listing(list(ids), meanwhile).walked()

    assert found == sorted(set(found))
    assert set(ids) - gone <= set(found) <= {*ids, *new}


def test_what_is_added_behind_the_last_row_is_read_too() -> None:
    def grow(listing: Listing) -> None:
        if listing.requests <= 4:
            listing.ids += range(max(listing.ids) + 1, max(listing.ids) + 120)

    listing = Listing(list(range(1, 5_001)), grow)

    found = listing.walked()

    # What came with the last request comes too late.
    assert found == list(range(1, len(found) + 1))
    assert len(found) >= 5_000 + 3 * 119


@pytest.mark.parametrize("runs", [[(0, 20_000, 1)], [(400, 300, 1)] * 60, [(0, 51, 1), (9, 200, 1), (900, 51, 1)] * 40])
def test_a_hundred_pages_at_most_are_in_memory(runs: list[tuple[int, int, int]]) -> None:
    listing, yielded, most = Listing(laid(runs, 100)), 0, 0
    for page in listing.pages():
        most = max(most, listing.brought - yielded)
        yielded += len(page)

    assert most <= 5_000


def test_a_portal_that_does_not_know_the_upper_end_loses_nothing() -> None:
    ids = laid([(3, 170, 2), (900, 120, 1)])

    assert Listing(ids, heeds_upper=False).walked() == ids


@pytest.mark.parametrize("takes", [1, 3, 20])
def test_answers_that_are_too_much_at_once_are_asked_for_in_smaller_parts(takes: int) -> None:
    listing = Listing(list(range(1, 5_001)), takes=takes)

    assert listing.walked() == listing.ids


def test_a_portal_that_is_away_is_left_alone() -> None:
    listing = Listing(list(range(1, 5_001)))

    def away(_method: str, _params: object = None) -> Done:
        raise TryLater("away")

    pages = listing.pages()
    next(pages)
    listing.takes, listing.read = 0, away  # type: ignore[assignment, method-assign]
    with pytest.raises(TryLater, match="away"):
        list(pages)
    assert listing.requests == 2


def test_a_refused_window_is_told_and_rows_out_of_order_stop_the_walk() -> None:
    class Refusing(Listing):
        def read_many(self, asked: Mapping[str, Call]) -> dict[str, Done | Refused]:
            return dict.fromkeys(asked, Refused("100", "no such field"))

    with pytest.raises(PortalRefused, match="no such field"):
        Refusing(list(range(1, 100))).walked()

    class Falling(Listing):
        def page(self, params: Mapping[str, Any]) -> dict[str, Any]:
            return {"items": super().page(params)["items"][::-1]}

    with pytest.raises(PortalStopped, match="to its end"):
        Falling([1, 2, 3]).walked()


def test_windows_keep_the_filter_and_ask_for_no_count() -> None:
    listing = Listing(list(range(1, 200)))
    listing.walked()

    assert {one["start"] for one in listing.asked} == {-1}
    assert {one["filter"]["=x"] for one in listing.asked} == {1}
    assert {one["filter"].keys() - {"=x", ">id", "<=id"} == set() for one in listing.asked} == {True}
    assert list(chain.from_iterable(one["order"] for one in listing.asked)) == ["id"] * len(listing.asked)
