"""The family `caseline bitrix24`: the stage history of a portal."""

import json
from pathlib import Path

from tests.integration.cli.conftest import Command


def _item(number: int, at: str, stage: str, semantics: str) -> dict[str, object]:
    return {"ID": number, "TYPE_ID": 2, "OWNER_ID": 21, "CREATED_TIME": at} | {
        "STATUS_SEMANTIC_ID": semantics,
        "STATUS_ID": stage,
    }


def _history(folder: Path) -> str:
    items = [
        _item(1, "2026-10-30T18:30:00+03:00", "NEW", "P"),
        _item(2, "2026-11-02T18:30:00+03:00", "CONVERTED", "S"),
    ]
    file = folder / "history.json"
    file.write_text(json.dumps({"result": {"items": items}, "total": 2}), encoding="utf-8")
    return str(file)


def test_stages_of_a_portal_are_shown_with_their_time(caseline: Command, tmp_path: Path) -> None:
    answer = caseline("bitrix24", "stages", _history(tmp_path))

    _head, new, converted, *_ = answer.out.splitlines()
    assert new.split() == ["NEW", "2026-10-30", "18:30", "2026-11-02", "18:30", "72:00:00", "24:00:00", "0:00:00"]
    assert converted.split() == ["CONVERTED", "2026-11-02", "18:30", "-", "-", "-", "-"]


def test_stages_of_a_portal_as_json(caseline: Command, tmp_path: Path) -> None:
    (record,) = caseline("bitrix24", "stages", _history(tmp_path), "--pauses", "NEW", "--json").object["records"]

    assert record["record"] == 21
    assert [row["stage"] for row in record["rows"]] == ["NEW", "CONVERTED"]
    assert record["totals"] == [
        {"stage": "NEW", "visits": 1, "elapsed_s": 259_200, "business_s": 0, "paused_s": 86_400},
    ]


def test_what_is_no_history_is_refused(caseline: Command, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text("<html>503</html>", encoding="utf-8")

    answer = caseline("bitrix24", "stages", str(file))

    assert answer.code == 1
    assert "this is no JSON" in answer.err
    assert "Traceback" not in answer.err
