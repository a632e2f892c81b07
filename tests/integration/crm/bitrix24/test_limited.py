"""An import into a portal that limits its requests: none of ours is refused."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.options import Options
from caseline.crm.connect import Webhook, portal
from tests.factories import portals
from tests.factories.portal_records import DEFINITIONS, contacts

RATE, BURST, RECORDS = 40, 8, 15
LATE = 2
"""A busy machine may hold up a request of each until others are on their way."""


def test_two_that_import_at_once_are_refused_no_request(engine: sa.Engine, tmp_path: Path) -> None:
    """Each record is a request of its own, and together they are more than the portal takes at once."""
    with portals.sandbox(tmp_path, "--rps", str(RATE), "--burst", str(BURST + LATE)) as limited:

        def client(size: int) -> Bitrix24Crm:
            options = Options(rate=RATE, burst=BURST, size=size, ceiling=2, margin=1)
            return portal(engine, Webhook(SecretStr(limited.url), options, imports=False))

        with engine.begin() as connection:
            client(50).prepare(connection, DEFINITIONS)
        records = contacts(*(f"c{n}" for n in range(2 * RECORDS)))
        with ThreadPoolExecutor(2) as importing:
            halves = (records[:RECORDS], records[RECORDS:])
            done = [
                one
                for half in importing.map(lambda half: client(1).write("contact", "shop", half), halves)
                for one in half
            ]

        assert [one.code for one in done] == [""] * len(records)
        assert limited.judge.counters()["requests"] > len(records) > 3 * BURST
        assert limited.judge.rejected() == {}
