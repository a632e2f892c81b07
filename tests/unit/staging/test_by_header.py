"""What a file is for when somebody names it by hand."""

import json
from pathlib import Path

import pytest

from staging import mapping_file, survey
from staging.faults import FileFault

MAPPING = """
version: 1
source: anything
title: Every part takes every name
format: FORMAT
stages: [{ code: open, label: Open }]
parts:
  company:
    files: ["c*.csv"]
    key: Id
    fields: { name: { column: Name, required: true } }
  request:
    files: ["*.csv"]
    key: Id
    fields:
      subject: { column: Subject, required: true }
      description: Text
      stage: { column: Status, values: { Open: open } }
      created_at: Created
"""


def parts(path: Path, form: str = "csv") -> tuple[str, ...]:
    mapping = mapping_file.parse(MAPPING.replace("FORMAT", form), "test.yaml")
    return survey.look([path], mapping).found[0].parts


@pytest.mark.parametrize(
    ("header", "expected"), [("Id,Name,Other", ("company",)), ("Id,Name,Subject,Status,Created", ("request",))]
)
def test_a_file_whose_name_fits_nothing_goes_by_its_columns(
    tmp_path: Path, header: str, expected: tuple[str, ...]
) -> None:
    file = tmp_path / "anything.txt"
    file.write_text(f"{header}\n1,2,3\n", encoding="utf-8")

    assert parts(file) == expected


def test_columns_that_fit_no_part_are_a_fault_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "anything.txt"
    file.write_text("A,B\n1,2\n", encoding="utf-8")

    with pytest.raises(FileFault, match=r"no file there fits mapping 'anything'"):
        parts(file)


def test_the_part_that_rejects_wrote_into_a_file_counts_more_than_its_name(tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("Id,Name,caseline_row,caseline_part\n1,x,7,company\n", encoding="utf-8")

    assert parts(file) == ("company",)


def test_json_lines_name_their_part_too(tmp_path: Path) -> None:
    file = tmp_path / "rejects.jsonl"
    lines = ['{"Id": 1, "broken', json.dumps({"Id": 1, "Name": "x", "caseline_row": 7, "caseline_part": "company"})]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert parts(file, "jsonl") == ("company",)


def test_rejects_of_another_mapping_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Id,Name,caseline_row,caseline_part\n1,x,7,invoice\n", encoding="utf-8")

    with pytest.raises(FileFault, match=r"says 'invoice', which mapping 'anything' does not have"):
        parts(file)
