"""Whatever is changed in the CRM or in the staging table behind everybody's back is named by key and field."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caseline.sample import write_export
from staging.audit.findings import Kind
from tests.factories.checks import ACCOUNT, COMMENT, CONTACT, USER, case, case_id, check, export, found, only
from tests.factories.imports import Desk


def test_a_sample_export_with_bad_rows_of_many_kinds_is_found_equal(desk: Desk, tmp_path: Path) -> None:
    truth = write_export(tmp_path / "data", cases=400, seed=11)
    desk.run(tmp_path / "data")

    verdict = check(desk)

    assert found(verdict) == []
    assert verdict.equal
    assert sum(part.outcomes.get("failed", 0) for part in verdict.parts) == sum(truth.failed.values())
    assert sum(part.outcomes.get("filtered", 0) for part in verdict.parts) == sum(truth.filtered.values())
    for part in verdict.parts:
        assert part.read == sum(part.outcomes.values())
    assert all(sums.expected == sums.found for sums in verdict.digests.sums.values())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("subject = 'other'", "subject"),
        ("description = description || ' '", "description"),
        ("stage = 'working'", "stage"),
        ("escalated = true", "escalated"),
        ("priority = NULL", "priority"),
        ("created_at = created_at + interval '1 second'", "created_at"),
        ("company_id = NULL", "company"),
        ("assignee_id = NULL", "assignee"),
        ("parent_id = id", "parent"),
        ("""extra = jsonb_set(extra, '{Warranty__c}', '"12"')""", "Warranty__c"),
        ("extra = extra - 'Warranty__c'", "Warranty__c"),
        ("""extra = extra || '{"Added": "x"}'""", "Added"),
    ],
)
def test_one_altered_field_of_a_request_is_named(imported: Desk, change: str, field: str) -> None:
    imported.execute(f"UPDATE crm.record SET {change} WHERE origin = :key", key=case_id(3))

    verdict = check(imported)

    finding = only(verdict)
    assert (finding.part, finding.kind, finding.key, finding.field) == (
        "request",
        Kind.DIFFERENT,
        case_id(3),
        field,
    )
    assert (finding.place, finding.note) == ("Case.csv:6", "changed in the CRM since the import")
    assert [name for name, sums in verdict.digests.sums.items() if sums.expected != sums.found] == [("request", field)]


@pytest.mark.parametrize(
    ("table", "change", "part", "key", "field"),
    [
        ("crm.contact", "email = 'x@example.com'", "contact", CONTACT, "email"),
        ("crm.contact", "mobile = '1'", "contact", CONTACT, "mobile"),
        ("crm.company", "name = 'Ромашкa'", "company", ACCOUNT, "name"),
        ("people.person", "active = false", "person", USER, "active"),
        ("crm.message", "record_id = (SELECT max(id) FROM crm.record)", "comment", COMMENT, "record"),
        ("crm.message", "text = NULL", "comment", COMMENT, "text"),
        ("crm.message", "public = false", "comment", COMMENT, "public"),
    ],
)
def test_one_altered_field_of_any_other_record_is_named(
    imported: Desk, table: str, change: str, part: str, key: str, field: str
) -> None:
    imported.execute(f"UPDATE {table} SET {change} WHERE origin = :key", key=key)

    finding = only(check(imported))

    assert (finding.part, finding.kind, finding.key, finding.field) == (part, Kind.DIFFERENT, key, field)


def test_an_alteration_that_left_no_version_is_not_called_an_edit(imported: Desk) -> None:
    imported.execute("ALTER TABLE crm.record DISABLE TRIGGER raise_version")
    imported.execute("UPDATE crm.record SET subject = 'other' WHERE origin = :case", case=case_id(3))

    assert (only(check(imported)).expected, only(check(imported)).found) == ("Third", "other")
    assert only(check(imported)).note == ""


def delete_record(desk: Desk) -> None:
    desk.execute("DELETE FROM crm.record WHERE origin = :case", case=case_id(3))


def insert_stranger(desk: Desk) -> None:
    desk.execute(
        "INSERT INTO crm.record (kind, source, origin, subject, stage) "
        "VALUES ('request', 'salesforce', '500000000000009AAA', 'x', 'new')"
    )


def forget_row(desk: Desk) -> None:
    desk.execute("DELETE FROM staging.row WHERE key = :case", case=case_id(3))


def invent_row(desk: Desk) -> None:
    desk.execute(
        "INSERT INTO staging.row (part_id, file_id, line, byte_offset, byte_length, key, payload, layout_id, status, "
        "crm_id) SELECT part_id, file_id, 99, 0, 0, '500000000000009AAA', payload, layout_id, status, crm_id "
        "FROM staging.row WHERE key = :case",
        case=case_id(3),
    )


def point_elsewhere(desk: Desk) -> None:
    desk.execute("UPDATE staging.row SET crm_id = crm_id + 1000 WHERE key = :case", case=case_id(3))


def set_back(desk: Desk) -> None:
    desk.execute("UPDATE staging.row SET status = 'NEW', crm_id = NULL WHERE key = :case", case=case_id(3))
    delete_record(desk)


def fail_without_cause(desk: Desk) -> None:
    desk.execute(
        """UPDATE staging.row SET status = 'FAILED', errors = '[{"code": "BAD_DATE"}]' WHERE key = :case""",
        case=case_id(3),
    )


def fail_although_imported(desk: Desk) -> None:
    desk.execute(
        """UPDATE staging.row SET status = 'FAILED', crm_id = NULL, errors = '[{"code": "REFUSED"}]'
        WHERE key = :case""",
        case=case_id(3),
    )


@pytest.mark.parametrize(
    ("alter", "kind", "key"),
    [
        (delete_record, Kind.MISSING, case_id(3)),
        (insert_stranger, Kind.UNEXPECTED, "500000000000009AAA"),
        (forget_row, Kind.NOT_STAGED, case_id(3)),
        (invent_row, Kind.NO_RECORD, "500000000000009AAA"),
        (point_elsewhere, Kind.OTHER_ID, case_id(3)),
        (set_back, Kind.NOT_IMPORTED, case_id(3)),
        (fail_without_cause, Kind.FAILED_WITHOUT_CAUSE, case_id(3)),
        (fail_although_imported, Kind.UNEXPECTED, case_id(3)),
    ],
)
def test_rows_and_records_that_do_not_belong_together_are_named(
    imported: Desk, alter: Callable[[Desk], None], kind: Kind, key: str
) -> None:
    alter(imported)

    assert ("request", kind, key, None) in found(check(imported))


def test_a_bad_row_marked_success_by_hand_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "export", [case(1), case(2, Status="Unheard of")]))
    statement = "UPDATE staging.row SET status = 'SUCCESS', errors = NULL, crm_id = 4711 WHERE key = :key"
    desk.execute(statement, key=case_id(2))

    finding = only(check(desk))

    assert (finding.kind, finding.key, finding.place) == (Kind.MISSING, case_id(2), "Case.csv:4")
    assert "4711" in finding.note


def test_a_value_that_cannot_be_read_and_is_in_the_crm_nevertheless_is_named(desk: Desk, tmp_path: Path) -> None:
    folder = export(tmp_path / "export", [case(1), case(2, Status="Unheard of")])
    desk.run(folder)
    desk.execute("UPDATE staging.row SET key = :other WHERE key = :key", key=case_id(1), other=case_id(9))
    desk.execute("DELETE FROM staging.row WHERE key = :key", key=case_id(2))
    desk.execute("UPDATE staging.row SET key = :other WHERE key = :key", key=case_id(9), other=case_id(2))
    desk.execute("UPDATE crm.record SET origin = :other WHERE origin = :key", key=case_id(1), other=case_id(2))

    verdict = check(desk)

    assert ("request", Kind.TAKEN_WITH_FAULT, case_id(2), "stage") in found(verdict)
    assert ("request", Kind.NOT_STAGED, case_id(1), None) in found(verdict)


def test_numbers_by_year_status_and_owner_show_a_missing_record(imported: Desk) -> None:
    delete_record(imported)

    census = check(imported).census.lines

    year, status, owner = (census["request", dimension] for dimension in ("year", "status", "owner"))
    assert (year["2024"].expected, year["2024"].found) == (3, 2)
    assert (status["new"].expected, status["new"].found) == (2, 1)
    assert (status["closed"].expected, status["closed"].found) == (1, 1)
    assert (owner[USER].expected, owner[USER].found) == (3, 2)


def test_only_the_first_cases_of_a_sort_are_kept_and_all_are_counted(desk: Desk, tmp_path: Path) -> None:
    desk.run(export(tmp_path / "export", [case(number) for number in range(1, 61)]))
    desk.execute("UPDATE crm.record SET subject = 'x', number = NULL")

    verdict = check(desk)

    assert verdict.findings.counts["request", Kind.DIFFERENT, "subject"] == 60
    assert verdict.findings.counts["request", Kind.DIFFERENT, "number"] == 60
    assert len(verdict.findings.kept) == 50
    (part,) = (part for part in verdict.parts if part.name == "request")
    assert part.outcomes["different"] == 60
