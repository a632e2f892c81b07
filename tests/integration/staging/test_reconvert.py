"""A mapping was corrected: rows of earlier runs are converted once more, and their records changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.actions import rehearse_import, roll_back, run_import
from caseline.actions.foresee_import import foresee
from caseline.actions.run_import import Order
from staging.faults import ImportFault, RunBusy
from staging.reconvert import Otherwise
from staging.register import Options
from tests.factories.imports import Desk

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAPPING = """
version: 1
source: journal
title: Journal
stages: [{code: new, label: New}, {code: done, label: Done, closed: true}]
parts:
  request:
    files: [journal*]
    key: id
    fields: {subject: SUBJECT, stage: {column: state, values: {open: new, DONE}}, created_at: opened, EXTRA}
"""
LINES = "id,text,long,state,opened\nJ-1,Lamp,Lamp in room 3,open,2026-03-01\nJ-2,Door,Door of room 4,shut,2026-03-02\n"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


def mapping(folder: Path, *, subject: str = "text", done: str = "shut: done", extra: str = "parent_key: ''") -> Path:
    path = folder / "journal.yaml"
    text = MAPPING.replace("SUBJECT", subject).replace("DONE", done)
    path.write_text(text.replace(", EXTRA", "" if "''" in extra else f", {extra}"), encoding="utf-8")
    return path


def test_records_become_what_the_mapping_says_now(desk: Desk, journal: Path, tmp_path: Path) -> None:
    first = desk.run(journal, mapping=mapping(tmp_path))
    ids = {row.key: row.crm_id for row in desk.rows()}

    again = desk.run(journal, mapping=mapping(tmp_path, subject="long"), reconvert=True)

    assert [one["subject"] for one in desk.records().values()] == ["Lamp in room 3", "Door of room 4"]
    assert {row.key: row.crm_id for row in desk.rows()} == ids
    assert desk.totals() == {"read": 2, "new": 0, "success": 2, "failed": 0, "filtered": 0}
    made = f"SELECT count(*) FILTER (WHERE created), count(*) FROM staging.ledger WHERE run_id = {again.run_id}"
    assert tuple(desk.query(made)[0]) == (0, 2)
    assert foresee(again).otherwise is None
    assert foresee(desk.run(journal, mapping=mapping(tmp_path, subject="long"))).otherwise is None
    told = foresee(desk.run(journal, mapping=mapping(tmp_path))).otherwise
    assert told == Otherwise(again.run_id, on_reading=False)
    assert first.run_id < again.run_id


def test_a_row_that_the_mapping_does_not_take_any_more_fails_and_keeps_its_record(
    desk: Desk, journal: Path, tmp_path: Path
) -> None:
    desk.run(journal, mapping=mapping(tmp_path))

    desk.run(journal, mapping=mapping(tmp_path, done="over: done"), reconvert=True)

    assert desk.row("J-2").codes == ["UNKNOWN_VALUE"]
    assert desk.row("J-2").crm_id is not None
    assert set(desk.records()) == {"J-1", "J-2"}
    desk.run(journal, mapping=mapping(tmp_path))
    assert desk.statuses() == {"J-1": "SUCCESS", "J-2": "SUCCESS"}


def test_what_people_have_edited_since_stays_as_they_made_it(desk: Desk, journal: Path, tmp_path: Path) -> None:
    desk.run(journal, mapping=mapping(tmp_path))
    desk.execute("UPDATE crm.record SET subject = 'by hand' WHERE origin = 'J-1'")

    desk.run(journal, mapping=mapping(tmp_path, subject="long"), reconvert=True)

    assert desk.row("J-1").codes == ["EDITED_SINCE"]
    assert [one["subject"] for one in desk.records().values()] == ["by hand", "Door of room 4"]
    desk.run(journal, mapping=mapping(tmp_path, subject="long"), overwrite=True)
    assert desk.records()["J-1"]["subject"] == "Lamp in room 3"


def test_a_changed_export_may_come_in_the_same_run(desk: Desk, journal: Path, tmp_path: Path) -> None:
    desk.run(journal, mapping=mapping(tmp_path))
    journal.write_text(LINES.replace("room 3", "room 33") + "J-3,Tap,Tap drips,open,2026-03-03\n", encoding="utf-8")

    desk.run(journal, mapping=mapping(tmp_path, subject="long"), reconvert=True)

    told = [one["subject"] for one in desk.records().values()]
    assert told == ["Lamp in room 33", "Door of room 4", "Tap drips"]
    assert {row.attempts for row in desk.rows() if row.key != "J-3"} == {2}


ROOMS = (
    '{"id": "J-1", "text": "Lamp", "state": "open", "opened": "2026-03-01", "where": {"room": "3", "floor": null}}\n'
    '{"id": "J-2", "text": "Door", "state": "shut", "opened": "2026-03-02", "where": "at the gate"}\n'
)


def lines(folder: Path, more: str) -> Path:
    """A mapping of JSON lines, with more words on its part."""
    plan = mapping(folder)
    text = plan.read_text(encoding="utf-8").replace("title:", "format: jsonl\ntitle:")
    plan.write_text(f"{text}    {more}\n", encoding="utf-8")
    return plan


@pytest.mark.parametrize(
    "before",
    ["keep: []", "extra: {Where: {column: where, label: Where}}"],
    ids=["beside the named", "in one named whole"],
)
def test_what_json_lines_hold_is_found_when_it_is_named(desk: Desk, tmp_path: Path, before: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(ROOMS, encoding="utf-8")
    desk.run(path, mapping=lines(tmp_path, before))
    named = "extra: {Room: {column: where.room, label: Room}, Floor: {column: where.floor, label: Floor}}"

    desk.run(path, mapping=lines(tmp_path, named), reconvert=True)

    found = {origin: one["extra"] for origin, one in desk.records().items()}
    assert found["J-1"]["Room"] == "3"
    assert not any(found["J-1"].get("Floor") or found["J-2"].get(name) for name in ("Room", "Floor"))
    assert desk.totals()["failed"] == 0


@pytest.mark.parametrize("before", ["extra: {Room: {column: where.room, label: Room}}", "keep: '*'"])
def test_what_json_lines_held_as_a_whole_is_not_made_up_of_its_parts(desk: Desk, tmp_path: Path, before: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(ROOMS, encoding="utf-8")
    desk.run(path, mapping=lines(tmp_path, before))

    with pytest.raises(ImportFault, match="where: an earlier mapping has kept it in parts"):
        desk.run(path, mapping=lines(tmp_path, "extra: {Where: {column: where, label: Where}}"), reconvert=True)

    assert {row.status for row in desk.rows()} == {"SUCCESS"}


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("key: id", "key: text"),
        ("    key: id", "    skip: [{column: state, is: shut, reason: closed ones}]\n    key: id"),
        ("parts:", "parts:\n  company: {files: [journal*], inline: true, key: state, fields: {name: state}}"),
    ],
    ids=["key", "skip", "part"],
)
def test_what_counts_on_reading_is_told_as_such(
    desk: Desk, journal: Path, tmp_path: Path, was: str, becomes: str
) -> None:
    first = desk.run(journal, mapping=mapping(tmp_path))
    plan = mapping(tmp_path, subject="long")
    plan.write_text(plan.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")

    for again in (desk.run(journal, mapping=plan), desk.run(journal, mapping=plan, reconvert=True)):
        assert foresee(again).otherwise == Otherwise(first.run_id, on_reading=True)


def test_what_is_read_is_read_anew_under_another_source(desk: Desk, journal: Path, tmp_path: Path) -> None:
    first = desk.run(journal, mapping=mapping(tmp_path))
    plan = mapping(tmp_path)
    text = plan.read_text(encoding="utf-8").replace("key: id", "key: text").replace("source: journal", "source: diary")
    plan.write_text(text, encoding="utf-8")

    roll_back.roll_back(desk.house, first.run_id, now=NOW)
    assert foresee(desk.run(journal, mapping=plan)).otherwise is None

    assert set(desk.records()) == {"Lamp", "Door"}


def test_a_rehearsal_tells_what_would_fail(desk: Desk, journal: Path, tmp_path: Path) -> None:
    desk.run(journal, mapping=mapping(tmp_path))
    order = Order((journal,), str(mapping(tmp_path, done="over: done")), Options(reconvert=True))

    found = rehearse_import.rehearse(desk.house, order, clock=lambda: NOW)

    assert [(one.code, one.count) for one in found.errors] == [("UNKNOWN_VALUE", 1)]
    assert found.outlook["request"].update == 1
    assert desk.statuses() == {"J-1": "SUCCESS", "J-2": "SUCCESS"}


def test_rows_that_failed_are_tried_beside_those_that_are_converted(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    odd = {0: "odd", 29: "odd"}
    rows = "".join(f"J-{n:02d},T{n},L{n},{odd.get(n, 'open')},2026-03-01\n" for n in range(30))
    path.write_text("id,text,long,state,opened\n" + rows, encoding="utf-8")
    desk.run(path, mapping=mapping(tmp_path))
    order = Order((path,), str(mapping(tmp_path, subject="long", done="odd: done")), Options(reconvert=True))

    begun = run_import.start(desk.house, order, clock=lambda: NOW)

    assert (foresee(begun).again, foresee(begun).anew, foresee(begun).records) == (2, 28, 30)
    assert run_import.go_on(begun)
    assert {one["subject"] for one in desk.records().values()} == {f"L{n}" for n in range(30)}
    batches = desk.query(f"SELECT success FROM staging.batch WHERE run_id = {begun.run_id}")
    assert [one.success for one in batches] == [30]


def test_failed_rows_may_be_left_alone(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    path.write_text(LINES.replace("shut", "odd"), encoding="utf-8")
    desk.run(path, mapping=mapping(tmp_path))

    desk.run(path, mapping=mapping(tmp_path, subject="long", done="odd: done"), reconvert=True, retry_failed=False)

    assert desk.statuses() == {"J-1": "SUCCESS", "J-2": "FAILED"}
    assert [one["subject"] for one in desk.records().values()] == ["Lamp in room 3"]


def test_a_run_that_died_goes_on_converting(desk: Desk, journal: Path, tmp_path: Path) -> None:
    desk.run(journal, mapping=mapping(tmp_path))
    order = Order((journal,), str(mapping(tmp_path, subject="long")), Options(reconvert=True))
    died = run_import.start(desk.house, order, clock=lambda: NOW)
    assert foresee(died).anew == 2

    again = run_import.start(desk.house, order, clock=lambda: NOW)
    assert again.resumed
    assert again.run_id == died.run_id
    assert run_import.go_on(again)

    assert [one["subject"] for one in desk.records().values()] == ["Lamp in room 3", "Door of room 4"]


@pytest.mark.parametrize("began", [Options(), Options(only=("person",), reconvert=True)])
def test_a_run_that_began_otherwise_ends_first(desk: Desk, journal: Path, tmp_path: Path, began: Options) -> None:
    plan = mapping(tmp_path)
    people = "  person: {files: [people.csv], key: id, fields: {name: name}, optional: true}\n"
    plan.write_text(plan.read_text(encoding="utf-8") + people, encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,name\np1,Anna\n", encoding="utf-8")
    files = (journal, tmp_path / "people.csv")
    desk.run(*files, mapping=plan)
    begun = run_import.start(desk.house, Order(files, str(plan), began), clock=lambda: NOW)

    with pytest.raises(
        RunBusy, match=f"run {begun.run_id} has not ended, and began without --reconvert of (person, )?request"
    ):
        run_import.start(desk.house, Order(files, str(plan), Options(reconvert=True)), clock=lambda: NOW)
