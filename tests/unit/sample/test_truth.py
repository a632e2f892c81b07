"""The truth of a sample: every bad row, for its own reason and no other."""

from collections import Counter, defaultdict

import pytest

from caseline.sample import world
from caseline.sample.decks import DECKS
from tests.unit.sample import oracle
from tests.unit.sample.conftest import Sample

Judged = dict[str, list[oracle.Row]]


@pytest.fixture(scope="module")
def judged(sample: Sample) -> Judged:
    return oracle.judge(sample.folder)


def test_every_row_is_bad_for_the_recorded_reason_and_no_other(sample: Sample, judged: Judged) -> None:
    found = {
        (name, row.line): (row.key, row.errors)
        for name, rows in judged.items()
        for row in rows
        if row.errors and not row.deleted
    }

    told = {
        (entry["file"], entry["line"]): (entry["key"], {(entry["code"], entry["field"])})
        for entry in sample.truth
        if entry["outcome"] == "FAILED"
    }
    assert told == found


def test_deleted_rows_are_told_as_filtered(sample: Sample, judged: Judged) -> None:
    found = {(name, row.line, row.key) for name, rows in judged.items() for row in rows if row.deleted}

    told = {(e["file"], e["line"], e["key"]) for e in sample.truth if e["outcome"] == "FILTERED"}
    assert told == found
    assert 8 <= len(told) <= 25


def test_totals_are_those_of_the_files(sample: Sample, judged: Judged) -> None:
    for name, rows in judged.items():
        deleted = sum(row.deleted for row in rows)
        failed = sum(bool(row.errors) and not row.deleted for row in rows)
        expected = {"read": len(rows), "failed": failed, "filtered": deleted, "good": len(rows) - failed - deleted}
        assert sample.head["totals"][name] == expected
    assert sample.head["not_imported"] == {"Attachment.csv": 251}


def test_codes_of_truth_and_summary_agree_with_its_rows(sample: Sample) -> None:
    codes = Counter(entry["code"] for entry in sample.truth if entry["outcome"] == "FAILED")

    assert sample.head["codes"] == sample.summary.codes == codes


def test_share_of_bad_rows_is_the_one_asked_for(sample: Sample) -> None:
    for name in ("Contact.csv", "Case.csv", "CaseHistory.csv", "CaseComment.csv", "EmailMessage.csv"):
        totals = sample.head["totals"][name]
        assert totals["failed"] / totals["read"] == pytest.approx(0.03, abs=0.001)
    assert sample.head["totals"]["Group.csv"]["failed"] == 1


def test_large_files_hold_every_kind_of_fault(sample: Sample) -> None:
    found = defaultdict(set)
    for entry in sample.truth:
        found[entry["file"]].add((entry["kind"], entry["field"]))

    for name in ("Contact", "Case", "CaseHistory", "CaseComment", "EmailMessage"):
        blamed = {(r.kind, None if r.code == "WRONG_FIELD_COUNT" else r.column) for r in DECKS[name]}
        assert blamed <= found[f"{name}.csv"]


def test_usual_share_of_20000_cases_has_room_for_every_kind_of_fault() -> None:
    built = world.build(cases=20_000, seed=2026, bad_share=0.005, messages=True)

    for name in ("Contact", "Case", "CaseHistory", "CaseComment", "EmailMessage"):
        assert {fault.recipe for fault in built.faults[name].values()} == set(DECKS[name])


def test_rows_that_fail_with_the_row_they_name_are_told(sample: Sample, judged: Judged) -> None:
    by_line = {(name, row.line): row.values for name, rows in judged.items() for row in rows}
    failed = {entry["key"] for entry in sample.truth if entry["outcome"] == "FAILED"}

    followers = [entry for entry in sample.truth if entry["kind"] == "reference to a bad row"]

    assert len(followers) >= 10
    for entry in followers:
        named = by_line[entry["file"], entry["line"]][entry["field"]]
        assert named in failed
        assert entry["code"] == "UNKNOWN_REFERENCE"


def test_a_bad_parent_may_stand_before_or_behind_its_child(sample: Sample, judged: Judged) -> None:
    place = {row.key: row.line for row in judged["Case.csv"]}
    lines = {row.line: row.values for row in judged["Case.csv"]}
    pairs = [
        (entry["line"], place[lines[entry["line"]]["ParentId"]])
        for entry in sample.truth
        if entry["file"] == "Case.csv" and entry["field"] == "ParentId" and "reference to a" in entry["kind"]
        if lines[entry["line"]]["ParentId"] in place
    ]

    assert any(parent < child for child, parent in pairs)
    assert any(parent > child for child, parent in pairs)
