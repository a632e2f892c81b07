"""Which records are one and which are two: duplicates, letter case, short and long ids, several archives."""

from pathlib import Path
from typing import Any

from tests.factories.imports import Desk
from tests.factories.salesforce import account, account_id, case, case_id, export, packed

CASES: dict[str, Any] = {"only": ("request",)}
SHORT, LONG = "50000000000aBcD", "50000000000aBcDAAU"


def test_first_of_two_records_with_one_id_wins_and_the_second_names_it(desk: Desk, tmp_path: Path) -> None:
    desk.run(
        export(tmp_path / "e", Case=[case(1), case(2), case(1, Subject="second"), case(1, Subject="third")]), **CASES
    )

    second, third = [row for row in desk.rows() if row.codes]
    assert (second.codes, third.codes) == (["DUPLICATE"], ["DUPLICATE"])
    assert "line 2 of Case.csv" in second.errors[0]["text"]
    assert "line 2 of Case.csv" in third.errors[0]["text"]
    assert second.duplicate_of == desk.row(case_id(1)).id
    assert desk.records()[case_id(1)]["subject"] == "Case 1"


def test_duplicate_in_another_archive_of_the_export_names_the_first(desk: Desk, tmp_path: Path) -> None:
    one = packed(tmp_path / "WE_1.zip", Case=[case(1), case(2)])
    two = packed(tmp_path / "WE_2.zip", Case=[case(3), case(2, Subject="second")])

    desk.run(one, two, **CASES)

    assert desk.totals() == {"read": 4, "new": 0, "success": 3, "failed": 1, "filtered": 0}
    (failed,) = [row for row in desk.rows() if row.codes]
    assert (failed.codes, failed.line) == (["DUPLICATE"], 3)
    assert "line 3 of" in failed.errors[0]["text"]
    assert desk.records()[case_id(2)]["subject"] == "Case 2"


def test_same_file_in_two_archives_is_one_file(desk: Desk, tmp_path: Path) -> None:
    one, two = (packed(tmp_path / name, Case=[case(1)]) for name in ("WE_1.zip", "WE_2.zip"))

    desk.run(one, two, **CASES)

    assert desk.totals() == {"read": 1, "new": 0, "success": 1, "failed": 0, "filtered": 0}


def test_ids_that_differ_only_in_letter_case_are_two_records(desk: Desk, tmp_path: Path) -> None:
    ids = ["50000000000abcd", "50000000000ABCD", "50000000000AbCd"]
    accounts = ["0010000000000ab", "0010000000000AB"]
    lines = [case(n, Id=id_, AccountId=accounts[n % 2]) for n, id_ in enumerate(ids)]
    desk.run(
        export(tmp_path / "e", Account=[account(n, Id=id_) for n, id_ in enumerate(accounts)], Case=lines),
        only=("company", "request"),
    )

    companies = {origin: record["name"] for origin, record in desk.records("company").items()}
    assert {record["subject"]: companies[record["company"]] for record in desk.records().values()} == {
        "Case 0": "Company 0",
        "Case 1": "Company 1",
        "Case 2": "Company 0",
    }


def test_short_and_long_form_of_an_id_are_one_record(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "e", Case=[case(1, Id=SHORT), case(2, Id=LONG)]), **CASES)

    assert [row.codes for row in desk.rows()] == [[], ["DUPLICATE"]]
    assert set(desk.records()) == {LONG}


def test_short_id_refers_to_the_long_one_and_the_other_way_round(desk: Desk, tmp_path: Path) -> None:
    parents = [case(1, Id=SHORT, ParentId=""), case(2, ParentId=LONG), case(3, ParentId=SHORT)]
    companies = [account(1, Id=account_id(1)[:15]), account(2)]
    cases = [
        line | {"AccountId": text} for line, text in zip(parents, [account_id(1), account_id(2)[:15], ""], strict=True)
    ]
    desk.run(export(tmp_path / "e", Account=companies, Case=cases), only=("company", "request"))

    records = desk.records()
    assert [records[key]["parent"] for key in (case_id(2), case_id(3))] == [LONG, LONG]
    assert [records[key]["company"] for key in (LONG, case_id(2))] == [account_id(1), account_id(2)]


def test_long_ids_of_the_source_are_not_computed_again(desk: Desk, tmp_path: Path) -> None:
    odd = "500000000000001zzz"  # not the suffix that the first 15 characters give; still what the source says
    desk.run(export(tmp_path / "e", Case=[case(1, Id=odd)]), **CASES)

    assert set(desk.records()) == {odd}
