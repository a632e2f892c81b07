"""The flow `sync-bitrix24` on a sandbox portal."""

from pathlib import Path

import pytest

from caseline.crm.bitrix24.faults import PortalStopped
from flows.sync_bitrix24 import sync_bitrix24
from tests.factories.flow_runs import Api
from tests.factories.in_step import in_step

pytestmark = pytest.mark.prefect


def test_a_run_says_what_came_and_what_was_written(
    api: Api, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with in_step(database_url, tmp_path) as step:
        monkeypatch.setenv("CASELINE_CRM", "bitrix24")
        monkeypatch.setenv("CASELINE_BITRIX24_URL", step.portal.webhook)
        step.add(title="Printer")

        sync_bitrix24()

        page = api.artifacts(api.last_run()["id"])["bitrix24-sync"]
        assert "| New in the register | 1 |" in page
        assert "Could not" not in page
        assert step.counted() == {"created": 1}


def test_where_the_crm_is_no_portal_there_is_nothing_to_do(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)

    sync_bitrix24()

    assert api.artifacts(api.last_run()["id"]) == {}


def test_a_run_that_fails_tells_nobody_the_address(
    api: Api,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever reads logs, states and artifacts must not learn the code of the webhook."""
    code = "s3cr3tc0de"
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with in_step(database_url, tmp_path) as step:
        monkeypatch.setenv("CASELINE_CRM", "bitrix24")
        monkeypatch.setenv("CASELINE_BITRIX24_URL", f"{step.portal.address}/rest/1/{code}/")

        with pytest.raises(PortalStopped) as stopped:
            sync_bitrix24()

        run = api.last_run()
        assert "webhook is not accepted" in str(stopped.value)
        assert code not in f"{stopped.value} {run} {api.artifacts(run['id'])} {caplog.text}"
