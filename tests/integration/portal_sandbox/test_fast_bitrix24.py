"""A client that nobody here wrote, fast_bitrix24, gets along with the portal, and shows on it the faults it is known for."""

import asyncio
import warnings
from typing import Any

import pytest

from tests.factories.open_portals import Open, Opened, Said

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it imports warns on import
    from fast_bitrix24 import BitrixAsync
    from fast_bitrix24.server_response import ErrorInServerResponseException


def client(portal: Opened) -> BitrixAsync:
    return BitrixAsync(portal.running.webhook, verbose=False, request_pool_size=1000, requests_per_second=1000.0)


def leads(number: int) -> list[dict[str, Any]]:
    return [{"fields": {"TITLE": f"T{at}", "ORIGINATOR_ID": "SF", "ORIGIN_ID": f"k{at}"}} for at in range(number)]


@pytest.fixture(autouse=True)
def _unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pauses after errors are real time; the faults are what is tested."""
    monkeypatch.setattr("fast_bitrix24.srh.INITIAL_TIMEOUT", 0.01)


def test_it_adds_and_reads_everything(portal: Opened) -> None:
    async def use() -> Said:
        bitrix = client(portal)
        ids = await bitrix.call("crm.lead.add", leads(120))
        found = await bitrix.get_all("crm.lead.list", {"select": ["ID", "TITLE"], "filter": {">ID": 10}})
        return ids, found

    ids, found = asyncio.run(use())

    assert sorted(ids) == list(range(1, 121))
    assert len(found) == 110
    assert portal.judge.doubles() == {}


def test_it_reads_wrapped_lists(portal: Opened) -> None:
    async def use() -> Said:
        bitrix = client(portal)
        await bitrix.call("crm.lead.add", leads(60))
        items = await bitrix.get_all("crm.item.list", {"entityTypeId": 1, "select": ["id", "title"]})
        history = await bitrix.get_all("crm.stagehistory.list", {"entityTypeId": 1})
        return items, history

    items, history = asyncio.run(use())

    assert {item["id"] for item in items} == set(range(1, 61)) == {row["OWNER_ID"] for row in history}


def test_it_gets_by_id_and_updates(portal: Opened) -> None:
    async def use() -> Said:
        bitrix = client(portal)
        await bitrix.call("crm.lead.add", leads(3))
        changes = [{"ID": at, "fields": {"TITLE": f"N{at}"}} for at in (1, 2, 3)]
        changed = await bitrix.call("crm.lead.update", changes)
        found = await bitrix.get_by_ID("crm.lead.get", [1, 2, 3])
        return changed, found

    changed, found = asyncio.run(use())

    assert changed == (True, True, True)
    assert {number: lead["TITLE"] for number, lead in found.items()} == {"1": "N1", "2": "N2", "3": "N3"}


def test_it_sends_batches_of_ones_own_and_raw_calls(portal: Opened) -> None:
    async def use() -> Said:
        bitrix = client(portal)
        batch = {"halt": 0, "cmd": {"a": "crm.lead.add?fields[TITLE]=x", "b": "crm.lead.get?id=$result[a]"}}
        return await bitrix.call_batch(batch), await bitrix.call("crm.lead.add", {"fields": {"TITLE": "y"}}, raw=True)

    batch, raw = asyncio.run(use())

    assert (batch["a"], batch["b"]["TITLE"]) == (1, "x")
    assert raw["result"] == 2


def test_it_hears_of_errors(portal: Opened) -> None:
    with pytest.raises(ErrorInServerResponseException, match="Not found"):
        asyncio.run(client(portal).call("crm.lead.get", [{"ID": 5}, {"ID": 6}]))


def test_it_survives_refusals(portals: Open) -> None:
    portal = portals(faults={"503": 0.1}, seed=1)

    asyncio.run(client(portal).call("crm.lead.add", leads(1000)))

    assert portal.judge.number() == 1000
    assert portal.judge.faults()["503"] > 0
    assert portal.judge.doubles() == {}


def test_a_reset_after_the_commit_makes_it_double_records(portals: Open) -> None:
    portal = portals(faults={"reset_after": 0.25}, seed=2)

    asyncio.run(client(portal).call("crm.lead.add", leads(500)))

    lost = portal.judge.faults()["reset_after"]
    assert lost > 0
    assert portal.judge.number() == 500 + 50 * lost
    assert len(portal.judge.origins()) == 500
    assert sum(number - 1 for number in portal.judge.doubles().values()) == 50 * lost


def test_it_loses_the_last_id_when_one_record_is_left_for_the_last_batch(portal: Opened) -> None:
    bitrix = client(portal)
    bitrix.srh.mcr_max = bitrix.srh.mcr_cur_limit = 1  # one request after the other; otherwise it may break down

    ids = asyncio.run(bitrix.call("crm.lead.add", leads(51)))

    assert portal.judge.number() == 51
    assert len(ids) == 50
