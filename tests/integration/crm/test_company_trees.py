"""No company stands above itself, also where two people set two parents at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from caseline.actions import keep_clients, see_clients
from caseline.actions.wiring import House, open_house
from caseline.crm.cards import Refused
from caseline.crm.clients import Entity
from caseline.settings import load
from tests.factories.clients import ANNA, company, version


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as opened:
        yield opened


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
    above = [
        see_clients.shown(house, ANNA, Entity.COMPANY, number).client.values["parent_id"] for number in (ours, theirs)
    ]
    assert sorted(above, key=lambda parent: parent or 0) in ([None, ours], [None, theirs])
