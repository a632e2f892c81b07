"""Imports into a portal by command: what stops them is said in words, and never with the address."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from caseline.crm.bitrix24.mirror import Mirror
from staging import settle
from tests.factories import portals, shop
from tests.factories.portals import Sandbox
from tests.integration.cli.conftest import Command, Query

CODE = "s3cr3tc0de"


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with portals.sandbox(tmp_path, "--no-limit", "--code", CODE) as opened:
        monkeypatch.setenv("CASELINE_CRM", "bitrix24")
        monkeypatch.setenv("CASELINE_BITRIX24_URL", opened.url)
        monkeypatch.setenv("CASELINE_BITRIX24_RATE", "1000")
        monkeypatch.setenv("CASELINE_BITRIX24_BURST", "10000")
        monkeypatch.setenv("CASELINE_BITRIX24_CEILING", "2")
        yield opened


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    shop.write(tmp_path / "export", 30, bad=10, messages=5)
    mapping = tmp_path / "shop.yaml"
    mapping.write_text(shop.MAPPING, encoding="utf-8")
    return ("import", str(tmp_path / "export"), "--mapping", str(mapping))


def test_import_verify_and_rollback_work_unchanged(caseline: Command, portal: Sandbox, words: tuple[str, ...]) -> None:
    imported = caseline(*words)
    verified = caseline("verify", "--json")

    assert imported.code == 3
    assert verified.object["equal"]
    assert verified.object["in_crm"] == {"contact": 9, "request": 27, "message": 5}
    assert portal.judge.number("lead") == 27
    assert caseline("rollback", "1", "--yes").code == 0
    assert (portal.judge.number("lead"), portal.judge.number("contact"), portal.judge.number("comment")) == (0, 0, 0)


def test_a_rollback_says_beforehand_what_stays_and_why(
    caseline: Command, portal: Sandbox, words: tuple[str, ...]
) -> None:
    caseline(*words)
    lead = portal.judge.records("lead")[0]
    httpx.post(f"{portal.url}crm.lead.update", json={"id": lead.id, "fields": {"TITLE": "By somebody"}})

    foreseen = caseline("rollback", "1", "--dry-run")
    done = caseline("rollback", "1", "--yes")

    assert "1 record stays: edited since the import" in foreseen.out
    assert f"request {lead.origin} (CRM id {lead.id}): edited since the import" in done.out
    assert (done.code, [one.id for one in portal.judge.records("lead")]) == (3, [lead.id])


def test_status_and_retry_work_on_a_portal(caseline: Command, portal: Sandbox, words: tuple[str, ...]) -> None:
    """Somebody has made a field mandatory that no record fills; then he takes that back."""
    field = {"FIELD_NAME": "MUST", "USER_TYPE_ID": "string", "MANDATORY": "Y"}
    number = httpx.post(f"{portal.url}crm.lead.userfield.add", json={"fields": field}).json()["result"]
    refused = caseline(*words, "--json").object["errors"]["REFUSED"]
    assert (portal.judge.number("lead"), refused) == (0, 28)
    assert caseline("status").out.split("request", 1)[1].split()[:4] == ["30", "0", "0", "30"]

    httpx.post(f"{portal.url}crm.lead.userfield.update", json={"id": number, "fields": {"MANDATORY": "N"}})
    again = caseline("retry", "--code", "REFUSED", "--json")

    assert (again.code, again.object["entities"]["request"]["success"]) == (3, 27)
    last = caseline("retry", "--json").object
    assert (last["entities"]["message"]["success"], last["errors"]) == (5, {"REFUSED": 1, "UNKNOWN_REFERENCE": 3})
    assert (portal.judge.number("lead"), portal.judge.number("comment"), portal.judge.doubles()) == (27, 5, {})


DEADLY = {
    "before the register knows what was sent": (Mirror, "take_in"),
    "before the row knows what the register has": (settle, "record"),
}


@pytest.mark.parametrize("moment", DEADLY)
@pytest.mark.parametrize("entity", ["contact", "request", "message"])
def test_a_run_that_died_is_rolled_back_to_nothing_and_can_be_imported_again(
    caseline: Command,
    portal: Sandbox,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    entity: str,
) -> None:
    where, name = DEADLY[moment]
    whole, kinds = getattr(where, name), {"contact": "contact", "request": "lead", "message": "comment"}

    def die(*given: Any, **more: Any) -> object:  # noqa: ANN401 - whatever it takes
        if portal.judge.number(kinds[entity]):
            raise KeyboardInterrupt
        return whole(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(where, name, die)
        assert caseline(*words).code not in {0, 3}
    assert portal.judge.number(kinds[entity])

    assert caseline("rollback", "1", "--yes").code == 0

    assert [portal.judge.number(kind) for kind in kinds.values()] == [0, 0, 0]
    assert caseline(*words).code == 3
    assert [portal.judge.number(kind) for kind in kinds.values()] == [9, 27, 5]
    assert [portal.judge.doubles(kind) for kind in ("contact", "lead")] == [{}, {}]


def test_a_webhook_that_is_not_accepted_stops_the_run_with_every_row_new(
    caseline: Command,
    portal: Sandbox,
    words: tuple[str, ...],
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrong = "another0code"
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CASELINE_BITRIX24_URL", portal.url.replace(CODE, wrong))

    answer = caseline(*words)

    assert answer.code == 1
    assert "make a new inbound webhook" in answer.err
    # The portal serves from this process, and may say what it was asked.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert logged
    for said in (answer.out, answer.err, *logged):
        assert wrong not in said
    assert {status for (status,) in query("SELECT DISTINCT status FROM staging.row")} <= {"NEW"}
    assert portal.judge.number("lead") == 0


@pytest.mark.parametrize("told", ["--overload: ask Bitrix24 support", "--scope=user: tick crm among the rights"])
def test_a_portal_that_serves_us_no_more_stops_the_run_with_every_row_new(
    caseline: Command,
    words: tuple[str, ...],
    query: Query,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
) -> None:
    option, remedy = told.split(": ")
    with portals.sandbox(tmp_path, "--no-limit", "--code", CODE, option) as refusing:
        monkeypatch.setenv("CASELINE_CRM", "bitrix24")
        monkeypatch.setenv("CASELINE_BITRIX24_URL", refusing.url)

        answer = caseline(*words)

        assert (answer.code, remedy in answer.err) == (1, True), answer.err
        assert CODE not in answer.out + answer.err
        assert {status for (status,) in query("SELECT DISTINCT status FROM staging.row")} <= {"NEW"}
