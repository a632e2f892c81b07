"""The database guards its own truth: no statement, ours or anybody's, leaves a row that means nothing."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories.imports import Desk
from tests.factories.salesforce import case, export

CASES: dict[str, Any] = {"only": ("request",)}


@pytest.fixture(scope="module")
def filled(shared_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Rows 1 to 3: SUCCESS, FAILED, and FAILED with raw bytes only."""
    folder = export(tmp_path_factory.mktemp("export"), Case=[case(1), case(2, Status="?")])
    (folder / "Case.csv").write_bytes((folder / "Case.csv").read_bytes() + b"short\n")
    shared_desk.run(folder, **CASES)
    return shared_desk


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("ck_row_status", "UPDATE staging.row SET status = 'DONE' WHERE status = 'SUCCESS'"),
        ("ck_row_status", "UPDATE staging.row SET status = 'success' WHERE status = 'SUCCESS'"),
        ("ck_row_success_has_crm_id", "UPDATE staging.row SET crm_id = NULL WHERE status = 'SUCCESS'"),
        (
            "ck_row_success_has_crm_id",
            "UPDATE staging.row SET status = 'SUCCESS', errors = NULL WHERE status = 'FAILED'",
        ),
        ("ck_row_failed_has_errors", "UPDATE staging.row SET errors = NULL WHERE status = 'FAILED'"),
        ("ck_row_failed_has_errors", "UPDATE staging.row SET status = 'FAILED' WHERE status = 'SUCCESS'"),
        ("ck_row_failed_has_errors", "UPDATE staging.row SET status = 'NEW' WHERE status = 'FAILED'"),
        ("ck_row_failed_has_errors", "UPDATE staging.row SET errors = '[]' WHERE status = 'SUCCESS'"),
        ("ck_row_content", "UPDATE staging.row SET raw = NULL WHERE payload IS NULL"),
        ("uq_row_part_id_key", "UPDATE staging.row SET key = (SELECT key FROM staging.row WHERE status = 'SUCCESS')"),
        ("ck_batch_range", "UPDATE staging.batch SET first_id = last_id + 1"),
        ("ck_batch_lease", "UPDATE staging.batch SET owner = 'nobody'"),
        ("ck_run_state", "UPDATE staging.run SET state = 'lost'"),
        ("ck_run_finished", "UPDATE staging.run SET state = 'open'"),
        (
            "uq_record_source_origin",
            "INSERT INTO crm.record (kind, source, origin, subject, stage) SELECT kind, source, origin, 's', stage FROM crm.record",
        ),
        ("fk_record_stage", "UPDATE crm.record SET stage = 'nowhere'"),
    ],
)
def test_statement_that_would_leave_nonsense_is_refused(filled: Desk, constraint: str, change: str) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught:
        filled.execute(change)

    assert constraint in str(caught.value)


def test_two_open_runs_of_one_source_are_refused(filled: Desk) -> None:
    again = "INSERT INTO staging.run (source, mapping, options, started_at) VALUES ('x', '{}', '{}', now())"
    filled.execute(again)

    with pytest.raises(sa.exc.IntegrityError, match="uq_run_open_source"):
        filled.execute(again)


def test_new_and_failed_rows_may_keep_the_crm_id_of_an_earlier_success(filled: Desk) -> None:
    changes = ("status = 'NEW' WHERE status = 'SUCCESS'", "status = 'FAILED', errors = '[]' WHERE status = 'NEW'")
    with filled.house.engine.connect() as connection:
        kept = [
            connection.execute(sa.text(f"UPDATE staging.row SET {change} RETURNING crm_id")).scalar_one()
            for change in changes
        ]
        connection.rollback()

    assert None not in kept
    assert kept[0] == kept[1]
