"""Imported requests have their stage rows: one without a history, all of them with one; time is counted afterwards."""

from pathlib import Path
from typing import Any

import pytest

from caseline.actions import move_request, roll_back, settle_times
from caseline.actions.move_request import Move
from caseline.actions.settle_times import Settled
from tests.factories import checks
from tests.factories.checks import case, case_id
from tests.factories.imports import NOW, Desk

ROWS = """
SELECT stage_row.stage, to_char(entered_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS entered,
  to_char(left_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS "left", elapsed_s
FROM crm.stage_row JOIN crm.record ON record.id = record_id
WHERE record.origin = '{}' ORDER BY entered_at, stage_row.id
"""
HOUR = 3600


def change(number: int, old: str, new: str, at: str, **more: str) -> dict[str, str]:
    """A line of CaseHistory for case 1."""
    line = {"Id": f"017{number:012}AAA", "IsDeleted": "0", "CaseId": case_id(1), "CreatedById": checks.USER}
    return line | {"CreatedDate": f"2024-{at}:00", "Field": "Status", "OldValue": old, "NewValue": new} | more


def with_history(folder: Path, cases: list[dict[str, str]], lines: list[dict[str, str]]) -> Path:
    """An export with a CaseHistory."""
    checks.export(folder, cases)
    checks.write(folder / "CaseHistory.csv", lines)
    return folder


def rows(desk: Desk, number: int = 1) -> list[tuple[Any, ...]]:
    """Stage rows of a case: stage, entered, left, elapsed."""
    return [tuple(row) for row in desk.query(ROWS.format(case_id(number)))]


CLOSED = {"Status": "Closed", "ClosedDate": "2024-05-07 07:08:09"}
OPEN = {"ClosedDate": ""}


def test_an_open_request_without_history_is_in_its_stage_since_it_was_made(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "export", [case(1)]))

    assert rows(desk) == [("new", "05-06 07:08", None, None)]


def test_a_closed_request_without_history_has_one_row_up_to_its_closing(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "export", [case(1, **CLOSED)]))

    assert rows(desk) == [("", "05-06 07:08", "05-07 07:08", 24 * HOUR)]


def test_a_request_closed_before_it_was_made_lasted_no_time(desk: Desk, tmp_path: Path) -> None:
    closed = {"Status": "Closed", "ClosedDate": "2024-05-01 00:00:00"}

    desk.run(checks.export(tmp_path / "export", [case(1, **closed)]))

    assert rows(desk) == [("", "05-06 07:08", "05-06 07:08", 0)]


def test_a_history_becomes_one_row_for_each_visit(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(2, "Working", "Waiting on Customer", "05-06 09:00"),
        change(1, "New", "Working", "05-06 08:00"),
        change(3, "Waiting on Customer", "Closed", "05-07 07:08"),
        change(4, "", "Low", "05-06 08:30", Field="Priority"),
    ]

    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED), case(2, **OPEN)], lines))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("working", "05-06 08:00", "05-06 09:00"),
        ("waiting", "05-06 09:00", "05-07 07:08"),
    ]
    assert rows(desk, 2) == [("new", "05-06 07:08", None, None)]
    assert len(desk.records("history")) == 4


def test_a_history_that_ends_open_leaves_the_stage_of_now_open(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(1, "New", "Closed", "05-06 08:00"),
        change(2, "Closed", "Working", "05-08 08:00"),
    ]

    desk.run(with_history(tmp_path / "export", [case(1, Status="Working", ClosedDate="")], lines))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("closed", "05-06 08:00", "05-08 08:00"),
        ("working", "05-08 08:00", None),
    ]
    assert desk.query("SELECT count(*) FROM crm.stage_row WHERE pausing") == [(1,)]


def test_a_history_that_comes_in_parts_is_put_together(desk: Desk, tmp_path: Path) -> None:
    first = [change(1, "New", "Working", "05-06 08:00")]
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], first))
    settle_times.settle(desk.house, now=NOW)

    more = [*first, change(2, "Working", "Closed", "05-07 07:08")]
    desk.run(with_history(tmp_path / "second", [case(1, **CLOSED)], more))
    settle_times.settle(desk.house, now=NOW)

    assert [row[0] for row in rows(desk)] == ["new", "working"]
    life = desk.query("SELECT sum(elapsed_s), sum(business_s) FROM crm.stage_row")
    assert life == desk.query("SELECT sum(elapsed_s), sum(business_s) FROM crm.stage_total")


def test_a_delta_that_changes_the_stage_ends_the_visit(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, ClosedDate="")]))
    desk.run(
        checks.export(
            tmp_path / "second", [case(1, Status="Working", ClosedDate="", LastModifiedDate="2024-05-08 07:08:09")]
        )
    )
    desk.run(checks.export(tmp_path / "third", [case(1, Status="Closed", ClosedDate="2024-05-09 07:08:09")]))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-08 07:08"),
        ("working", "05-08 07:08", "05-09 07:08"),
    ]


def test_business_time_is_counted_once_and_added_up(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "export", [case(1, **CLOSED), case(2, **OPEN)]))

    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=1, deadlines=0)
    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=0, deadlines=0)

    found = desk.query("SELECT business_s, paused_s, calendar_id, mode FROM crm.stage_row WHERE left_at IS NOT NULL")
    assert found == [(24 * HOUR, 0, "ru", "working_days")]
    assert desk.query("SELECT visits, elapsed_s, business_s FROM crm.stage_total") == [(1, 24 * HOUR, 24 * HOUR)]


def test_the_import_raises_no_version_and_a_later_delta_still_fits(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **OPEN)]))
    settle_times.settle(desk.house, now=NOW)

    desk.run(checks.export(tmp_path / "second", [case(1, Subject="Другая тема", **OPEN)]))

    assert desk.totals()["failed"] == 0
    assert desk.records()[case_id(1)]["subject"] == "Другая тема"


def test_an_open_imported_request_with_a_category_gets_its_deadline_from_its_legacy_moment(
    desk: Desk, tmp_path: Path
) -> None:
    desk.run(checks.export(tmp_path / "export", [case(1, **OPEN), case(2, **CLOSED)]))
    settle_times.settle(desk.house, now=NOW)
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    desk.execute("UPDATE crm.record SET category = 'it'")

    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=0, deadlines=1)

    due = "SELECT due_at - clock_started_at, clock_started_at = created_at, quiet_until FROM crm.deadline JOIN crm.record ON id = record_id"
    ((term, from_legacy, quiet),) = desk.query(due)
    assert (term.total_seconds(), from_legacy, quiet) == (24 * HOUR, True, NOW)
    assert desk.query("SELECT count(*) FROM crm.event WHERE NOT imported") == [(0,)]


def test_a_rollback_takes_the_stage_rows_with_it(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Closed", "05-07 07:08")]
    running = desk.run(with_history(tmp_path / "export", [case(1, **CLOSED), case(2, **OPEN)], lines))
    settle_times.settle(desk.house, now=NOW)

    done = roll_back.roll_back(desk.house, running.run_id, now=NOW)

    assert done.kept == {}
    for table in ("record", "stage_row", "stage_total", "history"):
        assert desk.query(f"SELECT count(*) FROM crm.{table}") == [(0,)]


@pytest.mark.parametrize("stage", ["Closed", "Working"])
def test_an_imported_request_can_be_moved_here_and_its_life_still_adds_up(
    desk: Desk, tmp_path: Path, stage: str
) -> None:
    closed = {"ClosedDate": "2024-05-07 07:08:09" if stage == "Closed" else ""}
    desk.run(checks.export(tmp_path / "export", [case(1, Status=stage, **closed)]))

    answer = move_request.move(desk.house, Move(key=case_id(1), stage="escalated"), now=NOW)

    assert answer.done
    found = rows(desk)
    assert found[-1][2] is None
    assert [row[2] for row in found[:-1]] == [row[1] for row in found[1:]]
