"""The flow `notify` on a database of the test's own."""

import pytest

from flows.notify import notify
from tests.factories.cards import ServiceDesk, service_desk
from tests.factories.colleagues import Staff
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> ServiceDesk:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    return service_desk(database_url)


def test_two_runs_tell_everything_once(api: Api, desk: ServiceDesk) -> None:
    staff = Staff(desk.house)
    anna = staff.person("Anna")
    desk.open("2026-06-05 18:30", assignee_id=anna)

    notify()
    notify()

    assert staff.told(anna) == ["assigned", "category_missing"]
    assert api.last_run()["state_type"] == "COMPLETED"
