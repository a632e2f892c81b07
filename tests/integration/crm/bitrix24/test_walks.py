"""Long lists of a portal are read in few requests, through limits and faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24 import options as options_of
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.polling import Polling
from caseline.portal_sandbox import Judge, Options, running
from tests.factories.in_step import in_step
from tests.factories.open_portals import Opened
from tests.factories.portals import nod

AT_ONCE = 20
WALKED = {"entityTypeId": 1, "filter": {"=originatorId": "shop"}, "select": ["title"]}


@contextmanager
def opened(engine: sa.Engine, folder: Path, **options: Any) -> Iterator[tuple[Opened, Portal]]:  # noqa: ANN401 - of a portal
    """A portal in this process and a client of it."""
    store = folder / "portal.sqlite"
    asked = options_of.Options(rate=1000, burst=10_000, operating=1e9, sleep=nod)
    with (
        running(Options(store=store, limited=False, **options)) as found,
        httpx.Client(base_url=found.webhook, timeout=60) as http,
        Portal(SecretStr(found.webhook), engine, asked) as client,
    ):
        yield Opened(found, http, Judge(store)), client


def fill(portal: Opened, number: int) -> None:
    """Leads of the source `shop`."""
    groups = [range(first, min(first + AT_ONCE, number)) for first in range(0, number, AT_ONCE)]
    for first in range(0, len(groups), 50):
        commands = {}
        for group in groups[first : first + 50]:
            data = "&".join(
                f"data[{n}][title]=Lead&data[{n}][originatorId]=shop&data[{n}][originId]=r{one}"
                for n, one in enumerate(group)
            )
            commands[f"c{group[0]}"] = f"crm.item.batchImport?entityTypeId=1&{data}"
        portal.batch(commands)


def requests(portal: Opened) -> int:
    return int(portal.judge.counters().get("requests", 0))


def walked(portal: Portal) -> list[int]:
    return [row["id"] for page in portal.walk("crm.item.list", WALKED) for row in page]


def test_ten_thousand_leads_are_read_in_a_few_requests(engine: sa.Engine, tmp_path: Path) -> None:
    with opened(engine, tmp_path) as (portal, client):
        fill(portal, 10_000)
        before = requests(portal)

        found = walked(client)

        assert found == sorted(entry.id for entry in portal.judge.records("lead"))
        assert len(found) == 10_000
        assert requests(portal) - before <= 7


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_walk_through_faults_loses_and_doubles_no_row(engine: sa.Engine, tmp_path: Path, seed: int) -> None:
    with opened(engine, tmp_path) as (portal, _client):
        fill(portal, 4_001)
        for entry in [*portal.judge.records("lead")][100:2_500:3]:
            portal.call("crm.item.delete", entityTypeId=1, id=entry.id)
    names = ("503", "html502_before", "html504_after", "html200", "reset_before", "reset_after", "truncated", "empty")
    faults = dict.fromkeys((*names, "batch_cut", "command_failed_though_done"), 0.04)
    with opened(engine, tmp_path, faults=faults, seed=seed) as (portal, client):
        for _ in range(3):
            assert walked(client) == sorted(entry.id for entry in portal.judge.records("lead"))
        assert portal.judge.faults()


def test_the_first_sync_and_a_comparison_read_thirty_pages_in_a_few_requests(database_url: str, tmp_path: Path) -> None:
    with in_step(database_url, tmp_path) as step:
        crm = step.house.crm
        assert isinstance(crm, Bitrix24Crm)
        step.imported([f"r{n}" for n in range(1_500)])
        before = step.judge.counters()["requests"]

        assert Polling(crm.tools, step.clock.now).note_changes("request") == 1_500
        noted = step.judge.counters()["requests"]
        pages = list(crm.comparing.of("request", ["shop"]))

        # Four of the walk, and one that asks for the time; a busy machine gets smaller batches.
        assert 5 <= noted - before <= 12
        assert 4 <= step.judge.counters()["requests"] - noted <= 12
        assert sum(number for number, _found in pages) == 1_500
        assert [found for _number, found in pages if found] == []
