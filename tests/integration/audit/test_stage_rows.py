"""The check of stage rows names every record whose rows are not what the export tells."""

from pathlib import Path

import pytest

from caseline.actions import move_request, settle_times
from caseline.actions.move_request import Move
from staging.audit.findings import Kind
from tests.factories.checks import case, case_id, change, check, export, found, only
from tests.factories.imports import NOW, Desk

CASES = [
    case(1, Status="Closed", ClosedDate="2024-05-07 07:08:00"),
    case(2, Status="Working"),
    case(3, Status="Closed", ClosedDate="2024-05-08 00:00:00"),
    case(4),
]
HISTORY = [
    change(1, "", "", "05-06 07:08", Field="created"),
    change(2, "New", "Working", "05-06 08:00"),
    change(3, "Working", "Waiting on Customer", "05-06 09:00"),
    change(4, "Waiting on Customer", "Closed", "05-07 07:08"),
    change(5, "New", "Working", "05-06 10:00", CaseId=case_id(2)),
]
OF = "WHERE record_id = (SELECT id FROM crm.record WHERE origin = '{}')"
ONE = OF.format(case_id(1))
ADD = "INSERT INTO crm.stage_row (record_id, stage, entered_at, left_at, elapsed_s, imported) "
ADD += "SELECT record_id, stage, left_at, left_at, 0, {} FROM crm.stage_row " + ONE + " AND stage = 'waiting'"


@pytest.fixture
def told(desk: Desk, tmp_path: Path) -> Desk:
    """A desk after an import of cases with and without a history."""
    desk.run(export(tmp_path / "export", CASES, history=HISTORY))
    return desk


def test_rows_that_the_import_made_are_found_as_the_files_tell_them(told: Desk) -> None:
    verdict = check(told)

    assert verdict.equal, found(verdict)
    assert "Stage rows of 4 records were compared with creation, history and closing." in verdict.notes
    history = next(part for part in verdict.parts if part.name == "history")
    assert (history.read, history.outcomes["equal"]) == (5, 5)
    assert verdict.census.lines["history", "status"]["stage"].found == 4


@pytest.mark.parametrize(
    ("alter", "key"),
    [
        (f"UPDATE crm.stage_row SET stage = 'escalated' {ONE} AND stage = 'working'", case_id(1)),
        (f"UPDATE crm.stage_row SET entered_at = entered_at + interval '1 second' {ONE} AND stage = 'new'", case_id(1)),
        (f"UPDATE crm.stage_row SET entered_at = entered_at - interval '1 ms' {ONE} AND stage = 'waiting'", case_id(1)),
        (f"UPDATE crm.stage_row SET elapsed_s = elapsed_s + 1 {ONE} AND stage = 'working'", case_id(1)),
        (f"UPDATE crm.stage_row SET left_at = NULL, elapsed_s = NULL {ONE} AND stage = 'waiting'", case_id(1)),
        (f"DELETE FROM crm.stage_row {ONE} AND stage = 'working'", case_id(1)),
        (f"DELETE FROM crm.stage_row {ONE} AND stage = 'waiting'", case_id(1)),
        (f"DELETE FROM crm.stage_row {OF.format(case_id(4))}", case_id(4)),
        (f"UPDATE crm.stage_row SET stage = 'escalated' {OF.format(case_id(2))} AND left_at IS NULL", case_id(2)),
        (f"UPDATE crm.stage_row SET stage = 'new' {OF.format(case_id(3))}", case_id(3)),
        (ADD.format("true"), case_id(1)),
        (ADD.format("false"), case_id(1)),
    ],
)
def test_an_altered_row_names_its_record(told: Desk, alter: str, key: str) -> None:
    told.execute(alter)

    finding = only(check(told))

    assert (finding.part, finding.kind, finding.key, finding.field) == ("request", Kind.STAGE_ROWS, key, "stage rows")
    assert finding.expected != finding.found
    assert finding.note


@pytest.mark.parametrize(
    ("alter", "note", "sides"),
    [
        (
            f"UPDATE crm.stage_row SET business_s = business_s - 60 {ONE} AND stage = 'working'",
            "row 2: its business time",
            ("business 3600 s, paused 0 s", "business 3540 s, paused 0 s"),
        ),
        (
            f"UPDATE crm.stage_row SET business_s = paused_s, paused_s = 0 {ONE} AND stage = 'waiting'",
            "row 3: its business time",
            ("business 0 s, paused 79680 s", "business 79680 s, paused 0 s"),
        ),
    ],
)
def test_an_altered_count_of_business_time_names_its_record(
    told: Desk, alter: str, note: str, sides: tuple[str, str]
) -> None:
    settle_times.settle(told.house, now=NOW)
    assert check(told).equal

    told.execute(alter)

    finding = only(check(told))
    assert (finding.key, finding.note, (finding.expected, finding.found)) == (case_id(1), note, sides)


@pytest.fixture
def visits(desk: Desk, tmp_path: Path) -> Desk:
    """A desk after an import of three requests that all were in work, and then wait."""
    cases = [case(number, Status="Waiting on Customer") for number in (1, 2, 3)]
    ways = [("New", "Working", "05-06 08:00"), ("Working", "Waiting on Customer", "05-06 09:00")]
    lines = [
        change(10 * number + place, *way, CaseId=case_id(number))
        for number in (1, 2, 3)
        for place, way in enumerate(ways)
    ]
    desk.run(export(tmp_path / "export", cases, history=lines))
    return desk


def test_a_clock_that_neither_its_stage_nor_an_earlier_one_explains_names_its_record(visits: Desk) -> None:
    for stage, note in (("working", "row 2: the clock of its stage"), ("waiting", "row 3: the clock of its stage")):
        turn = f"UPDATE crm.stage_row SET pausing = NOT pausing {OF.format(case_id(2))} AND stage = '{stage}'"
        visits.execute(turn)
        finding = only(check(visits))
        assert (finding.key, finding.note) == (case_id(2), note)
        assert {finding.expected, finding.found} == {"runs", "stands still"}
        visits.execute(turn)


def test_visits_from_before_their_stage_paused_are_told_and_no_finding(visits: Desk) -> None:
    early = "WHERE record_id IN (SELECT id FROM crm.record WHERE origin <= :key)"
    for number in (2, 3):
        visits.execute(f"UPDATE crm.stage_row SET pausing = false {early} AND stage = 'waiting'", key=case_id(number))

        verdict = check(visits)

        assert verdict.equal, found(verdict)
        assert sum(note.startswith(f"{number} visits to stage waiting are from before") for note in verdict.notes) == 1


def test_stages_that_began_to_pause_after_the_import_are_no_finding(told: Desk) -> None:
    told.execute("UPDATE crm.stage SET pauses = true WHERE code = 'working'")

    assert check(told).equal


def test_a_finding_shows_both_sides_from_the_first_row_that_differs(told: Desk) -> None:
    told.execute(f"UPDATE crm.stage_row SET stage = 'escalated' {ONE} AND stage = 'working'")

    finding = only(check(told))

    tail = "2024-05-06 08:00:00 to 2024-05-06 09:00:00, 3600 s"
    rest = "3: waiting 2024-05-06 09:00:00 to 2024-05-07 07:08:00, 79680 s"
    assert finding.expected == f"3 rows; 2: working {tail}; {rest}"
    assert finding.found == f"3 rows; 2: escalated {tail}; {rest}"


def test_an_altered_line_of_history_is_named_as_that(told: Desk) -> None:
    told.execute("UPDATE crm.history SET new = 'Escalated' WHERE origin = :key", key=HISTORY[1]["Id"])

    assert found(check(told)) == [("history", Kind.DIFFERENT, HISTORY[1]["Id"], "new")]


def test_a_lost_line_of_history_is_missing(told: Desk) -> None:
    told.execute("DELETE FROM crm.history WHERE origin = :key", key=HISTORY[1]["Id"])

    assert found(check(told)) == [("history", Kind.MISSING, HISTORY[1]["Id"], None)]


def test_rows_of_a_request_that_was_moved_here_are_looked_at_for_gaps(told: Desk) -> None:
    move_request.move(told.house, Move(key=case_id(2), stage="escalated"), now=NOW)
    verdict = check(told)
    rows = [finding for finding in verdict.findings.kept if finding.kind is Kind.STAGE_ROWS]
    assert rows == []
    assert any(note.startswith("1 records were moved here since") for note in verdict.notes)

    told.execute(f"DELETE FROM crm.stage_row {OF.format(case_id(2))} AND stage = 'working'")
    assert ("request", Kind.STAGE_ROWS, case_id(2), "stage rows") in found(check(told))


def test_rows_that_a_later_import_has_continued_are_fine_and_their_past_is_compared(told: Desk, tmp_path: Path) -> None:
    later = case(2, Status="Escalated", LastModifiedDate="2024-05-09 00:00:00")
    told.run(export(tmp_path / "later", [CASES[0], later, *CASES[2:]]))
    assert found(check(told)) == []

    told.execute(f"UPDATE crm.stage_row SET stage = 'waiting' {OF.format(case_id(2))} AND stage = 'new'")
    assert found(check(told)) == [("request", Kind.STAGE_ROWS, case_id(2), "stage rows")]


def test_stage_rows_are_left_alone_when_a_part_that_tells_of_them_is_not_looked_at(told: Desk) -> None:
    told.execute(f"DELETE FROM crm.stage_row {ONE}")

    assert check(told, parts=("request",)).equal
    assert not check(told).equal


@pytest.mark.parametrize(
    ("closed", "lines"),
    [
        ("2024-05-07 07:08:09", [change(1, "New", "Closed", "05-07 07:30")]),
        ("2024-05-07 07:08:09", [change(1, "New", "Closed", "05-07 07:00")]),
        (
            "2024-05-06 08:00:00",
            [change(1, "New", "Working", "05-06 09:00"), change(2, "Working", "Closed", "05-06 10:00")],
        ),
        ("2024-05-06 08:00:00", [change(1, "New", "Working", "05-06 09:00")]),
        ("2024-05-01 00:00:00", [change(1, "New", "Closed", "05-02 00:00")]),
        ("", [change(1, "New", "Closed", "05-06 08:00")]),
        ("", [change(1, "New", "Working", "05-06 08:00")]),
        ("", []),
        (
            "2024-05-07 07:08:09",
            [change(1, "New", "Closed", "05-06 08:00"), change(2, "Closed", "Merged", "05-06 09:00")],
        ),
        ("2024-05-07 07:08:09", [change(1, "", "Working", "05-06 08:00"), change(2, "Working", "", "05-06 09:00")]),
        (
            "2024-05-07 07:08:09",
            [change(1, "New", "Closed", "05-07 07:08"), change(2, "Closed", "Closed - No Response", "05-08 00:00")],
        ),
    ],
)
def test_odd_closings_are_understood_alike(
    desk: Desk, tmp_path: Path, closed: str, lines: list[dict[str, str]]
) -> None:
    desk.run(export(tmp_path / "export", [case(1, Status="Closed", ClosedDate=closed), case(2)], history=lines))

    assert found(check(desk)) == []
