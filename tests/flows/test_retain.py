"""The flow `retain` on a database of the test's own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from caseline.actions.wiring import House, open_house
from caseline.people import logins
from caseline.settings import load
from flows.retain import retain
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setenv("CASELINE_RETAIN_AUDIT", "30")
    with open_house(load()) as opened:
        yield opened


def _lines(house: House) -> list[str]:
    with house.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT action FROM people.audit ORDER BY id")
        return list(found.scalars())


def test_a_dry_run_says_what_the_next_run_takes_away(api: Api, house: House) -> None:
    with house.engine.begin() as connection:
        for days in (31, 40, 2):
            logins.note(connection, "anna", "signed_in", now=datetime.now(UTC) - timedelta(days=days))

    retain(dry_run=True)
    told = json.loads(api.artifacts(api.last_run()["id"])["retained"])
    assert {"kind": "audit", "kept for days": "30", "would go": 2} in told
    assert {"kind": "mails", "kept for days": "for good", "would go": 0} in told
    assert len(_lines(house)) == 3

    retain()
    run = api.last_run()
    assert run["state_type"] == "COMPLETED"
    assert {"kind": "audit", "kept for days": "30", "went": 2} in json.loads(api.artifacts(run["id"])["retained"])
    assert _lines(house) == ["signed_in", "personal_retained"]
