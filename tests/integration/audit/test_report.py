"""The page to be signed: its numbers, its escaping, and personal values shown only when asked for."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from caseline.actions import verify_import
from caseline.cli import main
from tests.factories.checks import ACCOUNT, USER, case, case_id, check, export
from tests.factories.imports import Desk

EVIL = "<script>alert('x')</script> & so on"


class Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def evil(desk: Desk, tmp_path: Path) -> Desk:
    """An import whose values look like HTML, one of them altered afterwards."""
    cases = [case(number, Subject=EVIL, Description="Тайна клиента") for number in range(1, 4)]
    desk.run(export(tmp_path / "export", [*cases, case(4, Status="<b>")]))
    desk.execute("UPDATE crm.record SET subject = '<img src=x>' WHERE origin = :key", key=case_id(2))
    return desk


def render(desk: Desk, path: Path, *, show_values: bool) -> str:
    verdict = check(desk, seed=3)
    verify_import.write_report(verdict, path, show_values=show_values, version="1.2.3")
    return path.read_text(encoding="utf-8")


def test_the_page_holds_numbers_digests_and_differences(evil: Desk, tmp_path: Path) -> None:
    verdict = check(evil, seed=3)
    page = Page(render(evil, tmp_path / "r.html", show_values=False))

    assert page.open == []
    assert "1 differences" in page.text
    assert case_id(2) in page.text
    assert "UNKNOWN_VALUE" in page.text
    assert "1.2.3" in page.text
    for file in verdict.files:
        assert file.sha256 in page.text
    for sums in verdict.digests.sums.values():
        if sums.expected_count:
            assert f"{sums.expected:016x}" in page.text
            assert f"{sums.found:016x}" in page.text
    assert re.search(r"request\s*4\s*2\s*1\s*0\s*1\s*0", page.text)
    assert "seed 3" in page.text


def test_the_page_escapes_what_the_source_brings_and_needs_no_other_file(evil: Desk, tmp_path: Path) -> None:
    text = render(evil, tmp_path / "r.html", show_values=True)

    page = Page(text)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert EVIL in page.text
    assert "<img src=x>" in page.text
    outside = text.replace("&lt;img src=x&gt;", "")  # the altered value
    assert re.findall(r"(?:src|href|url|@import)\s*[=(]?", outside) == []


def test_personal_values_are_shortened_unless_asked_for(evil: Desk, tmp_path: Path) -> None:
    shortened = Page(render(evil, tmp_path / "r.html", show_values=False)).text
    whole = Page(render(evil, tmp_path / "r.html", show_values=True)).text

    for value in ("Тайна клиента", "ada@example.com", "Ada Vale", "Борин", "so on"):
        assert value not in shortened
        assert value in whole
    for value in (ACCOUNT, USER, "2024-05-06 07:08:09", "low"):
        assert value.lower() in shortened.lower()


def test_an_equal_verdict_says_so(imported: Desk, tmp_path: Path) -> None:
    text = Page(render(imported, tmp_path / "r.html", show_values=False)).text

    assert "Equal: every record" in text
    assert "does not agree" not in text


@pytest.fixture
def caseline(
    imported: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command on the database of `imported`."""
    monkeypatch.setenv("CASELINE_DATABASE_URL", imported.house.url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_the_command_ends_with_0_when_files_and_crm_are_equal(
    caseline: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, _ = caseline("verify", "--report", tmp_path / "r.html")

    assert code == 0
    assert "Equal: files and CRM agree" in out
    assert (tmp_path / "r.html").exists()


def test_the_command_ends_with_3_and_names_the_differences(
    caseline: Callable[..., tuple[int, str, str]], imported: Desk
) -> None:
    imported.execute("UPDATE crm.record SET subject = 'Other words' WHERE origin = :key", key=case_id(3))

    code, out, _ = caseline("verify")
    assert code == 3
    assert case_id(3) in out
    assert "Thi" in out
    assert "Third" not in out

    code, out, _ = caseline("verify", "--json", "--show-values", "--part", "request", "--seed", "5")
    assert code == 3
    said = json.loads(out)
    assert (said["equal"], said["differences"], said["seed"]) == (False, 1, 5)
    assert said["parts"]["request"]["different"] == 1
    (first,) = said["first"]
    assert (first["key"], first["field"]) == (case_id(3), "subject")
    assert (first["expected"], first["found"], first["place"]) == ("Third", "Other words", "Case.csv:6")


def test_the_command_ends_with_1_when_it_cannot_run(caseline: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = caseline("verify", "--source", "nothing")
    assert code == 1
    assert "caseline import" in err

    code, _, err = caseline("verify", "--path", "/nowhere/at/all")
    assert code == 1
    assert "--path /nowhere/at/all" in err
