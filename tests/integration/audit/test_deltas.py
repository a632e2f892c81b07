"""A key may stand in several files: the newest export decides, duplicates and filtered records have their place."""

import csv
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.actions import write_rejects
from staging.audit.faulty import AuditFault
from staging.audit.findings import Kind
from staging.audit.verdict import PartVerdict, Verdict
from staging.report import NothingImported
from tests.factories.checks import USER, case, case_id, check, comment, export, found, only, write
from tests.factories.imports import Desk


def part(verdict: Verdict, name: str = "request") -> PartVerdict:
    return next(part for part in verdict.parts if part.name == name)


def outcomes(verdict: Verdict, name: str = "request") -> dict[str, int]:
    return {str(outcome): count for outcome, count in part(verdict, name).outcomes.items() if count}


def test_the_newest_export_decides_about_a_record(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1), case(2)]))
    desk.run(export(tmp_path / "second", [case(1, Subject="New words", Warranty__c=""), case(3)]))

    verdict = check(desk)

    assert found(verdict) == []
    assert outcomes(verdict) == {"equal": 3, "superseded": 1}


def test_a_record_left_in_its_earlier_version_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1)]))
    desk.run(export(tmp_path / "second", [case(1, Subject="New words")]))
    desk.execute("UPDATE crm.record SET subject = 'Заявка 1'")

    assert (only(check(desk)).expected, only(check(desk)).found) == ("New words", "Заявка 1")


def test_a_change_refused_because_of_an_edit_is_failed_with_its_earlier_version(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1)]))
    desk.execute("UPDATE crm.record SET subject = 'Edited by hand'")
    desk.run(export(tmp_path / "second", [case(1, Subject="New words")]))

    verdict = check(desk)

    assert verdict.equal
    assert (part(verdict).codes, part(verdict).earlier) == ({"EDITED_SINCE": 1}, 1)


def test_a_record_that_came_damaged_later_is_failed_with_its_earlier_version(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1), case(2)]))
    folder = export(tmp_path / "second", [case(1, Subject="bro@ken"), case(2)])
    (folder / "Case.csv").write_bytes((folder / "Case.csv").read_bytes().replace(b"@", b"\0"))
    desk.run(folder)

    verdict = check(desk)

    assert found(verdict) == []
    assert (part(verdict).codes, part(verdict).earlier) == ({"NUL_BYTE": 1}, 1)


def test_what_a_delta_has_no_column_for_stays_and_is_no_difference(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1)]))
    narrow = {name: text for name, text in case(1, Subject="Other").items() if name not in {"Warranty__c", "Priority"}}
    desk.run(export(tmp_path / "second", [narrow]))

    assert found(check(desk)) == []


def test_of_two_lines_with_one_id_the_first_is_compared_and_the_second_is_failed(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1), case(2), case(1, Subject="Again")]))

    verdict = check(desk)

    assert verdict.equal
    assert outcomes(verdict) == {"equal": 2, "failed": 1}
    assert part(verdict).codes == {"DUPLICATE": 1}


def test_ids_of_15_characters_mean_the_same_record(desk: Desk, tmp_path: Path) -> None:
    short = case(2, Id=case_id(2)[:15], AccountId="001000000000001", ParentId=case_id(1)[:15])
    desk.run(export(tmp_path / "first", [case(1), short], [comment(1, 2, ParentId=case_id(2)[:15])]))

    assert found(check(desk)) == []


def test_filtered_records_are_counted_by_reason(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1), case(2, IsDeleted="1"), case(3, IsDeleted="true")]))

    verdict = check(desk)

    assert verdict.equal
    assert part(verdict).reasons == {"deleted in the source": 2}
    assert outcomes(verdict) == {"equal": 1, "filtered": 2}


def test_a_record_that_the_newest_export_filters_out_and_the_crm_still_has_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1), case(2)]))
    desk.run(export(tmp_path / "second", [case(1), case(2, IsDeleted="1")]))

    assert (only(check(desk)).kind, only(check(desk)).key) == (Kind.LEFT_OVER, case_id(2))


def test_damaged_lines_have_their_failed_rows(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "first", [case(1), case(2), case(3), case(4), case(5)])
    lines = (folder / "Case.csv").read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b"New", b"N\0w")
    lines[5] = lines[5].replace(b',"Low"', b"")
    lines[7] = lines[7].replace("Заявка".encode(), b"\xd0\x97\xd0")
    (folder / "Case.csv").write_bytes(b"\n".join(lines))
    desk.run(folder)

    verdict = check(desk)

    assert found(verdict) == []
    assert outcomes(verdict) == {"equal": 2, "failed": 3}
    assert part(verdict).codes == {"NUL_BYTE": 1, "WRONG_FIELD_COUNT": 1, "BAD_ENCODING": 1}


def test_a_damaged_line_whose_row_was_lost_is_named(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "first", [case(1), case(2)])
    path = folder / "Case.csv"
    path.write_bytes(path.read_bytes().replace(f'"{case_id(2)}"'.encode(), b'"one","too many"'))
    desk.run(folder)
    desk.execute("DELETE FROM staging.row WHERE raw IS NOT NULL")

    assert (only(check(desk)).kind, only(check(desk)).place) == (Kind.NOT_STAGED, "Case.csv:4")


def test_mended_rejects_take_the_place_of_their_rows(desk: Desk, tmp_path: Path) -> None:
    cases = [case(1), case(2, Status="Unheard of"), case(1, Subject="Again"), case(4, Id=" "), case(5, Subject="")]
    desk.run(export(tmp_path / "first", cases))
    out = tmp_path / "rejects.csv"
    write_rejects.write(desk.house, out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    rows[0]["Status"] = "New"
    rows[1]["Id"] = case_id(3)
    rows[2]["Id"] = case_id(4)
    write(tmp_path / "rejects.csv", rows)
    desk.run(tmp_path / "rejects.csv")

    verdict = check(desk)

    assert found(verdict) == []
    assert verdict.in_crm["request"] == 4
    assert part(verdict).read == sum(part(verdict).outcomes.values())


def test_a_reference_that_may_be_empty_is_empty_when_its_target_is_not_there(desk: Desk, tmp_path: Path) -> None:
    nobody = "005000000000009AAA"
    desk.run(export(tmp_path / "first", [case(1)], [comment(1, 1, CreatedById=nobody), comment(2, 1)]))
    assert found(check(desk)) == []

    desk.execute("INSERT INTO people.person (source, origin, name) VALUES ('salesforce', :key, 'Late')", key=nobody)

    late = [(kind, key, field) for _, kind, key, field in found(check(desk))]
    assert (Kind.DIFFERENT, "00a000000000001AAA", "author") in late
    assert (Kind.UNEXPECTED, nobody, None) in late


def test_files_that_were_moved_are_found_below_path(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "first", [case(1)])
    desk.run(folder)
    folder.rename(tmp_path / "elsewhere")

    with pytest.raises(AuditFault, match=r"User\.csv: it is not at .* any more: say where it lies with --path"):
        check(desk)
    verdict = check(desk, paths=(tmp_path / "elsewhere",))

    assert verdict.equal
    assert any("read here from" in note for note in verdict.notes)


def test_a_file_that_was_changed_since_the_import_is_refused(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "first", [case(1)])
    desk.run(folder)
    with (folder / "Case.csv").open("a") as file:
        file.write("\n")

    with pytest.raises(AuditFault, match=r"Case\.csv: .* is not what run \d+ imported"):
        check(desk)


def test_files_inside_an_archive_are_read_there(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "first", [case(1), case(2)])
    with zipfile.ZipFile(tmp_path / "WE_1.ZIP", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"inner/{path.name}")
    desk.run(tmp_path / "WE_1.ZIP")

    assert check(desk).equal
    (tmp_path / "WE_1.ZIP").rename(tmp_path / "moved.zip")
    assert check(desk, paths=(tmp_path / "moved.zip",)).equal


def test_one_part_can_be_checked_alone(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1)], [comment(1, 1)]))
    desk.execute("UPDATE crm.record SET subject = 'x'")
    desk.execute("UPDATE crm.contact SET email = 'x'")

    verdict = check(desk, parts=("contact",))

    assert found(verdict) == [("contact", Kind.DIFFERENT, "003000000000001AAA", "email")]
    assert "request" in verdict.left_out
    with pytest.raises(AuditFault, match="--part nothing"):
        check(desk, parts=("nothing",))


def test_an_import_that_is_not_finished_cannot_be_checked(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(1)]))
    desk.execute("UPDATE staging.run SET state = 'open', finished_at = NULL")

    with pytest.raises(AuditFault, match="is not finished"):
        check(desk)


def test_without_an_import_there_is_nothing_to_check(desk: Desk) -> None:
    with pytest.raises(NothingImported):
        check(desk)


def test_the_same_seed_draws_the_same_records(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "first", [case(number) for number in range(1, 41)]))

    def keys(seed: int) -> list[str]:
        return [sample.key for sample in check(desk, seed=seed, sample=12).samples]

    assert keys(1) == keys(1)
    assert keys(1) != keys(2)
    assert len(keys(1)) == len(set(keys(1))) == 12


def test_moments_are_compared_as_moments_and_owners_counted(desk: Desk, tmp_path: Path) -> None:
    # The same instant in two of the layouts of the mapping.
    desk.run(export(tmp_path / "first", [case(1), case(2, CreatedDate="2019-05-06T07:08:09.250Z", OwnerId="")]))

    verdict = check(desk)

    assert verdict.equal
    assert desk.records()[case_id(2)]["created_at"] == datetime(2019, 5, 6, 7, 8, 9, 250_000, tzinfo=UTC)
    years = verdict.census.lines["request", "year"]
    assert {year: (line.expected, line.found) for year, line in years.items()} == {"2019": (1, 1), "2024": (1, 1)}
    owners = verdict.census.lines["request", "owner"]
    assert {key: line.found for key, line in owners.items()} == {USER: 1, "": 1}
    assert verdict.names == {USER: "Ada Vale"}
