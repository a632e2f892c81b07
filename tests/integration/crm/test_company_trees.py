"""No company stands above itself, also where two set parents at the same moment, and where merges are taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from caseline.actions import keep_clients, merge_clients, see_clients
from caseline.actions.wiring import House, open_house
from caseline.crm.cards import Refused
from caseline.crm.clients import Entity
from caseline.settings import load
from tests.factories.clients import ANNA, company, merged, version


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as opened:
        yield opened


def parent(house: House, number: int) -> int | None:
    found: int | None = see_clients.shown(house, ANNA, Entity.COMPANY, number).client.values["parent_id"]
    return found


def under(house: House, number: int, above: int | None) -> None:
    known = (Entity.COMPANY, number, version(house, Entity.COMPANY, number))
    keep_clients.change(house, ANNA, known, {"parent_id": above}, {}, datetime.now(UTC))


def test_of_two_who_set_each_other_above_one_is_refused(house: House) -> None:
    ours, theirs = company(house, "Ромашка"), company(house, "Василёк")
    ready = Barrier(2)

    def under(child: int, parent: int) -> bool:
        known = (Entity.COMPANY, child, version(house, Entity.COMPANY, child))
        ready.wait()
        try:
            keep_clients.change(house, ANNA, known, {"parent_id": parent}, {}, datetime.now(UTC))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(under, (ours, theirs), (theirs, ours)))

    assert done == [False, True]
    above = [parent(house, number) for number in (ours, theirs)]
    assert sorted(above, key=lambda parent: parent or 0) in ([None, ours], [None, theirs])


def test_a_company_that_went_into_one_below_it_stands_above_it_again(house: House) -> None:
    above = company(house, "Холдинг")
    below = company(house, "Филиал", parent_id=above)
    merged(house, Entity.COMPANY, above, below)
    assert parent(house, below) is None

    merge_clients.unmerge(house, ANNA, Entity.COMPANY, above, now=datetime.now(UTC))

    assert parent(house, below) == above


def test_a_parent_that_somebody_has_chosen_since_stays_when_the_merge_is_taken_back(house: House) -> None:
    above, chosen = company(house, "Холдинг"), company(house, "Группа")
    below = company(house, "Филиал", parent_id=above)
    merged(house, Entity.COMPANY, above, below)
    under(house, below, chosen)

    merge_clients.unmerge(house, ANNA, Entity.COMPANY, above, now=datetime.now(UTC))

    assert parent(house, below) == chosen


def test_the_parent_comes_back_to_the_one_that_had_it_also_over_two_merges(house: House) -> None:
    above, last = company(house, "Холдинг"), company(house, "ООО Филиал")
    below = company(house, "Филиал", parent_id=above)
    merged(house, Entity.COMPANY, above, below)
    merged(house, Entity.COMPANY, below, last)

    merge_clients.unmerge(house, ANNA, Entity.COMPANY, above, now=datetime.now(UTC))
    merge_clients.unmerge(house, ANNA, Entity.COMPANY, below, now=datetime.now(UTC))

    assert (parent(house, below), parent(house, last)) == (above, None)


def test_a_merge_is_not_taken_back_where_a_company_would_stand_above_itself(house: House) -> None:
    top = company(house, "Группа")
    above = company(house, "Холдинг", parent_id=top)
    below = company(house, "Филиал", parent_id=above)
    merged(house, Entity.COMPANY, above, below)
    under(house, top, below)

    with pytest.raises(Refused, match=r"Группа.*Филиал"):
        merge_clients.unmerge(house, ANNA, Entity.COMPANY, above, now=datetime.now(UTC))
    assert parent(house, below) is None
    under(house, top, None)
    merge_clients.unmerge(house, ANNA, Entity.COMPANY, above, now=datetime.now(UTC))

    assert (parent(house, below), parent(house, above), parent(house, top)) == (above, top, None)


def test_a_merge_fills_no_parent_that_stands_below_the_one_that_remains(house: House) -> None:
    root = company(house, "Группа")
    branch = company(house, "Холдинг", parent_id=root)
    twin = company(house, "Филиал", parent_id=branch)
    assert merge_clients.preview(house, ANNA, Entity.COMPANY, twin, root).filled == []

    merged(house, Entity.COMPANY, twin, root, "parent_id")

    assert (parent(house, root), parent(house, branch)) == (None, root)
