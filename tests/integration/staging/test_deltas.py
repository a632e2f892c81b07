"""Later exports of the same source: what is new, what changed, what people edited meanwhile, what lost its column."""

from pathlib import Path
from typing import Any

import pytest

from staging import columns
from staging.work import Job
from tests.factories.imports import Desk
from tests.factories.salesforce import account, account_id, case, case_id, export, table

ONLY: dict[str, Any] = {"only": ("company", "request")}
CASES: dict[str, Any] = {"only": ("request",)}


def version_of(desk: Desk, number: int) -> int:
    (row,) = desk.query(f"SELECT version FROM crm.record WHERE origin = '{case_id(number)}'")
    return int(row.version)


def test_same_files_again_change_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "export", Case=[case(1), case(2, Status="?")])
    desk.run(folder, **CASES)
    before = desk.records(), desk.rows()

    desk.run(folder, **CASES, retry_failed=False)

    assert (desk.records(), desk.rows()) == before
    assert desk.totals() == {"read": 2, "new": 0, "success": 1, "failed": 1, "filtered": 0}


def test_unchanged_record_of_a_new_file_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1), case(2)]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1), case(2, Subject="Another"), case(3)]), **CASES)

    assert [version_of(desk, number) for number in (1, 2, 3)] == [1, 2, 1]
    assert desk.records()[case_id(2)]["subject"] == "Another"
    assert [row.attempts for row in desk.rows()] == [1, 2, 1]
    assert desk.totals() == {"read": 3, "new": 0, "success": 3, "failed": 0, "filtered": 0}


def test_changed_record_keeps_its_place_in_the_crm_and_moves_to_its_new_line(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1)]), **CASES)
    before = desk.row(case_id(1))

    desk.run(export(tmp_path / "two", Case=[case(7), case(8), case(1, Subject="Another")]), **CASES)

    after = desk.row(case_id(1))
    assert (after.id, after.crm_id) == (before.id, before.crm_id)
    assert (after.file, after.line) == (str(tmp_path / "two" / "Case.csv"), 4)


def test_columns_that_change_whenever_somebody_looks_do_not_count(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, LastViewedDate="2024-01-01 10:00:00")]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1, LastViewedDate="2024-02-02 10:00:00"), case(2)]), **CASES)

    assert version_of(desk, 1) == 1


def test_order_of_columns_does_not_count(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1)]), **CASES)
    (tmp_path / "Case.csv").write_text(table([case(1)], ["Status", "CreatedDate", "Subject", "CaseNumber", "Id"]))

    desk.run(tmp_path / "Case.csv", **CASES)

    assert version_of(desk, 1) == 1


def test_reference_to_what_was_deleted_in_the_crm_costs_the_rows_that_have_it(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Account=[account(1), account(2)]), only=("company",))
    desk.execute("DELETE FROM crm.company WHERE origin = :origin", origin=account_id(1))
    cases = [case(number, AccountId=account_id(1 + number % 2)) for number in range(1, 2001)]
    cases += [case(3000, AccountId=account_id(1)), case(3001, ParentId=case_id(3000)), case(3002, ParentId=case_id(1))]

    desk.run(export(tmp_path / "two", Case=cases), **ONLY)

    refused = desk.row(case_id(2))
    assert (refused.codes, refused.errors[0]["field"]) == (["REFUSED"], "AccountId")
    assert "deleted in the CRM" in refused.errors[0]["text"]
    assert desk.row(case_id(1)).status == "SUCCESS"
    assert desk.row(case_id(3001)).codes == ["UNKNOWN_REFERENCE"]
    assert desk.totals("request") == {"read": 2003, "new": 0, "success": 1001, "failed": 1002, "filtered": 0}


# --------------------------------------------------------------------------------------------------- edited since


def test_record_that_somebody_edited_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1), case(2)]), **CASES)
    desk.execute("UPDATE crm.record SET subject = 'by hand' WHERE origin = :origin", origin=case_id(1))

    desk.run(export(tmp_path / "two", Case=[case(1, Subject="from the source"), case(2, Subject="changed")]), **CASES)

    row = desk.row(case_id(1))
    assert (row.status, row.codes) == ("FAILED", ["EDITED_SINCE"])
    assert row.crm_id is not None, "it keeps the id of its earlier success"
    assert desk.records()[case_id(1)]["subject"] == "by hand"
    assert desk.records()[case_id(2)]["subject"] == "changed"


def test_overwrite_writes_over_what_somebody_edited(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1)]), **CASES)
    desk.execute("UPDATE crm.record SET subject = 'by hand'")
    desk.run(export(tmp_path / "two", Case=[case(1, Subject="from the source")]), **CASES)

    desk.run(tmp_path / "two", **CASES, overwrite=True)

    assert desk.row(case_id(1)).status == "SUCCESS"
    assert desk.records()[case_id(1)]["subject"] == "from the source"


def test_record_that_somebody_deleted_is_not_made_again(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1)]), **CASES)
    desk.execute("DELETE FROM crm.record")

    desk.run(export(tmp_path / "two", Case=[case(1, Subject="changed")]), **CASES)

    assert desk.row(case_id(1)).codes == ["EDITED_SINCE"]
    assert desk.records() == {}


# -------------------------------------------------------------------------------------------------------- columns


def test_column_that_vanished_empties_nothing(desk: Desk, tmp_path: Path) -> None:
    first = case(1, Description="long story", Origin="Phone", Floor__c="3", Room__c="12")
    desk.run(export(tmp_path / "one", Case=[first]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1, Subject="changed", Room__c="")]), **CASES)

    record = desk.records()[case_id(1)]
    assert (record["subject"], record["description"], record["channel"]) == ("changed", "long story", "phone")
    assert record["extra"] == {"Floor__c": "3"}, "Floor__c is gone from the file, Room__c is empty in it"


def test_column_that_appeared_brings_its_values(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1), case(2)]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1, Floor__c="3", Origin="Web"), case(2, Floor__c="")]), **CASES)

    assert desk.records()[case_id(1)]["extra"] == {"Floor__c": "3"}
    assert desk.records()[case_id(1)]["channel"] == "web"
    assert desk.query("SELECT label FROM crm.field_definition WHERE name = 'Floor__c'") == [("Floor__c",)]


def test_change_of_columns_is_reported(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, Description="text")]), **CASES)

    running = desk.run(export(tmp_path / "two", Case=[case(1, Floor__c="3")]), **CASES)

    job: Job = running.job
    with desk.house.engine.connect() as connection:
        (change,) = columns.changes(connection, job.run_id, job.found, job.ids)
    assert (change.appeared, change.vanished) == (("Floor__c",), ("Description",))


def test_file_replaced_while_its_run_is_open_brings_no_duplicates(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "export", Case=[case(1), case(2, Status="?")])
    desk.run(folder, **CASES)
    # As if it had died a moment before its end.
    desk.execute("UPDATE staging.progress SET closed_at = NULL, pass = 0")
    desk.execute("UPDATE staging.run SET state = 'open', finished_at = NULL")

    export(folder, Case=[case(1), case(2), case(3)])
    desk.run(folder, **CASES)

    assert desk.totals() == {"read": 3, "new": 0, "success": 3, "failed": 0, "filtered": 0}
    assert desk.query("SELECT count(*) FROM staging.run") == [(1,)]


# ----------------------------------------------------------------------------------------------- filtered, healed


def test_record_filtered_out_first_and_wanted_later_counts_once(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, IsDeleted="1"), case(2, IsDeleted="0")]), **CASES)
    assert desk.totals() == {"read": 2, "new": 0, "success": 1, "failed": 0, "filtered": 1}

    desk.run(export(tmp_path / "two", Case=[case(1, IsDeleted="0"), case(2, IsDeleted="0")]), **CASES)

    assert desk.totals() == {"read": 2, "new": 0, "success": 2, "failed": 0, "filtered": 0}


def test_record_filtered_out_again_and_again_counts_once(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1, IsDeleted="1"), case(2, IsDeleted="0")]), **CASES)

    desk.run(export(tmp_path / "two", Case=[case(1, IsDeleted="1"), case(3, IsDeleted="0")]), **CASES)

    assert desk.totals() == {"read": 3, "new": 0, "success": 2, "failed": 0, "filtered": 1}


def test_every_line_of_a_file_is_counted_once(desk: Desk, tmp_path: Path) -> None:
    deleted = {"IsDeleted": "1"}
    lines = [case(1), case(1), case(2, **deleted), case(2, **deleted), case(3), case(3, **deleted), case(4, Id="")]
    desk.run(export(tmp_path / "export", Case=lines), **CASES)

    assert desk.totals() == {"read": 7, "new": 0, "success": 2, "failed": 2, "filtered": 3}
    assert desk.query("SELECT read FROM staging.file") == [(7,)]


def test_damaged_record_is_healed_by_its_whole_form_in_a_later_export(desk: Desk, tmp_path: Path) -> None:
    broken = table([case(1), case(2, Subject="bro@ken")]).encode().replace(b"@", b"\0")
    (tmp_path / "Case.csv").write_bytes(broken)
    desk.run(tmp_path / "Case.csv", **CASES)
    failed = desk.row(case_id(2))

    desk.run(export(tmp_path / "two", Case=[case(1), case(2)]), **CASES)

    healed = desk.row(case_id(2))
    assert (failed.codes, healed.status, healed.id) == (["NUL_BYTE"], "SUCCESS", failed.id)
    assert desk.totals() == {"read": 2, "new": 0, "success": 2, "failed": 0, "filtered": 0}


def test_record_that_a_later_export_brings_damaged_is_failed_in_its_place(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "one", Case=[case(1), case(2)]), **CASES)
    before = desk.row(case_id(2))
    later = tmp_path / "Case.csv"
    later.write_bytes(table([case(1), case(2, Subject="bro@ken")]).encode().replace(b"@", b"\0"))

    desk.run(later, **CASES)

    failed = desk.row(case_id(2))
    assert (failed.id, failed.codes, failed.crm_id) == (before.id, ["NUL_BYTE"], before.crm_id)
    assert (failed.file, failed.line) == (str(later), 3)
    assert failed.raw is not None
    assert desk.totals() == {"read": 2, "new": 0, "success": 1, "failed": 1, "filtered": 0}

    desk.run(export(tmp_path / "three", Case=[case(2), case(1)]), **CASES)
    assert (desk.row(case_id(2)).status, version_of(desk, 2)) == ("SUCCESS", 2)


def test_record_that_every_export_brings_damaged_stays_one_row(desk: Desk, tmp_path: Path) -> None:
    for number in ("one", "two"):
        file = tmp_path / number / "Case.csv"
        file.parent.mkdir()
        # The first broken line shows its key, the second is cut off before it.
        text = table([case(1), case(2, Subject="bro@ken")], ["CaseNumber", "Subject", "Status", "CreatedDate", "Id"])
        file.write_bytes(text.encode().replace(b"@", b"\0") + b"00000003,cut off\n" + number.encode() + b",cut off\n")
        desk.run(file, **CASES)

    assert desk.totals() == {"read": 5, "new": 0, "success": 1, "failed": 4, "filtered": 0}
    assert sorted(Path(row.file).parent.name for row in desk.rows() if row.status == "FAILED") == ["one", *["two"] * 3]


def test_reference_that_arrives_in_a_later_run_heals_the_waiting_row(desk: Desk, tmp_path: Path) -> None:
    waiting = case(1, AccountId=account_id(7))
    desk.run(export(tmp_path / "one", Account=[account(1)], Case=[waiting]), **ONLY)
    assert desk.row(case_id(1)).codes == ["UNKNOWN_REFERENCE"]

    desk.run(export(tmp_path / "two", Account=[account(7)]), **ONLY)

    assert desk.row(case_id(1)).status == "SUCCESS"
    assert desk.records()[case_id(1)]["company"] == account_id(7)


def test_only_takes_the_parts_that_stand_in_the_same_lines_along(desk: Desk) -> None:
    mapping = Path(__file__).parents[2] / "data" / "sources" / "helpdesk_ru.yaml"

    desk.run(mapping.with_name("journal_2010_2020.csv"), mapping=mapping, only=("request",))

    assert len(desk.records("company")) == 2
    assert desk.records()["2010/7"]["company"] == "7701234567"


@pytest.mark.parametrize("later", ["same file", "another file"])
def test_first_of_two_records_with_one_id_wins_in_every_export(desk: Desk, tmp_path: Path, later: str) -> None:
    first = [case(1), case(1, Subject="second"), case(2)]
    desk.run(export(tmp_path / "one", Case=first), **CASES)

    if later == "same file":
        desk.run(export(tmp_path / "two", Case=[*first, case(3)]), **CASES)
    else:
        desk.run(
            export(tmp_path / "two" / "a", Case=[case(1), case(3)]),
            export(tmp_path / "two" / "b", Case=[case(1, Subject="second")]),
            **CASES,
        )

    assert desk.records()[case_id(1)]["subject"] == "Case 1"
    assert desk.row(case_id(1)).status == "SUCCESS"
