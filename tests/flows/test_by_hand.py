"""The flow started from the command line."""

from pathlib import Path

import pytest

from flows.by_hand import run_once
from flows.import_legacy import import_legacy
from tests.factories.flow_runs import MAPPING, Api, Seen

pytestmark = pytest.mark.prefect


def run(*words: str) -> int:
    return run_once(import_legacy, words)


def test_finished_with_failed_rows_is_code_3_and_prints_address_and_numbers(
    api: Api, imported: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(str(imported.sample.folder), "--mapping", MAPPING, "--no-retry-failed")

    first, last = capsys.readouterr().out.splitlines()
    assert code == 3
    assert api.url.removesuffix("/api") in first
    assert api.last_run()["id"] in first
    assert last == f"Completed: {imported.run['state']['message']}"


def test_what_cannot_run_is_code_1_with_the_fault(
    imported: Seen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(str(tmp_path), "--mapping", MAPPING)

    assert imported.state.is_completed()
    assert code == 1
    assert "FILE_MISSING" in capsys.readouterr().err


def test_impossible_value_is_code_2_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    code = run("/export", "--mapping", MAPPING, "--max-failed", "120")

    assert code == 2
    assert "max_failed" in capsys.readouterr().err
