"""The commands `caseline personal`: export, erase with its dry run, retain."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from caseline.actions.wiring import House
from caseline.cli import main
from tests.factories import marked_person
from tests.factories.marked_person import ADDRESS, NAME, Marked

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Path, house: House, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the filled database; answers (code, stdout, stderr)."""
    assert home.is_dir()
    assert house.settings.database()
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: object) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capfd.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


def test_a_person_is_handed_out_looked_at_and_erased(run: Run, house: House, marked: Marked, tmp_path: Path) -> None:
    out = tmp_path / "person.zip"
    code, said, _ = run("personal", "export", ADDRESS, "--out", out)
    assert (code, "crm.contact: 2" in said, str(out) in said) == (0, True, True)
    assert len(zipfile.ZipFile(out).namelist()) > 20

    code, said, _ = run("personal", "erase", marked.contact)
    assert (code, "would go; erase with --yes" in said, NAME in said) == (3, True, False)
    assert marked_person.where(house) != {}

    code, said, _ = run("personal", "erase", marked.contact, "--yes", "--json")
    told = json.loads(said.splitlines()[-1])
    assert (code, told["contact"], told["erased"], told["unsure"]) == (0, marked.contact, True, False)
    assert marked_person.where(house) == {}
    assert run("personal", "erase", marked.contact)[:2] == (0, "nothing is there\n")
    assert run("personal", "export", ADDRESS, "--out", tmp_path / "none.zip")[0] == 0


def test_whom_nobody_knows_is_told_with_the_remedy(run: Run, tmp_path: Path) -> None:
    code, _, error = run("personal", "erase", "nobody", "--yes")
    assert (code, "give its number, as its card has it, or a mail address" in error) == (1, True)
    assert run("personal", "export", "0", "--out", tmp_path / "x.zip")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_for_how_long_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_RETAIN_AUDIT", "400")
    code, said, _ = run("personal", "retain", "--dry-run")
    assert (code, "audit: kept for 400 days, 0 would go" in said, "mails: kept for good" in said) == (0, True, True)
    monkeypatch.setenv("CASELINE_RETAIN_MAILS", "0")
    code, _, error = run("personal", "retain")
    assert (code, "CASELINE_RETAIN_MAILS" in error) == (1, True)
