"""Trying FAILED rows again: once with every run, by code, with a mended mapping, or not at all."""

from pathlib import Path
from typing import Any

from tests.factories.imports import Desk
from tests.factories.salesforce import case, case_id, export

CASES: dict[str, Any] = {"only": ("request",)}
MENDED = """
extends: salesforce
parts:
  request:
    fields:
      stage: { column: Status, values: { Reopened: working } }
"""


def test_run_tries_failed_rows_once_more(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, Status="Reopened")]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(2)]), **CASES)

    row = desk.row(case_id(1))
    assert (row.status, row.attempts) == ("FAILED", 2)


def test_no_retry_failed_leaves_failed_rows_alone(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, Status="Reopened")]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(2)]), **CASES, retry_failed=False)

    row = desk.row(case_id(1))
    assert (row.status, row.attempts) == ("FAILED", 1)
    assert desk.row(case_id(2)).status == "SUCCESS"


def test_retry_by_code_leaves_failed_rows_between_two_others_alone(desk: Desk, tmp_path: Path) -> None:
    lines = [case(1, Status="Reopened"), case(2, Subject=""), case(3, Status="Reopened")]
    desk.run(export(tmp_path / "one", Case=lines), **CASES)

    desk.retry("salesforce", retry_code="UNKNOWN_VALUE")

    rows = {row.key: row for row in desk.rows()}
    assert [rows[case_id(n)].attempts for n in (1, 2, 3)] == [2, 1, 2]


def test_no_retry_leaves_failed_rows_beside_new_ones_alone(desk: Desk, tmp_path: Path) -> None:
    lines = [case(1), case(2, Subject=""), case(3)]
    desk.run(export(tmp_path / "one", Case=lines), **CASES)
    with desk.house.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM crm.record")
        connection.exec_driver_sql("UPDATE staging.row SET status = 'NEW', crm_id = NULL WHERE status = 'SUCCESS'")

    desk.retry("salesforce", retry_failed=False)

    assert [(row.status, row.attempts) for row in desk.rows()] == [("SUCCESS", 2), ("FAILED", 1), ("SUCCESS", 2)]


def test_successful_rows_are_never_tried_again(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "one", Case=[case(1), case(2, Status="Reopened")])
    desk.run(folder, **CASES)

    for _ in range(3):
        desk.run(folder, **CASES)

    assert [row.attempts for row in desk.rows()] == [1, 4]
    assert desk.query("SELECT count(*) FROM crm.event") == [(1,)]


def test_retry_by_code_after_the_value_map_is_mended(desk: Desk, tmp_path: Path) -> None:
    lines = [case(1, Status="Reopened"), case(2, Status="Lost"), case(3, Subject="")]
    desk.run(export(tmp_path / "one", Case=lines), **CASES)
    (tmp_path / "mended.yaml").write_text(MENDED)

    desk.retry(tmp_path / "mended.yaml", retry_code="UNKNOWN_VALUE")

    rows = {row.key: row for row in desk.rows()}
    assert [rows[case_id(n)].status for n in (1, 2, 3)] == ["SUCCESS", "FAILED", "FAILED"]
    assert [rows[case_id(n)].attempts for n in (1, 2, 3)] == [2, 2, 1], "only rows with the code are tried"
    assert desk.records()[case_id(1)]["stage"] == "working"


def test_retry_reads_no_file(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "one", Case=[case(1, Status="Reopened")])
    desk.run(folder, **CASES)
    (folder / "Case.csv").unlink()
    (tmp_path / "mended.yaml").write_text(MENDED)

    desk.retry(tmp_path / "mended.yaml")

    assert desk.row(case_id(1)).status == "SUCCESS"


def test_rows_that_cannot_be_read_and_duplicates_are_not_tried_again(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "one", Case=[case(1), case(1), case(3, Id="")])
    (folder / "Case.csv").write_bytes((folder / "Case.csv").read_bytes() + b"too,short\n")
    desk.run(folder, **CASES)
    before = desk.rows()

    desk.run(folder, **CASES)

    assert desk.rows() == before
    assert sorted(code for row in before for code in row.codes) == ["DUPLICATE", "MISSING", "WRONG_FIELD_COUNT"]


def test_error_of_a_row_is_that_of_its_last_try(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, Status="Reopened")]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1, Subject=" ")]), **CASES)

    assert desk.row(case_id(1)).codes == ["MISSING"]
