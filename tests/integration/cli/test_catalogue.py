"""The family `caseline catalogue`: a dry run changes nothing, faults end with 3, an export is taken back."""

import json
from pathlib import Path

import pytest

from caseline.cli import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_a_file_is_tried_brought_and_given_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    file = tmp_path / "catalogue.csv"
    file.write_text("Группа;Вид\nНасосы;Вихревые\n;дыра\n", encoding="cp1251")

    assert run("catalogue", "import", str(file), "--dry-run") == 3
    told = capsys.readouterr()
    assert "would be made: 2" in told.out
    assert "catalogue.csv:3: a level is empty" in told.err
    assert run("catalogue", "import", str(file), "--json") == 3
    assert len(json.loads(capsys.readouterr().out)["steps"]) == 2

    out = tmp_path / "out.csv"
    assert run("catalogue", "export", "--out", str(out)) == 0
    assert run("catalogue", "import", str(out), "--retire") == 0
    assert "as they are: 2" in capsys.readouterr().out
