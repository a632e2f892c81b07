"""The demo, the sample export, the mappings."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Command, Query


def test_the_demo_writes_its_export_once_and_finds_nothing_to_do_the_second_time(caseline: Command, home: Path) -> None:
    first, second = caseline("demo", "--cases", 60), caseline("demo", "--cases", 60)
    (home / "demo" / "export-60.complete").unlink()  # as after a crash in the middle of writing
    (home / "demo" / "export-60" / "Case.csv").unlink()
    third = caseline("demo", "--cases", 60)

    assert (first.code, second.code, third.code) == (0, 0, 0), first.err + second.err + third.err
    assert [answer.out.startswith("Writing a made-up export") for answer in (first, second, third)] == [
        True,
        False,
        True,
    ]
    assert "commonest errors" in first.out
    assert "all imported already" in second.out
    assert "all imported already" in third.out


def test_the_demo_furnishes_a_desk_once(caseline: Command, query: Query) -> None:
    first = caseline("demo", "--cases", 60)
    query("UPDATE crm.stage SET label = 'Эскалация' WHERE code = 'escalated'")
    second = caseline("demo", "--cases", 60)

    password = first.out.partition("with the password ")[2].partition(" ")[0]
    assert len(password) > 10
    assert "Desk: 8 categories, 56 keywords" in first.out
    assert "Catalogue: 36 products" in first.out
    assert "caseline up --sandbox    the desk at http://127.0.0.1:8330" in first.out
    assert "caseline user set demo --password" in first.out
    assert query("SELECT code FROM feedback.campaign WHERE switched_on_at IS NOT NULL") == [("smileys-on-closure",)]
    assert "password" not in second.out
    assert "Desk:" not in second.out
    assert "demo" in caseline("user", "list").out
    assert caseline("verify").code == 0
    assert query("SELECT label FROM crm.stage WHERE kind = 'request' ORDER BY position") == [
        (label,) for label in ("Новое", "В работе", "Эскалация", "Ждём клиента", "Закрыто", "Закрыто без ответа")
    ]
    assert query("SELECT label FROM crm.field_definition WHERE name = 'Serial_Number__c'") == [("Серийный номер",)]


@pytest.mark.parametrize(("words", "files"), [([], {"Case.csv", "User.csv"}), (["--zip"], set())])
def test_a_sample_is_the_same_for_the_same_seed(
    caseline: Command, tmp_path: Path, words: list[str], files: set[str]
) -> None:
    answers = [
        caseline("sample", tmp_path / name, "--cases", 30, "--seed", 7, "--truth", tmp_path / f"{name}.jsonl", *words)
        for name in ("one", "two")
    ]

    written = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir() if path.is_file()}
    assert [answer.code for answer in answers] == [0, 0]
    assert files <= set(written)
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir() if path.is_file()}
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert "Case.csv" in answers[0].out


def test_a_sample_is_not_written_over_other_files(caseline: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    answer = caseline("sample", tmp_path, "--cases", 5)

    assert answer.code == 1
    assert "holds other files" in answer.err


def test_mappings_are_listed_and_checked(caseline: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nsource: UPPER\n", encoding="utf-8")

    assert "salesforce" in caseline("mappings").out
    refused = caseline("mapping", "check", bad)
    assert refused.code == 1
    assert f"{bad}:2: source: " in refused.err
