"""Rejects: FAILED rows go out, come back mended, and none is lost, doubled or taken unmended."""

import csv
from pathlib import Path

import pytest

from tests.integration.cli.conftest import (
    BAD,
    CASE_COLUMNS,
    CONTACT,
    Command,
    Imported,
    Query,
    case,
    case_id,
    line,
    write,
    write_cases,
)

OWN = ("caseline_row", "caseline_part", "caseline_codes", "caseline_errors")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mended(row: dict[str, str]) -> dict[str, str]:
    """The row as it should have been from the beginning."""
    key = {"MISSING": row["Id"] or case_id(4), "DUPLICATE": case_id(5)}.get(row["caseline_codes"], row["Id"])
    return case(int(key[3:15])) | {name: row[name] for name in OWN}


@pytest.fixture
def database_url(imported: Imported) -> str:
    """The tests of this file begin after a first import."""
    return imported.url


def rejects_of(caseline: Command, folder: Path, *words: str) -> Path:
    out = folder / "rejects.csv"
    answer = caseline("rejects", "--out", out, *words)
    assert answer.code == 0, answer.err
    return out


def statuses(caseline: Command) -> dict[str, int]:
    found: dict[str, int] = caseline("status", "--json").object["entities"]["request"]
    return found


def test_rejects_have_the_columns_of_the_source_and_then_what_is_wrong(caseline: Command, tmp_path: Path) -> None:
    rows = read(rejects_of(caseline, tmp_path, "--part", "request"))

    assert tuple(rows[0]) == (*CASE_COLUMNS, *OWN)
    assert [row["caseline_codes"] for row in rows] == [name.split(" ")[0] for name in BAD]
    assert {row["caseline_part"] for row in rows} == {"request"}
    assert rows[0]["CreatedDate"] == "2024-02-30 10:00:00"
    assert rows[0]["caseline_errors"].startswith("CreatedDate: no possible date")


def test_of_damaged_records_everything_that_can_be_read_is_written(caseline: Command, tmp_path: Path) -> None:
    rows = {
        row["caseline_codes"]: row for row in read(rejects_of(caseline, tmp_path)) if row["CaseNumber"] != "00000007"
    }

    assert rows["BAD_ENCODING"]["Subject"] == "Case num\ufffdber 8"
    assert rows["NUL_BYTE"]["Subject"] == "Case num\u2400ber 9"
    assert rows["UNCLOSED_QUOTE"]["CaseNumber"] == "00000010"
    ragged = rows["WRONG_FIELD_COUNT"]
    assert (ragged["Subject"], ragged["Priority"]) == ("Case number 6", " with a comma")
    assert ragged["Warranty__c"] == f"{case(6)['OwnerId']},00012"


def test_mended_rejects_all_succeed_and_no_row_is_doubled(caseline: Command, query: Query, tmp_path: Path) -> None:
    rejects = rejects_of(caseline, tmp_path)
    write(rejects, *(mended(row) for row in read(rejects)))

    answer = caseline("import", rejects, "--mapping", "salesforce", "--json")

    assert answer.code == 0, answer.err
    assert answer.object["entities"]["request"] == {"read": 13, "new": 0, "success": 13, "failed": 0, "filtered": 0}
    assert query("SELECT origin, subject FROM crm.record ORDER BY origin") == [
        (case_id(n), f"Case number {n}") for n in range(1, 14)
    ]
    assert query("SELECT DISTINCT description, extra->>'Warranty__c' FROM crm.record") == [
        (case(1)["Description"], "00012")
    ]


def test_mended_rejects_come_back_in_a_zip_under_the_names_of_the_source(
    caseline: Command, imported: Imported, tmp_path: Path
) -> None:
    contact = {"Id": CONTACT, "IsDeleted": "0", "LastName": "Борин", "AccountId": "001000000000999AAA"}
    write(imported.folder / "Contact.csv", contact, contact | {"Id": "003000000000002AAA", "LastName": ""})
    caseline("import", imported.folder, "--mapping", "salesforce")
    archive = tmp_path / "rejects.zip"

    written = caseline("rejects", "--out", archive)
    answer = caseline("import", archive, "--mapping", "salesforce", "--json")

    assert "rejects.zip!Contact.csv: 2 rows of contact" in written.out
    assert "rejects.zip!Case.csv: 11 rows of request" in written.out
    assert answer.code == 3
    assert answer.object["entities"]["contact"]["failed"] == 2


def test_rejects_of_several_parts_go_into_a_file_each(caseline: Command, imported: Imported, tmp_path: Path) -> None:
    contact = {"Id": "003000000000002AAA", "IsDeleted": "0", "LastName": "", "AccountId": ""}
    write(imported.folder / "Contact.csv", contact)
    caseline("import", imported.folder, "--mapping", "salesforce")

    rejects_of(caseline, tmp_path)

    assert len(read(tmp_path / "rejects-contact.csv")) == 1
    assert len(read(tmp_path / "rejects-request.csv")) == 11
    assert not (tmp_path / "rejects.csv").exists()


def test_rejects_that_nobody_mended_change_nothing(caseline: Command, query: Query, tmp_path: Path) -> None:
    before = statuses(caseline)
    rejects = rejects_of(caseline, tmp_path)

    answer = caseline("import", rejects, "--mapping", "salesforce")

    assert answer.code == 3
    assert statuses(caseline) == before
    assert query("SELECT subject FROM crm.record WHERE origin = %s", case_id(1)) == [("Case number 1",)]


def test_a_mended_row_with_the_key_of_another_record_fails_and_leaves_that_record_alone(
    caseline: Command, query: Query, tmp_path: Path
) -> None:
    rejects = rejects_of(caseline, tmp_path)
    rows = [row for row in read(rejects) if row["caseline_codes"] == "MISSING" and not row["Id"]]
    write(rejects, *(row | {"Id": case_id(2), "Subject": "Wrong key"} for row in rows))

    caseline("import", rejects, "--mapping", "salesforce")

    assert query("SELECT subject FROM crm.record WHERE origin = %s", case_id(2)) == [("Case number 2",)]
    row = int(rows[0]["caseline_row"])
    errors = query("SELECT errors->0->>'code', errors->0->>'text' FROM staging.row WHERE id = %s", row)
    assert [code for code, _ in errors] == ["DUPLICATE"]
    assert "line 4 of Case.csv" in errors[0][1]
    assert statuses(caseline)["read"] == 13


def test_of_two_mended_rows_with_one_new_key_the_first_succeeds(
    caseline: Command, query: Query, tmp_path: Path
) -> None:
    rejects = rejects_of(caseline, tmp_path)
    keyed = [row for row in read(rejects) if row["caseline_codes"] in {"DUPLICATE", "BAD_DATE"}]
    fixed = [mended(row) | {"Id": case_id(77), "Subject": row["caseline_codes"]} for row in keyed]
    write(rejects, *fixed)

    caseline("import", rejects, "--mapping", "salesforce")

    assert query("SELECT subject FROM crm.record WHERE origin = %s", case_id(77)) == [("BAD_DATE",)]
    assert statuses(caseline) == {"read": 13, "new": 0, "success": 3, "failed": 10, "filtered": 0}


def test_a_row_that_is_mended_in_part_keeps_what_was_mended(caseline: Command, tmp_path: Path) -> None:
    rejects = rejects_of(caseline, tmp_path)
    rows = [row for row in read(rejects) if row["caseline_codes"] == "MISSING" and not row["Id"]]
    write(rejects, *(row | {"Subject": "Now better"} for row in rows))

    caseline("import", rejects, "--mapping", "salesforce")

    again = {row["caseline_row"]: row for row in read(rejects_of(caseline, tmp_path))}
    assert again[rows[0]["caseline_row"]]["Subject"] == "Now better"
    assert again[rows[0]["caseline_row"]]["caseline_codes"] == "MISSING"


def test_a_file_with_another_name_is_known_by_its_columns(caseline: Command, tmp_path: Path) -> None:
    late = write_cases(tmp_path, [line(case(20))]).rename(tmp_path / "late ones.csv")

    answer = caseline("import", late, "--mapping", "salesforce", "--json", "--no-retry-failed")

    assert answer.object["entities"]["request"]["success"] == 3


def test_without_failed_rows_nothing_is_written(caseline: Command, query: Query, tmp_path: Path) -> None:
    query("DELETE FROM staging.row WHERE status = 'FAILED'")

    answer = caseline("rejects", "--out", tmp_path / "rejects.csv")

    assert (answer.code, answer.out.strip()) == (0, "No FAILED rows")
    assert not (tmp_path / "rejects.csv").exists()
