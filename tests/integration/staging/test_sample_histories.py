"""An import of the sample makes exactly the stage rows that its truth tells."""

import json
from pathlib import Path

import pytest

from caseline.sample import write_export
from tests.factories.imports import Desk

ROWS = """
SELECT record.origin, stage_row.stage, to_char(entered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
  to_char(left_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), elapsed_s
FROM crm.record LEFT JOIN crm.stage_row ON record.id = record_id
ORDER BY record.origin, entered_at, stage_row.id
"""


@pytest.mark.parametrize("bad_share", [0.0, 0.1])
def test_stage_rows_are_those_of_the_truth(desk: Desk, tmp_path: Path, bad_share: float) -> None:
    truth = tmp_path / "truth.jsonl"
    written = write_export(tmp_path / "x", cases=3_000, seed=3, bad_share=bad_share, messages=False, truth=truth)

    desk.run(tmp_path / "x", mapping="salesforce-sample")

    file = "CaseHistory.csv"
    counted = desk.totals("history")
    assert (counted["read"], counted["failed"]) == (written.rows[file], written.failed.get(file, 0))
    found: dict[str, list[list[object]]] = {}
    for origin, *row in desk.query(ROWS):
        found.setdefault(origin, []).append(row)
    told = (json.loads(line) for line in (tmp_path / "truth.stages.jsonl").read_text(encoding="utf-8").splitlines())
    assert found == {entry["key"]: entry["rows"] for entry in told}
