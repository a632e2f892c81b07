"""The import command: what it says, how it ends, what it refuses."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.actions import run_import
from caseline.actions.wiring import House, open_house
from caseline.sample import write_export as write_sample
from caseline.settings import load
from staging import load as load_rows
from tests.integration.cli.conftest import BAD, Answer, Command, Query, case, line, write_cases

REPOSITORY = Path(__file__).parents[3]
GOOD = {"read": 2, "new": 0, "success": 2, "failed": 0, "filtered": 0}
MAPPING = """
version: 1
source: journal
title: Journal
FORMAT
stages: [{code: new, label: New}]
parts:
  request:
    files: [journal*]
    key: id
    fields: {subject: text, stage: {WORD: new}, created_at: opened}
"""
EXTRA = "    extra: {Floor: {column: floor, label: Floor}}\n"


@contextmanager
def opened() -> Iterator[House]:
    with open_house(load()) as house:
        yield house


def begin(folder: Path) -> None:
    """Open a run and die before anything is loaded."""
    with opened() as house:
        run_import.start(house, run_import.Order((folder,), "salesforce"), clock=lambda: datetime.now(UTC))


def test_a_good_import_ends_with_a_table_and_code_0(caseline: Command, export: Path) -> None:
    answer = caseline("import", export, "--mapping", "salesforce")

    assert answer.code == 0, answer.err
    assert f"Importing {export} with mapping salesforce: 4 files" in answer.out.splitlines()[0]
    assert ["request", "2", "2", "0", "0"] in [row.split()[:5] for row in answer.out.splitlines()]
    assert "What to do next" in answer.out


def test_with_json_the_object_is_all_that_stands_on_stdout(caseline: Command, export: Path) -> None:
    answer = caseline("import", export, "--mapping", "salesforce", "--json")

    assert len(answer.out.splitlines()) == 1
    assert answer.object["run"] == 1
    assert answer.object["entities"]["request"] == GOOD
    assert answer.object["errors"] == {}
    assert answer.object["seconds"] > 0
    assert "Importing" in answer.err


def test_failed_rows_give_code_3_and_the_commonest_errors_with_remedy(caseline: Command, export: Path) -> None:
    write_cases(export, [line(case(1)), line(case(2)), *BAD.values()])

    answer = caseline("import", export, "--mapping", "salesforce")

    assert answer.code == 3
    assert "The 5 commonest errors (of 11)" in answer.out
    assert "2  WRONG_FIELD_COUNT in request" in answer.out
    assert "Case.csv:6  2024-02-30 10:00:00" in answer.out
    assert "caseline rejects --out rejects.zip" in answer.out


def test_a_second_import_of_the_same_finds_nothing_to_do(caseline: Command, export: Path) -> None:
    caseline("import", export, "--mapping", "salesforce")

    answer = caseline("import", export, "--mapping", "salesforce")

    assert answer.code == 0
    assert "all imported already; nothing to do (run 2)" in answer.out


def test_a_mapping_that_has_changed_since_is_told(caseline: Command, tmp_path: Path) -> None:
    journal, mapping = tmp_path / "journal.jsonl", tmp_path / "journal.yaml"
    journal.write_text('{"id": "J-1", "text": "Lamp", "floor": "3", "opened": "2026-03-02"}\n', encoding="utf-8")
    document = MAPPING
    mapping.write_text(document.replace("FORMAT", ""), encoding="utf-8")
    wrong = caseline("import", journal, "--mapping", mapping).err
    assert "journal.yaml:11: parts.request.fields.stage.WORD: there is no such word here; there are: column, " in wrong
    document = document.replace("WORD", "value")
    mapping.write_text(document.replace("FORMAT", ""), encoding="utf-8")
    assert "say `format: jsonl`" in caseline("import", journal, "--mapping", mapping).err
    document = document.replace("FORMAT", "format: jsonl")
    mapping.write_text(document, encoding="utf-8")
    assert caseline("import", journal, "--mapping", mapping).code == 0

    mapping.write_text(f"{document}{EXTRA}", encoding="utf-8")
    again = caseline("import", journal, "--mapping", mapping)
    assert "The mapping has changed since run 1" in again.out
    assert "import again with --reconvert" in again.out
    told = caseline("import", journal, "--mapping", mapping, "--reconvert").out
    assert "all imported already; converting 1 row of earlier runs once more" in told
    assert caseline("verify").code == 0
    assert "has changed" not in caseline("import", journal, "--mapping", mapping).out
    caseline("export", "request", "--out", tmp_path / "out.jsonl")
    assert '"Floor": "3"' in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_rows_are_had_by_a_mapping_that_has_changed_as_it_is_told(caseline: Command, tmp_path: Path) -> None:
    journal, mapping = tmp_path / "journal.csv", tmp_path / "journal.yaml"
    journal.write_text("id,text,floor,opened\nJ-1,Lamp,3,2026-03-02\n", encoding="utf-8")
    document = MAPPING.replace("FORMAT", "").replace("WORD", "value")
    mapping.write_text(document, encoding="utf-8")
    caseline("import", journal, "--mapping", mapping)
    assert "has changed" not in caseline("import", journal, "--mapping", mapping).out

    mapping.write_text(f"{document}{EXTRA}", encoding="utf-8")
    assert "import again with --reconvert" in caseline("import", journal, "--mapping", mapping).out
    assert "converting 1 row" in caseline("import", journal, "--mapping", mapping, "--reconvert").out
    assert caseline("verify").code == 0
    assert "has changed" not in caseline("import", journal, "--mapping", mapping).out
    caseline("export", "request", "--out", tmp_path / "out.jsonl")
    assert '"Floor": "3"' in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_only_what_is_said_of_these_rows_counts_as_a_change_of_the_mapping(caseline: Command, tmp_path: Path) -> None:
    journal, mapping = tmp_path / "journal.csv", tmp_path / "journal.yaml"
    journal.write_text("id,text,floor,opened\nJ-1,Lamp,3,2026-03-02\n", encoding="utf-8")
    document = MAPPING.replace("FORMAT", "").replace("WORD", "value")
    mapping.write_text(document, encoding="utf-8")
    caseline("import", journal, "--mapping", mapping)

    person = "  person: {files: [people.csv], key: id, fields: {name: name}}\n"
    mapping.write_text(document.replace("title: Journal", "title: Diary") + person, encoding="utf-8")
    assert "has changed" not in caseline("import", journal, "--mapping", mapping).out
    mapping.write_text(document.replace("title: Journal", "title: Journal\nzone: Asia/Tokyo"), encoding="utf-8")
    assert "The mapping has changed since run 1" in caseline("import", journal, "--mapping", mapping).out


def test_what_is_left_out_is_reported(caseline: Command, export: Path) -> None:
    (export / "Attachments").mkdir()
    (export / "Attachments" / "00P1").write_bytes(b"x")
    (export / "notes.txt").write_text("x", encoding="utf-8")

    answer = caseline("import", export, "--mapping", "salesforce")

    assert "Not imported: 1 file (Attachments/)" in answer.out
    assert "notes.txt" in answer.out
    assert "Case.csv lacks mapped columns: " in answer.out


def test_new_and_vanished_columns_are_reported(caseline: Command, export: Path) -> None:
    caseline("import", export, "--mapping", "salesforce")
    columns = [name for name in case(1) if name != "Warranty__c"]
    rows = [line(case(3) | {"Colour__c": "red"}, [*columns, "Colour__c"])]
    write_cases(export, rows, columns=[*columns, "Colour__c"])

    answer = caseline("import", export, "--mapping", "salesforce")

    assert "Case.csv has new columns since the last run: Colour__c" in answer.out
    assert "Case.csv has lost columns since the last run: Warranty__c" in answer.out


def test_an_interrupted_import_goes_on_under_its_number(caseline: Command, export: Path) -> None:
    begin(export)

    answer = caseline("import", export, "--mapping", "salesforce", "--json")

    assert "resuming run 1: 0 rows are settled already" in answer.err
    assert answer.object["run"] == 1
    assert answer.object["entities"]["request"] == GOOD


def test_a_file_that_was_mended_after_the_interruption_replaces_the_old_one(caseline: Command, export: Path) -> None:
    begin(export)
    write_cases(export, [line(case(1)), line(case(2)), line(case(3))])

    answer = caseline("import", export, "--mapping", "salesforce", "--json")

    assert answer.object["entities"]["request"]["success"] == 3


@pytest.mark.parametrize("words", [["retry"], ["import", "Case.csv", "--mapping", "salesforce"]])
def test_an_interrupted_import_is_not_continued_without_its_files(
    caseline: Command, export: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    begin(export)
    monkeypatch.chdir(export)

    answer = caseline(*words)

    assert answer.code == 1
    assert "run 1 stopped before it was read to its end" in answer.err
    assert "caseline rollback 1" in answer.err


def test_after_a_rollback_the_files_of_an_interrupted_run_are_read_by_the_next(caseline: Command, export: Path) -> None:
    begin(export)
    assert caseline("rollback", "1", "--yes").code == 0

    answer = caseline("import", export, "--mapping", "salesforce", "--json")

    assert answer.object["run"] == 2
    assert answer.object["entities"]["request"] == GOOD


def test_only_chosen_parts_are_imported(caseline: Command, export: Path) -> None:
    answer = caseline("import", export, "--mapping", "salesforce", "--only", "person", "--only", "company", "--json")

    assert answer.object["entities"]["company"]["success"] == 1
    assert answer.object["entities"]["request"]["read"] == 0


def test_records_of_others_in_the_crm_ask_for_a_backup_or_for_yes(
    caseline: Command, export: Path, query: Query, home: Path, tmp_path: Path
) -> None:
    query("INSERT INTO crm.company (name) VALUES ('Made here')")

    refused = caseline("import", export, "--mapping", "salesforce")

    assert refused.code == 1
    assert "make a backup first" in refused.err
    assert caseline("import", export, "--mapping", "salesforce", "--yes").code == 0
    assert caseline("backup", tmp_path / "before.dump").code == 0
    assert (home / "last-backup").exists()
    assert caseline("import", export, "--mapping", "salesforce").code == 0


def test_a_dry_run_tells_what_would_happen_and_leaves_nothing(caseline: Command, export: Path, query: Query) -> None:
    write_cases(export, [line(case(1)), line(case(2)), *BAD.values()])

    words = caseline("import", export, "--mapping", "salesforce", "--dry-run", "--profile")
    found = caseline("import", export, "--mapping", "salesforce", "--dry-run", "--json")

    assert (words.code, found.code) == (3, 3), words.err + found.err
    assert ["request", "13", "2", "0", "0", "11", "0"] in [row.split() for row in words.out.splitlines()]
    assert "Status" in words.out
    assert "The 5 commonest errors (of 11)" in words.out
    assert found.object["outlook"]["request"] == {"create": 2, "update": 0, "unchanged": 0}
    assert found.object["entities"]["request"]["failed"] == 11
    assert query("SELECT count(*) FROM staging.row") == [(0,)]
    assert query("SELECT count(*) FROM crm.record") == [(0,)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["import", "/nowhere", "--mapping", "salesforce"], 1, "FILE_MISSING /nowhere"),
        (["import", ".", "--mapping", "nonsense"], 1, "nonsense: no such mapping; use one of"),
        (["import", ".", "--mapping", "salesforce", "--only", "nonsense"], 2, "'nonsense' is no part of the mapping"),
        (["import", ".", "--mapping", "salesforce", "--workers", "0"], 2, "--workers"),
        (["import", "--mapping", "salesforce"], 2, "PATH"),
        (["nonsense"], 2, "nonsense"),
        (["retry"], 1, "nothing was imported yet"),
        (["rejects", "--out", "x.csv"], 1, "nothing was imported yet"),
        (["mapping", "check", "/nowhere.yaml"], 1, "/nowhere.yaml: cannot be read"),
        (["import", ".", "--mapping", "salesforce", "--prefect", "--json"], 2, "--prefect"),
        (["import", ".", "--mapping", "salesforce", "--prefect", "--dry-run"], 2, "--prefect"),
    ],
)
def test_faults_are_said_in_a_few_lines_without_a_traceback(
    caseline: Command, words: list[str], code: int, said: str
) -> None:
    answer = caseline(*words)

    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CASELINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "the database cannot be reached"),
        ("CASELINE_DATABASE_URL", "mysql://x", "CASELINE_DATABASE_URL: "),
        ("CASELINE_WORKERS", "many", "CASELINE_WORKERS: "),
    ],
)
def test_wrong_settings_are_named_with_the_remedy(
    caseline: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    answer = caseline("status")

    assert answer.code == 1
    assert said in answer.err
    assert "Traceback" not in answer.err


# ----------------------------------------------------------------------------------------------- processes of their own

FORBID_PREFECT = """
import sys
class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "prefect":
            raise ImportError("prefect is forbidden here")
sys.meta_path.insert(0, Forbid())
from caseline.cli import main
main(sys.argv[1:])
"""


def process(code: str, *words: object) -> "subprocess.Popen[str]":
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_neither_help_nor_an_import_needs_prefect(caseline: Command, export: Path) -> None:
    caseline("status")  # the fixture has set the environment

    for words, said in ((["--help"], "rollback"), (["import", export, "--mapping", "salesforce"], "What to do next")):
        out, err = process(FORBID_PREFECT, *words).communicate(timeout=120)
        assert said in out, err


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_stopped_import_says_how_to_go_on_and_does(caseline: Command, tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "sample"
    write_sample(folder, cases=2_000)
    with opened() as house, house.engine.connect() as connection:
        load_rows.alone(connection)  # nobody gets so far that nothing is left to stop
        child = process(
            "import sys; from caseline.cli import main; main(sys.argv[1:])", "import", folder, "-m", "salesforce"
        )
        assert child.stdout
        assert "Importing" in child.stdout.readline()

        child.send_signal(number)
    _, err = child.communicate(timeout=120)

    assert child.returncode == 130
    assert "the same command goes on where it stopped" in err
    again: Answer = caseline("import", folder, "-m", "salesforce", "--json")
    assert "resuming run 1" in again.err
    assert again.object["entities"]["request"]["new"] == 0
    assert again.object["entities"]["request"]["read"] == 2_000
    shutil.rmtree(folder)


def test_what_an_import_brings_without_an_obligatory_field_is_imported_and_noted(
    caseline: Command, export: Path, query: Query
) -> None:
    query("INSERT INTO crm.field_rule (effect, field) VALUES ('require', 'type')")

    answer = caseline("import", export, "--mapping", "salesforce")

    assert answer.code == 0, answer.err
    assert query("SELECT field, count(*) FROM crm.violation GROUP BY field") == [("type", 2)]
