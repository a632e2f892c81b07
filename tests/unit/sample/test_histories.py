"""The histories of a sample: they lead to the cases as they are, and the truth tells the stage rows that follow."""

import csv
import json
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from caseline.sample import world, write_export
from caseline.sample.cases import CaseMaker
from caseline.sample.journeys import Step
from caseline.sample.stage_truth import stage_rows
from tests.factories import lives, verdict

Line = dict[str, str]
LIMIT = "2024-10-31"
"""Histories are kept for two years before the export."""


def read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Line], dict[str, list[Line]]]:
    """Cases by id, and their lines of history in the order of time."""
    folder = tmp_path_factory.mktemp("clean") / "x"
    write_export(folder, cases=6_000, bad_share=0, messages=False)
    histories = defaultdict(list)
    for line in sorted(read(folder / "CaseHistory.csv"), key=lambda line: (line["CreatedDate"], line["Id"])):
        histories[line["CaseId"]].append(line)
    return {case["Id"]: case for case in read(folder / "Case.csv")}, histories


def test_changes_of_the_status_are_a_chain_that_ends_in_the_status_of_the_case(
    clean: tuple[dict[str, Line], dict[str, list[Line]]],
) -> None:
    cases, histories = clean
    for key, lines in histories.items():
        case, steps = cases[key], [line for line in lines if line["Field"] == "Status"]
        assert all(one["NewValue"] == two["OldValue"] for one, two in pairwise(steps))
        assert all(step["OldValue"] != step["NewValue"] for step in steps)
        if steps:
            assert steps[-1]["NewValue"] == case["Status"]
            assert not case["ClosedDate"] or steps[-1]["CreatedDate"] == case["ClosedDate"]
        elif case["CreatedDate"] > LIMIT:
            assert case["Status"] == "New"
        assert all(case["CreatedDate"] <= line["CreatedDate"] <= case["LastModifiedDate"] for line in lines)


def test_other_changes_lead_to_what_the_case_says(clean: tuple[dict[str, Line], dict[str, list[Line]]]) -> None:
    cases, histories = clean
    for key, lines in histories.items():
        said = {line["Field"]: line["NewValue"] for line in lines if line["DataType"] != "EntityId"}
        assert said.get("Priority", cases[key]["Priority"]) == cases[key]["Priority"]
        assert said.get("Product_Code__c", cases[key]["Product_Code__c"]) == cases[key]["Product_Code__c"]
        assert cases[key]["IsEscalated"] == "1" or "IsEscalated" not in said
        for line in lines:
            if line["DataType"] == "EntityId":
                assert line["NewValue"] == cases[key]["OwnerId"]


def test_every_case_of_the_last_two_years_begins_with_its_creation_and_older_ones_have_none(
    clean: tuple[dict[str, Line], dict[str, list[Line]]],
) -> None:
    cases, histories = clean
    begun = {key for key, lines in histories.items() if lines[0]["Field"] == "created"}
    young = {
        key for key, case in cases.items() if case["CreatedDate"] > LIMIT + " 23:59:59" and case["IsDeleted"] == "0"
    }

    assert young <= begun
    assert all(cases[key]["CreatedDate"] >= LIMIT for key in begun)
    assert all(
        line["OldValue"] == line["NewValue"] == ""
        for lines in histories.values()
        for line in lines[:1]
        if line["Field"] == "created"
    )
    cut = histories.keys() - begun
    assert len(cut) > 10
    assert all(line["CreatedDate"] >= LIMIT for key in cut for line in histories[key])
    assert 0.2 < len(histories) / len(cases) < 0.3


def test_histories_hold_what_a_support_centre_has(clean: tuple[dict[str, Line], dict[str, list[Line]]]) -> None:
    cases, histories = clean
    ways = Counter(
        tuple(line["NewValue"] for line in lines if line["Field"] == "Status") for lines in histories.values()
    )
    fields = {line["Field"] for lines in histories.values() for line in lines}

    assert {"created", "Status", "Owner", "ownerAccepted", "ownerAssignment", "Priority", "IsEscalated"} <= fields
    assert any(way.count("Closed") == 2 for way in ways)
    assert any("Escalated" in way[:-1] for way in ways)
    assert any({"Assigned", "On Hold"} & set(way) for way in ways)
    assert any(way and way[-1] not in {"Closed", "Closed - No Response"} for way in ways)
    moments = [Counter(li["CreatedDate"] for li in lines if li["Field"] == "Status") for lines in histories.values()]
    assert any(count > 1 for found in moments for count in found.values())
    assert len({line["CreatedById"] for lines in histories.values() for line in lines}) > 40
    assert cases


@pytest.mark.parametrize(("cases", "share"), [(3_000, 0.05), (7, 0.2), (200, 0)])
def test_the_truth_tells_the_stage_rows_that_the_files_tell(tmp_path: Path, cases: int, share: float) -> None:
    write_export(tmp_path / "x", cases=cases, seed=5, bad_share=share, messages=False, truth=tmp_path / "t.jsonl")

    told = [json.loads(line) for line in (tmp_path / "t.stages.jsonl").read_text(encoding="utf-8").splitlines()]
    good = verdict.expected(tmp_path / "x", tmp_path / "t.jsonl").good
    wanted = lives.lives((name, record) for (name, _), record in good.items())
    found = {entry["key"]: [_visit(row) for row in entry["rows"]] for entry in told}
    assert len(found) == len(told)
    assert found == wanted


def test_a_case_whose_last_closing_cannot_be_read_is_told_to_end_with_its_own_time_of_closing() -> None:
    steps = [Step(100, "New", "Closed"), Step(300, "Closed", "Working")]
    case = CaseMaker(world.build(cases=50, seed=1, bad_share=0, messages=False)).make(0)
    case = case._replace(created=40, closed=900)

    whole = list(stage_rows(case, "Closed", [*steps, Step(900, "Working", "Closed")]))
    assert whole == [("new", 40, 100), ("closed", 100, 300), ("working", 300, 900)]
    assert list(stage_rows(case, "Closed", steps)) == whole
    assert list(stage_rows(case, "Closed", steps[:1])) == [("new", 40, 900)]


def test_a_truth_that_nobody_asked_for_is_not_written(tmp_path: Path) -> None:
    write_export(tmp_path / "x", cases=50)

    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def _visit(row: tuple[str, str, str | None, int | None]) -> tuple[str, datetime, datetime | None, int | None]:
    stage, entered, left, seconds = row
    return stage, lives.moment(entered), None if left is None else lives.moment(left), seconds
