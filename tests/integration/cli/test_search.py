"""The commands `search index`, `search state` and `request search`."""

from pathlib import Path

from tests.integration.cli.conftest import Command, Query, case, line, write_export


def test_an_import_becomes_searchable_by_the_next_command(caseline: Command, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", line(case(3, Subject="Сгорел автомат ВА47-29")))
    caseline("import", folder, "--mapping", "salesforce")
    assert "Nobody has looked yet" in caseline("search", "state").out

    assert caseline("search", "index", "--json").object == {"found": 3, "indexed": 3, "busy": False}
    assert "Every request is searchable already" in caseline("search", "index").out
    assert caseline("search", "state", "--json").object["waiting"] == 0

    (found,) = caseline("request", "search", "BA 47-29", "--json").object["requests"]
    assert (found["number"], found["subject"]) == ("00000003", "Сгорел автомат ВА47-29")
    assert [one["number"] for one in caseline("request", "search", "00000002", "--json").object["requests"]] == [
        "00000002"
    ]
    shown = caseline("request", "search", "договоры").out
    assert "00000001" in shown
    assert "Договор, " in shown


def test_what_finds_nothing_says_what_to_do(caseline: Command) -> None:
    assert "Nothing to search for" in caseline("request", "search", "и не").out
    assert "No request was found" in caseline("request", "search", "насос").out
    assert "it is too long" in caseline("request", "search", "насос " * 1_000).err


def test_signs_that_command_a_terminal_are_shown_and_not_obeyed(caseline: Command, query: Query) -> None:
    caseline("request", "new", "насос", "--description", "из файла")
    query("UPDATE crm.record SET subject = %s, description = %s", "насос \x1b[31mred", "\x1b]0;title\x07")
    caseline("search", "index")

    found = caseline("request", "search", "насосы")

    assert "\x1b" not in found.out
    assert "\\x1b[31mred" in found.out
