"""Commands that only look: status, errors, export; and the backup."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from caseline.db import embedded
from tests.integration.cli.conftest import ACCOUNT, BAD, CONTACT, USER, Command, Imported, Query, case, case_id


@pytest.fixture
def database_url(imported: Imported) -> str:
    """The tests of this file begin after a first import."""
    return imported.url


def test_status_tells_rows_by_part_and_the_runs(caseline: Command) -> None:
    words, found = caseline("status"), caseline("status", "--json").object

    assert ["request", "13", "0", "2", "11", "0"] in [row.split() for row in words.out.splitlines()]
    assert "finished" in words.out
    assert found["entities"]["request"] == {"read": 13, "new": 0, "success": 2, "failed": 11, "filtered": 0}
    assert found["sources"]["salesforce"] == found["entities"]
    assert [run["state"] for run in found["runs"]] == ["finished"]
    (run,), parts = found["runs"], found["entities"].values()
    assert run["failed"] == sum(part["failed"] for part in parts), "records that were refused on reading, too"
    assert run["settled"] == sum(part["read"] - part["filtered"] for part in parts)
    assert found["open"] == {}


def test_status_adds_up_the_parts_of_several_sources(caseline: Command, query: Query) -> None:
    query("INSERT INTO staging.part (source, name, entity) VALUES ('other', 'request', 'request')")
    query(
        "INSERT INTO staging.filtered (part_id, file_id, line, key, reason) "
        "SELECT id, 1, 1, 'k', 'r' FROM staging.part WHERE source = 'other'"
    )

    found = caseline("status", "--json").object

    assert found["entities"]["request"]["read"] == 14
    assert found["sources"]["other"]["request"]["filtered"] == 1


def test_status_shows_an_open_run(caseline: Command, query: Query) -> None:
    query("UPDATE staging.run SET state = 'open', finished_at = NULL")

    assert "Run 1 is open: " in caseline("status").out


def test_errors_are_grouped_with_places_and_remedies(caseline: Command) -> None:
    groups = {(group["code"], group["field"]): group for group in caseline("errors", "--json").object["groups"]}

    assert sum(group["count"] for group in groups.values()) == len(BAD)
    date = groups["BAD_DATE", "CreatedDate"]
    assert (date["part"], date["samples"], date["lines"]) == ("request", ["2024-02-30 10:00:00"], ["Case.csv:6"])
    assert date["remedy"].startswith("no possible date")


def test_personal_values_are_shortened_unless_asked_for(caseline: Command, query: Query) -> None:
    query(
        "UPDATE staging.row SET errors = %s WHERE key = %s",
        json.dumps([{"code": "TOO_LONG", "field": "Email", "value": "ivan.petrov@example.com", "text": "too long"}]),
        case_id(3),
    )

    assert "i…@example.com" in caseline("errors").out
    assert "ivan" not in caseline("errors").out
    assert "ivan.petrov@example.com" in caseline("errors", "--show-values").out


@pytest.mark.parametrize(
    ("words", "count"),
    [(["--code", "MISSING"], 2), (["--part", "request"], 11), (["--part", "contact"], 0), (["--source", "other"], 0)],
)
def test_errors_can_be_narrowed(caseline: Command, words: list[str], count: int) -> None:
    assert sum(group["count"] for group in caseline("errors", "--json", *words).object["groups"]) == count


# ------------------------------------------------------------------------------------------------------------ export


def test_an_export_has_origin_core_and_extra_fields(caseline: Command, tmp_path: Path) -> None:
    out = tmp_path / "requests.csv"

    answer = caseline("export", "request", "--out", out)

    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert answer.out.strip() == f"{out}: 2 requests"
    first = rows[0]
    assert (first["source"], first["origin"], first["subject"]) == ("salesforce", case_id(1), "Case number 1")
    assert first["description"] == case(1)["Description"]
    assert (first["company"], first["contact"], first["assignee"]) == (ACCOUNT, CONTACT, USER)
    assert first["created_at"] == "2024-05-06T07:08:09Z"
    assert first["extra.Warranty__c"] == "00012"
    assert (first["escalated"], first["closed_at"]) == ("false", "")


def test_json_lines_keep_types_and_nesting(caseline: Command, tmp_path: Path) -> None:
    out = tmp_path / "requests.jsonl"

    caseline("export", "request", "--out", out)

    rows = [json.loads(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert [row["origin"] for row in rows] == [case_id(1), case_id(2)]
    assert rows[0]["extra"]["Warranty__c"] == "00012"
    assert (rows[0]["escalated"], rows[0]["closed_at"]) == (False, None)


def test_an_export_of_nothing_has_a_header(caseline: Command, tmp_path: Path) -> None:
    out = tmp_path / "none.csv"

    caseline("export", "contact", "--source", "other", "--out", out)

    assert out.read_text(encoding="utf-8").startswith('"id","source","origin","version","name","email"')
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1


def test_an_export_that_cannot_be_written_leaves_nothing(caseline: Command, tmp_path: Path) -> None:
    answer = caseline("export", "request", "--out", tmp_path / "nowhere" / "x.csv")

    assert answer.code == 1
    assert "No such file or directory" in answer.err
    assert list(tmp_path.glob("**/*.csv")) == list((tmp_path / "export").glob("*.csv"))


# ------------------------------------------------------------------------------------------------------------ backup


def test_a_backup_is_whole_private_and_remembered(caseline: Command, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "saved.dump"

    answer = caseline("backup", out)

    assert answer.code == 0, answer.err
    listed = subprocess.run(
        [embedded.binary("pg_restore"), "--list", out], capture_output=True, text=True, check=True
    ).stdout
    assert "TABLE DATA crm record" in listed
    assert "TABLE DATA landing" in listed
    assert out.stat().st_mode & 0o777 == 0o600
    assert (home / "last-backup").exists()


def test_a_backup_that_fails_says_why_and_does_not_count(caseline: Command, home: Path, tmp_path: Path) -> None:
    answer = caseline("backup", tmp_path / "nowhere" / "saved.dump")

    assert answer.code == 1
    assert "No such file or directory" in answer.err
    assert not (home / "last-backup").exists()
