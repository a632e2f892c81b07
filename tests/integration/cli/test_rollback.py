"""Rollback: what one run created goes, and nothing else."""

from pathlib import Path

import psycopg
import pytest

from staging import presence
from tests.integration.cli.conftest import (
    ACCOUNT,
    CONTACT,
    USER,
    Command,
    Imported,
    Query,
    case,
    case_id,
    line,
    write_cases,
)

COUNTS = """
SELECT (SELECT count(*) FROM crm.record), (SELECT count(*) FROM crm.contact),
    (SELECT count(*) FROM crm.company), (SELECT count(*) FROM people.person), (SELECT count(*) FROM crm.event)
"""


@pytest.fixture
def database_url(imported: Imported) -> str:
    """The tests of this file begin after a first import."""
    return imported.url


def test_a_rollback_deletes_what_the_run_created_and_its_rows_are_new_again(caseline: Command, query: Query) -> None:
    answer = caseline("rollback", "1", "--yes")

    assert answer.code == 0, answer.err
    assert query(COUNTS) == [(0, 0, 0, 0, 0)]
    found = caseline("status", "--json").object
    assert found["entities"]["request"] == {"read": 13, "new": 2, "success": 0, "failed": 11, "filtered": 0}
    assert found["runs"][0]["state"] == "rolled back"
    assert query("SELECT count(*) FROM staging.row WHERE crm_id IS NOT NULL OR crm_version IS NOT NULL") == [(0,)]


def test_what_was_rolled_back_is_imported_again_by_the_same_command(
    caseline: Command, imported: Imported, query: Query
) -> None:
    before = query(COUNTS)
    caseline("rollback", "1", "--yes")

    answer = caseline("import", imported.folder, "--mapping", "salesforce", "--json")

    assert answer.object["entities"]["request"] == {"read": 13, "new": 0, "success": 2, "failed": 11, "filtered": 0}
    assert query(COUNTS) == before


def test_a_dry_run_deletes_nothing(caseline: Command, query: Query) -> None:
    before = query(COUNTS)
    query("UPDATE crm.record SET subject = 'edited' WHERE origin = %s", case_id(2))

    answer = caseline("rollback", "1", "--dry-run")

    assert answer.code == 0
    assert ["request", "1"] in [row.split() for row in answer.out.splitlines()]
    assert "1 record stays: edited since the import" in answer.out
    assert query(COUNTS) == before


def test_edited_records_and_those_they_point_at_stay_and_are_reported(caseline: Command, query: Query) -> None:
    query("UPDATE crm.record SET subject = 'edited' WHERE origin = %s", case_id(2))

    answer = caseline("rollback", "1", "--yes")

    assert answer.code == 3
    assert query("SELECT origin, subject FROM crm.record") == [(case_id(2), "edited")]
    for part, origin in (("contact", CONTACT), ("company", ACCOUNT), ("person", USER)):
        assert f"{part} {origin} (CRM id 1): other records point at it" in answer.out
    assert f"request {case_id(2)}" in answer.out
    assert query("SELECT status FROM staging.row WHERE key = %s", case_id(2)) == [("SUCCESS",)]
    assert query("SELECT status FROM staging.row WHERE key = %s ORDER BY id", case_id(1)) == [("NEW",), ("FAILED",)]


def test_what_other_runs_created_stays(caseline: Command, query: Query, tmp_path: Path) -> None:
    later = write_cases(tmp_path, [line(case(20))])
    caseline("import", later, "--mapping", "salesforce", "--no-retry-failed")

    answer = caseline("rollback", "2", "--yes")

    assert answer.code == 0
    assert query("SELECT origin FROM crm.record ORDER BY origin") == [(case_id(1),), (case_id(2),)]


def test_what_a_later_import_wrote_is_no_edit(caseline: Command, query: Query, tmp_path: Path) -> None:
    later = write_cases(tmp_path, [line(case(2, Subject="From the source"))])
    caseline("import", later, "--mapping", "salesforce")

    answer = caseline("rollback", "1", "--yes")

    assert answer.code == 0
    assert query("SELECT count(*) FROM crm.record") == [(0,)]


def test_children_go_before_their_parents(caseline: Command, query: Query, tmp_path: Path) -> None:
    columns = (*case(1), "ParentId")
    family = [case(30 + n) | {"ParentId": case_id(30 + n - 1) if n else ""} for n in range(4)]
    later = write_cases(tmp_path, [line(row, columns) for row in family], columns=columns)
    caseline("import", later, "--mapping", "salesforce", "--no-retry-failed")
    assert query("SELECT count(*) FROM crm.record WHERE parent_id IS NOT NULL") == [(3,)]

    answer = caseline("rollback", "2", "--yes")

    assert answer.code == 0, answer.out
    assert query("SELECT count(*) FROM crm.record") == [(2,)]


def test_an_interrupted_rollback_goes_on(caseline: Command, query: Query) -> None:
    query("UPDATE staging.run SET state = 'rolled back'")
    query("DELETE FROM crm.record WHERE origin = %s", case_id(2))  # deleted, and died before the row was told

    answer = caseline("rollback", "1", "--yes")

    assert answer.code == 0
    assert query("SELECT status, crm_id FROM staging.row WHERE key = %s", case_id(2)) == [("NEW", None)]


def test_a_rollback_that_was_interrupted_after_its_last_record_counts_what_it_left_to_be_counted(
    caseline: Command, query: Query
) -> None:
    query("DELETE FROM staging.ledger")
    query("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    query("UPDATE crm.record SET category = 'it', stage = 'new', closed_at = NULL")

    answer = caseline("rollback", "1", "--yes")

    assert answer.code == 0
    assert query("SELECT count(*) FROM crm.deadline") == [(2,)]


def test_a_run_that_somebody_works_on_is_not_rolled_back(caseline: Command, query: Query, database_url: str) -> None:
    query("UPDATE staging.run SET state = 'open', finished_at = NULL")
    with psycopg.connect(database_url, autocommit=True) as worker:
        worker.execute("SELECT pg_advisory_lock_shared(%s, 1)", [presence.LOCKS])

        refused = caseline("rollback", "1", "--yes")

    assert refused.code == 1
    assert "an import from salesforce is at work: stop it" in refused.err
    assert query("SELECT count(*) FROM crm.record") == [(2,)]
    assert caseline("rollback", "1", "--yes").code == 0


def test_without_yes_and_without_a_terminal_nothing_is_deleted(caseline: Command, query: Query) -> None:
    answer = caseline("rollback", "1")

    assert answer.code == 1
    assert "Say --yes" in answer.err
    assert query("SELECT count(*) FROM crm.record") == [(2,)]


def test_an_unknown_run_is_named(caseline: Command) -> None:
    answer = caseline("rollback", "99", "--yes")

    assert (answer.code, answer.err.strip()) == (1, "there is no run 99: `caseline status` lists them")
