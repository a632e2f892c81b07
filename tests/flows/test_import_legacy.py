"""An import as its operator sees it in Prefect."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.factories.flow_runs import Api, Seen, run

pytestmark = pytest.mark.prefect

NOT_IMPORTED = {"Attachment.csv"}


def failed_in(imported: Seen) -> int:
    return sum(number for file, number in imported.sample.failed.items() if file not in NOT_IMPORTED)


def test_run_ends_completed_with_its_numbers_in_the_state(imported: Seen) -> None:
    rows = sum(number for file, number in imported.sample.rows.items() if file not in NOT_IMPORTED)

    assert imported.run["state"]["type"] == "COMPLETED"
    assert f"{rows:,} rows" in imported.run["state"]["message"]
    assert f"{failed_in(imported):,} FAILED" in imported.run["state"]["message"]


def test_run_is_named_after_its_parameters(imported: Seen) -> None:
    assert imported.run["name"] == "salesforce-sample spring"


def test_run_shows_several_task_runs(api: Api, imported: Seen) -> None:
    tasks = api.task_runs(imported.run["id"])

    assert len(tasks) >= 4
    assert {task["state"]["type"] for task in tasks} == {"COMPLETED"}


def test_progress_rises_to_the_end(imported: Seen) -> None:
    assert len(imported.progress) >= 3
    assert imported.progress == sorted(imported.progress)
    assert imported.progress[-1] == 100


def test_first_line_says_what_how_many_and_where_it_begins(api: Api, imported: Seen) -> None:
    lines = api.our_lines(imported.run["id"])

    assert re.fullmatch(
        r"Importing salesforce as run \d+: 8 files, [\d,]+ MB, about [\d,]+ rows; starting at the beginning", lines[0]
    )


def test_each_line_of_progress_is_further_than_the_last(api: Api, imported: Seen) -> None:
    lines = api.our_lines(imported.run["id"])
    steps = [int(found[1]) for line in lines if (found := re.match(r"(\d+) %: [\d,]+ of about [\d,]+ rows", line))]

    assert len(steps) >= 2
    assert all(after - before >= 1 for before, after in pairwise(steps))


def test_table_of_errors_counts_every_failed_row_and_names_the_remedy(api: Api, imported: Seen) -> None:
    table = json.loads(api.artifacts(imported.run["id"])["import-salesforce-errors"])

    assert sum(group["rows"] for group in table) >= failed_in(imported)
    assert [group["rows"] for group in table] == sorted((group["rows"] for group in table), reverse=True)
    assert all(group["remedy"] and group["where"] for group in table)


def test_artifacts_hold_no_mail_address_of_the_source(api: Api, imported: Seen) -> None:
    source = "".join(file.read_text(errors="replace") for file in Path(imported.sample.folder).glob("*.csv"))
    addresses = set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", source))

    shown = json.dumps(api.artifacts(imported.run["id"]), ensure_ascii=False)

    assert addresses
    assert not {address for address in addresses if address in shown}


def test_summary_says_what_to_do_now(api: Api, imported: Seen) -> None:
    page = api.artifacts(imported.run["id"])["import-salesforce-summary"]

    assert "## What to do now" in page
    assert "caseline rejects" in page


def test_too_many_failed_rows_fail_the_run_when_the_table_is_written(api: Api, imported: Seen) -> None:
    state = run(paths=[str(imported.sample.folder)], max_failed=0, retry_failed=False)

    last = api.last_run()
    assert state.is_failed()
    assert "max_failed = 0 %" in last["state"]["message"]
    assert "press Retry" in last["state"]["message"]
    assert json.loads(api.artifacts(last["id"])["import-salesforce-errors"])


def test_second_run_of_a_finished_import_says_that_nothing_is_to_do(api: Api, imported: Seen) -> None:
    state = run(paths=[str(imported.sample.folder)], retry_failed=False)

    last = api.last_run()
    assert state.is_completed()
    assert last["state"]["message"] == imported.run["state"]["message"]
    assert api.our_lines(last["id"])[0].startswith("Nothing to do: 8 files of salesforce")


def test_failed_rows_are_tried_once_more_by_the_next_run(api: Api, imported: Seen) -> None:
    state = run(paths=[str(imported.sample.folder)])

    last = api.last_run()
    assert state.is_completed()
    assert re.match(r"Nothing new in 8 files of salesforce; run \d+ tries", api.our_lines(last["id"])[0])


def test_file_fault_stands_in_the_state_with_its_remedy(imported: Seen, tmp_path: Path) -> None:
    state = run(paths=[str(tmp_path)])

    assert imported.state.is_completed()
    assert state.is_failed()
    assert "FILE_MISSING" in str(state.message)
    assert "it looks for Account.csv" in str(state.message)
