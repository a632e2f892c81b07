"""Imported requests have their stage rows: one without a history, all of them with one; time is counted afterwards."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import (
    go_live,
    keep_stages,
    move_request,
    rehearse_import,
    roll_back,
    settle_times,
    watch_deadlines,
)
from caseline.actions.move_request import Move
from caseline.actions.run_import import Order
from caseline.actions.settle_times import Settled
from staging.register import Options
from tests.factories import checks
from tests.factories.checks import case, case_id, change
from tests.factories.imports import NOW, Desk

ROWS = """
SELECT stage_row.stage, to_char(entered_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS entered,
  to_char(left_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS "left", elapsed_s
FROM crm.stage_row JOIN crm.record ON record.id = record_id
WHERE record.origin = '{}' ORDER BY entered_at, stage_row.id
"""
HOUR = 3600


def with_history(folder: Path, cases: list[dict[str, str]], lines: list[dict[str, str]]) -> Path:
    """An export with a CaseHistory."""
    return checks.export(folder, cases, history=lines)


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


def test_a_history_is_read_though_people_call_the_stages_otherwise(desk: Desk, tmp_path: Path) -> None:
    for code, label in (("working", "В работе"), ("closed", "Working")):  # as before the first import, or after one
        desk.run(checks.export(tmp_path / code, [case(1, **CLOSED)]))
        with desk.house.engine.begin() as connection:
            connection.execute(sa.text("UPDATE crm.stage SET label = :l WHERE code = :c"), {"l": label, "c": code})
    lines = [change(1, "New", "Working", "05-06 08:00"), change(2, "Working", "Closed", "05-07 07:08")]

    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED)], lines))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("working", "05-06 08:00", "05-07 07:08"),
    ]


def test_a_house_that_had_its_own_stages_reads_the_history_of_a_source(desk: Desk, tmp_path: Path) -> None:
    keep_stages.stages(desk.house)  # makes those that an empty house begins with
    lines = [change(1, "New", "Working", "05-06 08:00"), change(2, "Working", "Closed", "05-07 07:08")]

    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED)], lines))

    assert [row[0] for row in rows(desk)] == ["new", "working"]


def test_a_history_that_comes_in_parts_is_put_together(desk: Desk, tmp_path: Path) -> None:
    first = [change(1, "New", "Working", "05-06 08:00")]
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], first))
    settle_times.settle(desk.house, now=NOW)

    more = [*first, change(2, "Working", "Closed", "05-07 07:08")]
    desk.run(with_history(tmp_path / "second", [case(1, **CLOSED)], more))
    settle_times.settle(desk.house, now=NOW)

    assert [row[0] for row in rows(desk)] == ["new", "working"]
    assert desk.query("SELECT sum(elapsed_s), count(business_s) FROM crm.stage_row") == [(24 * HOUR, 2)]


def test_a_delta_that_changes_the_stage_ends_the_visit(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, ClosedDate="")]))
    desk.run(
        checks.export(
            tmp_path / "second", [case(1, Status="Working", ClosedDate="", LastModifiedDate="2024-05-08 07:08:09")]
        )
    )
    desk.run(checks.export(tmp_path / "third", [case(1, Status="Closed", ClosedDate="2024-05-09 07:08:09")]))

    assert rows(desk) == [
        ("new", "05-06 07:08", "05-08 07:08", 48 * HOUR),
        ("working", "05-08 07:08", "05-09 07:08", 24 * HOUR),
    ]


def test_a_delta_that_says_it_is_older_than_the_visit_ends_it_where_it_began(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Working", "05-08 07:08")]
    desk.run(with_history(tmp_path / "first", [case(1, Status="Working", ClosedDate="")], lines))

    desk.run(checks.export(tmp_path / "second", [case(1, Status="Escalated", ClosedDate="")]))

    assert rows(desk)[1:] == [
        ("working", "05-08 07:08", "05-08 07:08", 0),
        ("escalated", "05-08 07:08", None, None),
    ]


def test_changes_of_one_moment_count_in_the_order_of_their_keys(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(10, "Waiting on Customer", "Closed", "05-06 09:00"),
        change(9, "Working", "Waiting on Customer", "05-06 09:00"),
        change(8, "New", "Working", "05-06 09:00"),
    ]

    closed = case(1, **CLOSED | {"ClosedDate": "2024-05-06 09:00:00"})
    desk.run(with_history(tmp_path / "export", [closed, case(2)], lines))

    assert [(row[0], row[3]) for row in rows(desk)] == [("new", 6711), ("working", 0), ("waiting", 0)]


def test_changes_before_the_creation_count_in_the_order_of_their_moments(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "Working", "Waiting on Customer", "05-05 09:00"), change(2, "New", "Working", "05-04 09:00")]

    desk.run(with_history(tmp_path / "export", [case(1, Status="Waiting on Customer", ClosedDate="")], lines))

    assert [(row[0], row[3]) for row in rows(desk)] == [("new", 0), ("working", 0), ("waiting", None)]


def test_a_delta_with_another_status_and_its_history_builds_the_rows_anew(desk: Desk, tmp_path: Path) -> None:
    before = [change(1, "New", "Working", "05-06 08:00"), change(5, "", "High", "05-06 08:00", Field="Priority")]
    desk.run(with_history(tmp_path / "first", [case(1, Status="Working", ClosedDate="")], before))
    settle_times.settle(desk.house, now=NOW)
    more = [
        change(2, "Working", "Waiting on Customer", "05-06 09:00"),
        change(3, "Waiting on Customer", "Closed", "05-07 07:08"),
        change(4, "New", "Working", "05-08 00:00", CaseId=case_id(2)),
    ]
    cases = [case(1, **CLOSED), case(2, Status="Working", ClosedDate="")]

    for name in ("second", "the same again"):
        desk.run(with_history(tmp_path / name, cases, [*before, *more]))
        settle_times.settle(desk.house, now=NOW)

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("working", "05-06 08:00", "05-06 09:00"),
        ("waiting", "05-06 09:00", "05-07 07:08"),
    ]
    assert [row[:3] for row in rows(desk, 2)] == [
        ("new", "05-06 07:08", "05-08 00:00"),
        ("working", "05-08 00:00", None),
    ]
    assert len(desk.records("history")) == 5
    assert desk.query("SELECT count(*), count(business_s) FROM crm.stage_row") == [(5, 4)]
    assert checks.found(checks.check(desk)) == []


def test_a_line_of_history_that_is_corrected_moves_the_visit(desk: Desk, tmp_path: Path) -> None:
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], [change(1, "New", "Working", "05-06 08:00")]))

    desk.run(with_history(tmp_path / "second", [case(1, **CLOSED)], [change(1, "New", "Escalated", "05-06 09:00")]))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 09:00"),
        ("escalated", "05-06 09:00", "05-07 07:08"),
    ]


def test_the_time_in_which_a_reopened_case_was_closed_counts_for_no_stage(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **CLOSED)]))
    reopened = case(1, Status="Working", ClosedDate="", LastModifiedDate="2024-05-09 07:08:09")

    desk.run(checks.export(tmp_path / "second", [reopened]))

    assert [row[:3] for row in rows(desk)] == [
        ("", "05-06 07:08", "05-07 07:08"),
        ("", "05-07 07:08", "05-09 07:08"),
        ("working", "05-09 07:08", None),
    ]
    assert [pausing for (pausing,) in desk.query("SELECT pausing FROM crm.stage_row ORDER BY entered_at")] == [
        False,
        True,
        False,
    ]
    assert checks.found(checks.check(desk)) == []


def test_a_rollback_of_the_run_that_brought_the_history_takes_its_visits_back(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **CLOSED)]))
    before = rows(desk)
    lines = [change(1, "New", "Working", "05-06 08:00"), change(2, "Working", "Closed", "05-07 07:08")]
    second = desk.run(with_history(tmp_path / "second", [case(1, **CLOSED)], lines))
    assert len(rows(desk)) == 2

    roll_back.roll_back(desk.house, second.run_id, now=NOW)

    assert rows(desk) == before
    assert desk.records("history") == {}


def test_history_that_comes_while_somebody_moves_the_request_leaves_his_rows_alone(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, ClosedDate="")]))
    export = with_history(tmp_path / "second", [case(1, ClosedDate="")], [change(1, "", "New", "05-06 07:30")])
    with ThreadPoolExecutor(1) as pool, desk.house.engine.connect() as person:
        person.execute(sa.text("UPDATE crm.record SET stage = 'working' WHERE origin = :key"), {"key": case_id(1)})
        person.execute(sa.text("UPDATE crm.stage_row SET left_at = entered_at, elapsed_s = 0"))
        moved = "INSERT INTO crm.stage_row (record_id, stage, entered_at) SELECT record_id, 'working', left_at FROM crm.stage_row"
        person.execute(sa.text(moved))
        running = pool.submit(desk.run, export)
        while not desk.query("SELECT FROM pg_locks WHERE NOT granted"):
            assert not running.done()
            time.sleep(0.05)
        person.commit()
        running.result()

    assert [(row[0], row[3]) for row in rows(desk)] == [("new", 0), ("working", None)]


def test_business_time_is_counted_once_and_added_up(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "export", [case(1, **CLOSED), case(2, **OPEN)]))

    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=1, deadlines=0)
    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=0, deadlines=0)

    found = desk.query("SELECT business_s, paused_s, calendar_id, mode FROM crm.stage_row WHERE left_at IS NOT NULL")
    assert found == [(24 * HOUR, 0, "ru", "working_days")]


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
    for table in ("record", "stage_row", "history"):
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


LIFE = """
SELECT sum(stage_row.elapsed_s) = sum(DISTINCT floor(extract(epoch FROM closed_at)) - floor(extract(epoch FROM created_at))),
  sum(stage_row.elapsed_s)
FROM crm.stage_row JOIN crm.record ON record.id = record_id
"""
COUNTED = "SELECT record_id, stage, business_s FROM crm.stage_row ORDER BY record_id, entered_at"
MONDAY = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


def categorised(desk: Desk, folder: Path, hours: int = 24, *, now: datetime = MONDAY, **changes: str) -> None:
    """Import case 1, open and in category it, and count its deadline."""
    desk.run(checks.export(folder, [case(1, **OPEN | changes)]))
    desk.execute(f"INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', {hours})")
    desk.execute("""UPDATE crm.category SET hours_by_priority = '{"High": 48}'""")
    desk.execute("ALTER TABLE crm.record DISABLE TRIGGER raise_version")
    desk.execute("UPDATE crm.record SET category = 'it'")
    desk.execute("ALTER TABLE crm.record ENABLE TRIGGER raise_version")
    settle_times.settle(desk.house, now=now)


def due(desk: Desk) -> list[str]:
    """Deadlines in UTC."""
    found = desk.query("SELECT due_at AT TIME ZONE 'UTC' FROM crm.deadline ORDER BY record_id")
    return [f"{at:%m-%d %H:%M}" for (at,) in found]


def test_a_delta_with_another_time_of_closing_ends_the_row_there(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **CLOSED)]))
    settle_times.settle(desk.house, now=NOW)

    later = CLOSED | {"ClosedDate": "2024-05-08 07:08:09"}
    desk.run(checks.export(tmp_path / "second", [case(1, **later)]))
    assert desk.query("SELECT business_s FROM crm.stage_row") == [(None,)]
    settle_times.settle(desk.house, now=NOW)

    assert rows(desk) == [("", "05-06 07:08", "05-08 07:08", 48 * HOUR)]
    assert desk.query("SELECT business_s FROM crm.stage_row") == [(48 * HOUR,)]


def test_a_delta_that_closes_at_the_creation_leaves_no_time(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **CLOSED)]))

    desk.run(checks.export(tmp_path / "second", [case(1, **CLOSED | {"ClosedDate": checks.CREATED})]))

    assert rows(desk) == [("", "05-06 07:08", "05-06 07:08", 0)]


def test_a_delta_with_another_time_of_creation_begins_the_row_there(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **OPEN), case(2, **CLOSED)]))
    settle_times.settle(desk.house, now=NOW)

    earlier = {"CreatedDate": "2024-05-05 07:08:09"}
    desk.run(checks.export(tmp_path / "second", [case(1, **OPEN | earlier), case(2, **CLOSED | earlier)]))
    settle_times.settle(desk.house, now=NOW)

    assert rows(desk) == [("new", "05-05 07:08", None, None)]
    assert rows(desk, 2) == [("", "05-05 07:08", "05-07 07:08", 48 * HOUR)]
    assert desk.query("SELECT business_s FROM crm.stage_row WHERE left_at IS NOT NULL") == [(34 * HOUR + 489,)]


def test_a_history_that_closes_at_another_second_than_the_record_still_adds_up(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(1, "New", "Working", "05-06 08:00"),
        change(2, "Working", "Closed", "05-07 07:30"),
    ]

    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED)], lines))
    settle_times.settle(desk.house, now=NOW)

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("working", "05-06 08:00", "05-07 07:08"),
    ]
    assert desk.query(LIFE) == [(True, 24 * HOUR)]


def test_a_history_that_goes_on_after_the_time_of_closing_is_believed(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(1, "New", "Closed", "05-07 07:08"),
        change(2, "Closed", "Working", "05-08 08:00"),
        change(3, "Working", "Closed", "05-09 08:00"),
    ]

    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED)], lines))

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-07 07:08"),
        ("closed", "05-07 07:08", "05-08 08:00"),
        ("working", "05-08 08:00", "05-09 08:00"),
    ]


def test_a_history_without_a_time_of_closing_ends_by_itself(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Closed", "05-06 08:00")]

    desk.run(with_history(tmp_path / "export", [case(1, Status="Closed", ClosedDate="")], lines))

    assert [row[:3] for row in rows(desk)] == [("new", "05-06 07:08", "05-06 08:00")]


def test_a_delta_that_was_made_later_pushes_all_visits(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(1, "New", "Working", "05-06 08:00"),
        change(2, "Working", "New", "05-06 09:00"),
        change(3, "New", "Working", "05-06 10:00"),
        change(4, "Working", "Closed", "05-07 07:08"),
    ]
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], lines))
    settle_times.settle(desk.house, now=NOW)

    later = CLOSED | {"CreatedDate": "2024-05-06 09:30:00"}
    desk.run(with_history(tmp_path / "second", [case(1, **later)], lines))
    settle_times.settle(desk.house, now=NOW)

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 09:30", "05-06 09:30"),
        ("working", "05-06 09:30", "05-06 09:30"),
        ("new", "05-06 09:30", "05-06 10:00"),
        ("working", "05-06 10:00", "05-07 07:08"),
    ]
    assert desk.query("SELECT sum(elapsed_s) FROM crm.stage_row") == [(21 * HOUR + 38 * 60 + 9,)]
    assert desk.query("SELECT count(*) FROM crm.stage_row WHERE business_s = elapsed_s") == [(4,)]


def test_a_delta_that_changes_no_time_leaves_what_was_counted(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Working", "05-06 07:08", CreatedDate=checks.CREATED)]
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], lines))
    settle_times.settle(desk.house, now=NOW)
    before = desk.query(COUNTED)

    desk.run(checks.export(tmp_path / "second", [case(1, Subject="Другая тема", **CLOSED)]))

    assert [row.business_s for row in before] == [0, 24 * HOUR]
    assert desk.query(COUNTED) == before


def test_a_delta_that_closes_before_the_last_visit_began_leaves_it(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Working", "05-06 12:00"), change(2, "Working", "Closed", "05-07 07:08")]
    desk.run(with_history(tmp_path / "first", [case(1, **CLOSED)], lines))
    before = rows(desk)

    desk.run(with_history(tmp_path / "second", [case(1, **CLOSED | {"ClosedDate": "2024-05-06 11:00:00"})], lines))

    assert rows(desk) == before


def test_a_history_that_is_all_at_one_moment_keeps_its_order(desk: Desk, tmp_path: Path) -> None:
    lines = [
        change(1, "New", "Working", "05-06 08:00"),
        change(2, "Working", "Waiting on Customer", "05-06 08:00"),
        change(3, "Waiting on Customer", "Working", "05-06 08:00"),
    ]

    desk.run(with_history(tmp_path / "export", [case(1, Status="Working", ClosedDate="")], lines))

    assert [(row[0], row[3]) for row in rows(desk)] == [
        ("new", 3111),
        ("working", 0),
        ("waiting", 0),
        ("working", None),
    ]


def test_a_closed_request_with_a_history_is_opened_again_from_where_its_own_history_ends(
    desk: Desk, tmp_path: Path
) -> None:
    later = {"Status": "Closed", "ClosedDate": "2024-05-20 07:08:09"}
    lines = [change(1, "New", "Working", "05-06 08:00"), change(2, "Working", "Closed", "05-07 07:08")]
    desk.run(with_history(tmp_path / "export", [case(1, **CLOSED), case(2, **later)], lines))

    assert move_request.reopen(desk.house, Move(key=case_id(1)), now=NOW).done

    assert [row[:3] for row in rows(desk)] == [
        ("new", "05-06 07:08", "05-06 08:00"),
        ("working", "05-06 08:00", "05-07 07:08"),
        ("closed", "05-07 07:08", "03-02 09:30"),
        ("working", "03-02 09:30", None),
    ]


def test_a_rollback_of_a_history_alone_takes_its_rows_back(desk: Desk, tmp_path: Path) -> None:
    desk.run(checks.export(tmp_path / "first", [case(1, **CLOSED), case(2, **OPEN)]))
    settle_times.settle(desk.house, now=NOW)
    before = rows(desk), rows(desk, 2), desk.query(COUNTED)
    lines = [
        change(1, "New", "Working", "05-06 08:00"),
        change(2, "Working", "Closed", "05-07 07:08"),
        change(3, "New", "Waiting on Customer", "05-06 08:00", CaseId=case_id(2)),
    ]
    second = desk.run(with_history(tmp_path / "second", [case(1, **CLOSED), case(2, **OPEN)], lines))
    settle_times.settle(desk.house, now=NOW)
    assert len(rows(desk)) == 2

    roll_back.roll_back(desk.house, second.run_id, now=NOW)
    settle_times.settle(desk.house, now=NOW)

    assert (rows(desk), rows(desk, 2), desk.query(COUNTED)) == before


def test_a_history_that_moves_to_another_request_leaves_the_first(desk: Desk, tmp_path: Path) -> None:
    cases = [case(1, Status="Working", ClosedDate=""), case(2, Status="Working", ClosedDate="")]
    desk.run(with_history(tmp_path / "first", cases, [change(1, "New", "Working", "05-06 08:00")]))

    moved = [change(1, "New", "Working", "05-06 08:00", CaseId=case_id(2))]
    desk.run(with_history(tmp_path / "second", cases, moved))

    assert [row[0] for row in rows(desk)] == ["working"]
    assert [row[0] for row in rows(desk, 2)] == ["new", "working"]


def test_a_rollback_takes_the_log_of_deadlines_and_the_golive_with_it(desk: Desk, tmp_path: Path) -> None:
    categorised(desk, tmp_path / "export")
    go_live.go_live(desk.house, [], by="ada", now=MONDAY)

    roll_back.roll_back(desk.house, 1, now=NOW)

    for table in ("record", "deadline", "deadline_change", "alarm", "live_source"):
        assert desk.query(f"SELECT count(*) FROM crm.{table}") == [(0,)], table


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Priority": "High"}, "05-08 07:08"),
        ({"CreatedDate": "2024-05-03 07:08:09"}, "05-06 07:08"),
        ({"Subject": "x"}, "05-07 07:08"),
    ],
)
def test_a_delta_that_changes_what_a_deadline_is_counted_from_has_it_counted_anew(
    desk: Desk, tmp_path: Path, changes: dict[str, str], expected: str
) -> None:
    categorised(desk, tmp_path / "first")
    assert due(desk) == ["05-07 07:08"]

    desk.run(checks.export(tmp_path / "second", [case(1, **OPEN | changes)]))
    settle_times.settle(desk.house, now=MONDAY)

    assert due(desk) == [expected]
    moved = [] if expected == "05-07 07:08" else [(True,)]
    log = desk.query("SELECT old_due_at IS NOT NULL AND old_version = 1 FROM crm.deadline_change ORDER BY id")
    assert log[1:] == moved


def test_a_request_that_a_delta_opens_again_may_alarm_again(desk: Desk, tmp_path: Path) -> None:
    categorised(desk, tmp_path / "first")
    go_live.go_live(desk.house, [], by="ada", now=MONDAY)
    late = MONDAY + timedelta(days=3)
    assert len(watch_deadlines.watch(desk.house, now=late).sounded) == 2
    desk.run(checks.export(tmp_path / "second", [case(1, **CLOSED)]))

    again = {"CreatedDate": "2024-05-10 07:08:09", "LastModifiedDate": "2024-05-11 07:08:09"}
    desk.run(checks.export(tmp_path / "third", [case(1, **OPEN | again)]))
    settle_times.settle(desk.house, now=datetime(2024, 5, 12, tzinfo=UTC))

    assert watch_deadlines.watch(desk.house, now=datetime(2024, 5, 12, tzinfo=UTC)).sounded == []
    assert len(watch_deadlines.watch(desk.house, now=datetime(2024, 6, 12, tzinfo=UTC)).sounded) == 2


@pytest.mark.parametrize("said", [0, 1, 2])
def test_a_history_takes_no_alarm_from_a_live_source_and_repeats_none(desk: Desk, tmp_path: Path, said: int) -> None:
    categorised(desk, tmp_path / "first")
    go_live.go_live(desk.house, [], by="ada", now=MONDAY)
    (times,) = desk.query("SELECT warn_at, due_at FROM crm.deadline")
    second = timedelta(seconds=1)
    if said:
        assert len(watch_deadlines.watch(desk.house, now=times[said - 1] + second).sounded) == said

    lines = [
        change(1, "New", "Waiting on Customer", "05-06 08:00"),
        change(2, "Waiting on Customer", "New", "05-06 08:01"),
    ]
    desk.run(with_history(tmp_path / "second", [case(1, **OPEN)], lines))
    late = times[1] + timedelta(hours=1)
    settle_times.settle(desk.house, now=late)

    assert len(watch_deadlines.watch(desk.house, now=late).sounded) == 2 - said
    assert watch_deadlines.watch(desk.house, now=late + second).sounded == []


def test_who_moves_a_request_whose_deadline_is_to_be_counted_anew_takes_no_alarm_from_a_live_source(
    desk: Desk, tmp_path: Path
) -> None:
    categorised(desk, tmp_path / "first")
    go_live.go_live(desk.house, [], by="ada", now=MONDAY)
    ((due_at,),) = desk.query("SELECT due_at FROM crm.deadline")
    lines = [
        change(1, "New", "Waiting on Customer", "05-06 08:00"),
        change(2, "Waiting on Customer", "New", "05-06 08:01"),
    ]
    desk.run(with_history(tmp_path / "second", [case(1, **OPEN)], lines))
    assert due(desk) == []

    late = due_at + timedelta(hours=1)
    assert move_request.move(desk.house, Move(key=case_id(1), stage="working"), now=late).done

    assert len(watch_deadlines.watch(desk.house, now=late).sounded) == 2


def test_a_pause_that_a_delta_ends_in_another_pausing_stage_is_counted(desk: Desk, tmp_path: Path) -> None:
    categorised(desk, tmp_path / "first", Status="Waiting on Customer")
    desk.execute("UPDATE crm.stage SET pauses = true WHERE code = 'escalated'")

    later = {"Status": "Escalated", "LastModifiedDate": "2024-05-06 09:08:09"}
    desk.run(checks.export(tmp_path / "second", [case(1, **OPEN | later)]))
    settle_times.settle(desk.house, now=MONDAY)

    assert due(desk) == ["05-07 09:08"]
    assert desk.query("SELECT stopped_at FROM crm.deadline") == [(MONDAY,)]


def test_a_rehearsal_writes_no_times(desk: Desk, tmp_path: Path) -> None:
    lines = [change(1, "New", "Working", "05-06 08:00")]
    export = with_history(tmp_path / "export", [case(1, Status="Working", ClosedDate="")], lines)

    order = Order((export,), "salesforce", Options())
    rehearse_import.rehearse(desk.house, order, clock=lambda: NOW)

    for table in ("record", "stage_row", "history", "deadline", "event"):
        assert desk.query(f"SELECT count(*) FROM crm.{table}") == [(0,)], table


def test_the_clock_of_what_is_imported_waiting_stands_still(desk: Desk, tmp_path: Path) -> None:
    cases = [
        case(1, Status="Waiting on Customer", **OPEN),
        case(2, Status="Working", **OPEN),
    ]
    lines = [
        change(1, "New", "Waiting on Customer", "05-06 10:08", CaseId=case_id(2)),
        change(2, "Waiting on Customer", "Working", "05-06 12:08", CaseId=case_id(2)),
    ]
    desk.run(with_history(tmp_path / "export", cases, lines))
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    desk.execute("UPDATE crm.record SET category = 'it'")

    settle_times.settle(desk.house, now=NOW)

    assert due(desk) == ["05-07 07:08", "05-07 09:08"]
    assert desk.query("SELECT stopped_at FROM crm.deadline ORDER BY record_id") == [(NOW,), (None,)]


def test_a_history_that_comes_later_moves_the_deadline_and_its_rollback_moves_it_back(
    desk: Desk, tmp_path: Path
) -> None:
    cases = [case(1, Status="Working", **OPEN), case(2, Status="Working", **OPEN)]
    desk.run(checks.export(tmp_path / "first", cases))
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    desk.execute("UPDATE crm.record SET category = 'it'")
    settle_times.settle(desk.house, now=NOW)
    assert due(desk) == ["05-07 07:08", "05-07 07:08"]
    desk.execute("INSERT INTO crm.alarm (record_id, percent, at) SELECT id, 100, now() FROM crm.record")

    lines = [
        change(1, "Working", "Waiting on Customer", "05-06 10:08"),
        change(2, "Waiting on Customer", "Working", "05-06 12:08"),
        change(3, "New", "Working", "05-06 12:08", CaseId=case_id(2)),
    ]
    second = desk.run(with_history(tmp_path / "second", cases, lines))
    settle_times.settle(desk.house, now=NOW)

    assert due(desk) == ["05-07 09:08", "05-07 07:08"]
    assert desk.query("SELECT count(*) FROM crm.alarm") == [(2,)], "both are still past"

    roll_back.roll_back(desk.house, second.run_id, now=NOW)
    settle_times.settle(desk.house, now=NOW)

    assert due(desk) == ["05-07 07:08", "05-07 07:08"]
