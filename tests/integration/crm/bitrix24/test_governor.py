"""Seconds of operating: a method that has used up its time waits, and no other does."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24.answers import Done
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.governor import Governor
from caseline.crm.bitrix24.line import Line
from caseline.crm.bitrix24.times import Operating
from caseline.crm.port import TryLater
from tests.factories import portal_steps as script
from tests.factories.portal_clock import Bench
from tests.factories.scripted_portal import No

ADD, GET = "crm.lead.add", "crm.lead.get"


@pytest.fixture
def governor(table: Bench) -> Iterator[Governor]:
    """Of a webhook with a budget of 100 seconds, of which 90 are used."""
    line = Line(table.engine)
    yield Governor(line, "w", budget=100)
    line.close()


def used(method: str, seconds: float, *, at: float = 1000, reset_in: float = 300) -> list[Operating]:
    return [Operating(method, seconds, at, reset_in)]


def test_what_nobody_has_called_may_be_called(governor: Governor) -> None:
    assert governor.waits([ADD, GET]) == {ADD: 0, GET: 0}
    assert governor.waits([]) == {}


def test_a_method_near_its_budget_waits_until_its_reset_and_no_other_does(governor: Governor, table: Bench) -> None:
    governor.told(used(ADD, 89.9))
    assert governor.waits([ADD]) == {ADD: 0}
    governor.told(used(ADD, 90.5, at=1001))

    assert 290 < governor.waits(["CRM.Lead.Add", GET])["CRM.Lead.Add"] <= 300
    assert governor.waits(["CRM.Lead.Add", GET])[GET] == 0
    table.time.pass_by(300)
    assert governor.waits([ADD]) == {ADD: 0}


def test_the_latest_word_counts_whatever_order_it_comes_in(governor: Governor) -> None:
    governor.told(used(ADD, 95, at=1002) + used(ADD, 10, at=1001))
    assert governor.waits([ADD])[ADD] > 0
    governor.told(used(ADD, 10, at=1001))
    assert governor.waits([ADD])[ADD] > 0
    governor.told(used(ADD, 10, at=1003))
    assert governor.waits([ADD])[ADD] == 0


def test_a_closed_method_stays_closed_as_long_as_the_longest_said(governor: Governor, table: Bench) -> None:
    governor.close(ADD, 200)
    governor.close(ADD, 20)
    governor.told(used(ADD, 1))
    assert 190 < governor.waits([ADD, GET])[ADD] <= 201
    assert governor.waits([GET]) == {GET: 0}
    table.time.pass_by(201)
    assert governor.waits([ADD]) == {ADD: 0}


def test_webhooks_have_budgets_of_their_own(governor: Governor, table: Bench) -> None:
    governor.close(ADD, 200)
    line = Line(table.engine)
    assert Governor(line, "other", budget=100).waits([ADD]) == {ADD: 0}
    line.close()


def test_a_client_waits_for_the_method_that_has_used_its_time_and_sends_others(table: Bench, portal: Portal) -> None:
    table.server.operating = {ADD: 450.0}
    portal.send({"a": Call(ADD)})
    table.server.operating = {}

    portal.read(GET)
    assert table.time.slept == []
    assert portal.send({"a": Call(ADD), "g": Call(GET)}) == {"a": Done(4), "g": Done(3)}
    assert table.server.batches() == [1, 0, 1, 1]
    assert 290 < sum(table.time.slept) < 302


def test_a_command_that_is_refused_for_its_time_waits_for_its_reset_and_no_other_does(
    table: Bench, portal: Portal
) -> None:
    full = No("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
    table.server.answers = lambda method, _params: full if method == ADD and not table.time.slept else None

    outcomes = portal.send({"a": Call(ADD), "g": Call(GET), "b": Call(ADD)})

    assert outcomes == {"a": Done(2), "g": Done(1), "b": Done(3)}
    assert table.server.batches() == [3, 2]
    assert 59 < sum(table.time.slept) < 63


def test_a_call_refused_with_429_closes_its_method(table: Bench, portal: Portal) -> None:
    said = {"finish": 1000.5, "operating_reset_at": 1100, "operating": 481.0}
    table.server.script.append(script.fault(429, "OPERATION_TIME_LIMIT", time=said))

    portal.read(GET)

    with table.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT method FROM portal.operating")).scalars().all() == [GET]
    assert 98 < sum(table.time.slept) < 102


def test_a_method_that_stays_closed_longer_than_patience_is_for_later(table: Bench) -> None:
    with table.client(patience=10) as portal:
        portal._traffic.governor.close(ADD, 500)
        with pytest.raises(TryLater, match="used up"):
            portal.send({"a": Call(ADD)})
        with pytest.raises(TryLater, match="used up"):
            portal.read(ADD)
        with pytest.raises(TryLater, match="used up"):
            portal.read_many({"a": Call(ADD)})
    assert table.server.asked == []
