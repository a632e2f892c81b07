"""The flow `report-feedback` on a database of the test's own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from caseline.actions.wiring import House, open_house
from caseline.settings import load
from flows.report_feedback import report_feedback
from tests.factories import feedback_filled
from tests.factories.feedback_filled import smiley
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    with open_house(load()) as opened:
        yield opened


def test_two_runs_write_to_a_head_once_and_show_the_same_figures(api: Api, house: House) -> None:
    feedback_filled.kept(house, [smiley(1, 2, datetime.now(UTC) - timedelta(days=7))])
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.person SET email = 'anna@example.org' WHERE id = 1")
        connection.exec_driver_sql("UPDATE people.division SET head_id = 1 WHERE id = 1")

    report_feedback()
    report_feedback()

    run = api.last_run()
    assert run["state_type"] == "COMPLETED"
    (row,) = json.loads(api.artifacts(run["id"])["feedback-report"])
    assert row["average"] == "2.00, n = 1 – too few to judge"
    assert (row["to"], row["divisions"], row["bad"]) == (feedback_filled.PERSONS[0], "Сервис", "1")
    with house.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT occasion LIKE 'feedback report ____-W__ 1' FROM outbox.letter")
        assert found.scalars().all() == [True]
