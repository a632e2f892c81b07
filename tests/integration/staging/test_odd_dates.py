"""Legacy dates with a slip in them, before all calendars or in the future, keep nobody from working."""

from pathlib import Path

import pytest

from caseline.actions import move_request, settle_times, show_request
from caseline.actions.move_request import Move
from caseline.actions.settle_times import Settled
from tests.factories import checks
from tests.factories.checks import case, case_id
from tests.factories.imports import NOW, Desk

MAPPING = "extends: salesforce\nzone: Europe/Moscow\nparts: { request: { fields: { category: Type } } }\n"


@pytest.mark.parametrize(
    ("created", "deadlines"), [("1900-01-01 00:00:00", 1), ("2062-05-06 07:08:09", 2), ("2199-12-31 23:59:59", 1)]
)
def test_a_record_of_another_age_stops_no_other_and_can_be_handled(
    desk: Desk, tmp_path: Path, created: str, deadlines: int
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    odd = case(1, ClosedDate="", Type="it", CreatedDate=created, LastModifiedDate=created)
    desk.run(checks.export(tmp_path / "export", [odd, case(2, ClosedDate="", Type="it")]), mapping=mapping)

    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=0, deadlines=deadlines)
    assert show_request.show(desk.house, case_id(1), now=NOW).card.stage.code == "new"
    for stage in ("waiting", "working", "closed", "working"):
        assert move_request.move(desk.house, Move(key=case_id(1), stage=stage), now=NOW).done
        show_request.show(desk.house, case_id(1), now=NOW)

    rows = desk.query("SELECT entered_at, left_at, elapsed_s FROM crm.stage_row WHERE record_id = 1 ORDER BY id")
    assert [row.left_at for row in rows] == [*(row.entered_at for row in rows[1:]), None]
    ((made,),) = desk.query("SELECT created_at FROM crm.record WHERE id = 1")
    assert sum(row.elapsed_s or 0 for row in rows) == max((NOW - made).total_seconds(), 0)
