"""What a Bitrix24 portal tells of stages, read as visits with the time they took."""

from datetime import UTC, datetime
from typing import Any

import pytest

from caseline.crm.bitrix24 import stage_history
from caseline.crm.cards import Refused
from caseline.timing import calendar_file
from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Mode

HOUR = 3600


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The Russian calendar: Saturday 31 October and Sunday 1 November 2026 are off."""
    return Clock(calendar_file.load("ru"), Mode.WORKING_DAYS)


def _lead(number: int, record: int, at: str, stage: str, semantics: str = "P") -> dict[str, Any]:
    """An item of a lead; classic methods answer numbers as text."""
    return {
        "ID": str(number),
        "TYPE_ID": "2",
        "OWNER_ID": str(record),
        "CREATED_TIME": at,
        "STATUS_SEMANTIC_ID": semantics,
        "STATUS_ID": stage,
    }


def test_a_visit_lasts_until_the_record_enters_its_next_stage(clock: Clock) -> None:
    items = [
        _lead(3, 21, "2026-11-03T09:00:00+03:00", "CONVERTED", "S"),
        _lead(1, 21, "2026-10-30T18:30:00+03:00", "NEW"),
        _lead(2, 21, "2026-11-02T18:30:00+03:00", "IN_PROCESS"),
    ]

    rows = stage_history.visits(items, clock)[21]

    assert [(row.id, row.stage, row.elapsed_s, row.business_s, row.paused_s) for row in rows] == [
        (1, "NEW", 72 * HOUR, 24 * HOUR, 0),
        (2, "IN_PROCESS", 14.5 * HOUR, 14.5 * HOUR, 0),
        (3, "CONVERTED", None, None, None),
    ]
    assert [row.left_at for row in rows] == [rows[1].entered_at, rows[2].entered_at, None]
    assert rows[0].entered_at == datetime(2026, 10, 30, 15, 30, tzinfo=UTC)
    assert (rows[0].calendar_id, rows[0].mode) == ("ru", Mode.WORKING_DAYS)


def test_in_pausing_and_final_stages_the_clock_stands_still(clock: Clock) -> None:
    items = [
        _lead(1, 21, "2026-06-01T10:00:00+03:00", "WAITING"),
        _lead(2, 21, "2026-06-01T12:00:00+03:00", "JUNK", "F"),
        _lead(3, 21, "2026-06-01T15:00:00+03:00", "NEW"),
    ]

    waiting, junk, again = stage_history.visits(items, clock, ["WAITING"])[21]

    assert (waiting.pausing, waiting.business_s, waiting.paused_s) == (True, 0, 2 * HOUR)
    assert (junk.pausing, junk.business_s, junk.paused_s) == (True, 0, 3 * HOUR)
    assert (again.pausing, again.left_at) == (False, None)


def test_deals_name_their_stage_otherwise_and_items_that_come_twice_count_once(clock: Clock) -> None:
    entered = {
        "ID": 7,
        "TYPE_ID": 1,
        "OWNER_ID": 5,
        "CREATED_TIME": "2026-06-01T10:00:00+03:00",
        "CATEGORY_ID": 0,
        "STAGE_SEMANTIC_ID": "P",
        "STAGE_ID": "C1:NEW",
    }
    moved = entered | {"ID": 8, "CREATED_TIME": "2026-06-01T11:00:00+03:00", "STAGE_ID": "C1:WON"}

    found = stage_history.visits([entered, moved, entered, _lead(9, 6, "2026-06-01T10:30:00+03:00", "NEW")], clock)

    assert [(row.stage, row.elapsed_s) for row in found[5]] == [("C1:NEW", HOUR), ("C1:WON", None)]
    assert [row.stage for row in found[6]] == ["NEW"]


def test_visits_add_up_to_the_life_of_a_record(clock: Clock) -> None:
    days = range(1, 28)
    items = [_lead(day, 4, f"2026-02-{day:02}T{day % 24:02}:17:05+03:00", f"S{day % 4}") for day in days]

    rows = stage_history.visits(items, clock, ["S2"])[4]

    life = clock.duration(rows[0].entered_at, rows[-1].entered_at)
    assert sum(row.elapsed_s or 0 for row in rows) == life.elapsed_s
    assert sum((row.business_s or 0) + (row.paused_s or 0) for row in rows) == life.business_s


FIRST = _lead(1, 21, "2026-06-01T10:00:00Z", "NEW")
SECOND = _lead(2, 21, "2026-06-02T10:00:00Z", "IN_PROCESS")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"result": {"items": [FIRST, SECOND]}, "total": 2, "time": {}}, id="whole"),
        pytest.param({"result": [FIRST, SECOND], "total": 2}, id="without the wrap"),
        pytest.param({"items": [FIRST, SECOND]}, id="result alone"),
        pytest.param([FIRST, SECOND], id="items alone"),
        pytest.param([{"result": {"items": [FIRST]}, "next": 50}, {"result": {"items": [SECOND]}}], id="pages"),
    ],
)
def test_answers_are_read_however_they_are_wrapped(answer: object) -> None:
    assert list(stage_history.items(answer)) == [FIRST, SECOND]


@pytest.mark.parametrize("answer", [{"error": "ACCESS_DENIED", "error_description": "Access denied."}, "text", None, 7])
def test_what_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(Refused, match="no answer of the portal"):
        list(stage_history.items(answer))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CREATED_TIME": "2026-06-01T10:00:00"}, "item 5: CREATED_TIME '2026-06-01T10:00:00' is no instant"),
        ({"CREATED_TIME": "yesterday"}, "item 5: CREATED_TIME 'yesterday' is no instant"),
        ({"STATUS_ID": ""}, "item 5: it names no stage"),
        ({"OWNER_ID": "L_21"}, "item 5: OWNER_ID is no number"),
        ({"ID": None}, "item None: ID is no number"),
    ],
)
def test_a_fault_names_item_field_and_remedy(clock: Clock, change: dict[str, Any], words: str) -> None:
    item = _lead(5, 21, "2026-06-01T10:00:00Z", "NEW") | change

    with pytest.raises(Refused, match=words):
        stage_history.visits([item], clock)
