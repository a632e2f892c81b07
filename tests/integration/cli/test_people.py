"""Persons, groups, divisions, absences and logins by command."""

from pathlib import Path

from tests.integration.cli.conftest import Command


def test_people_are_made_changed_and_put_into_groups(caseline: Command) -> None:
    caseline("group", "add", "Returns")
    made = caseline("person", "add", "Boris", "--mail", "boris@example.org", "--group", "Returns", "--json").object
    assert (made["name"], made["groups"], made["active"]) == ("Boris", ["Returns"], True)
    caseline("person", "add", "Vera")
    assert "No mail address" not in caseline("person", "list").out

    changed = caseline("person", "set", "boris@example.org", "--title", "Engineer", "--mail", "", "--json").object
    assert (changed["title"], changed["email"], changed["groups"]) == ("Engineer", None, ["Returns"])
    assert caseline("person", "set", "Boris", "--group", "", "--inactive", "--json").object["groups"] == []
    assert caseline("person", "set", "Boris", "--active", "--json").object["active"]
    wrong = caseline("person", "add", "Gleb", "--mail", "nonsense")
    assert (wrong.code, "is no mail address" in wrong.err) == (1, True)
    assert "there is none" in caseline("person", "set", "Nobody", "--title", "x").err

    group = caseline("group", "set", "Returns", "--turns", "turn", "--member", "Boris", "--member", "Vera", "--json")
    assert (group.object["turns"], group.object["members"]) == ("turn", ["Boris", "Vera"])
    assert caseline("group", "set", "Returns", "--member", "", "--json").object["members"] == []


def test_divisions_and_absences_are_entered_and_listed(caseline: Command) -> None:
    for name in ("Boris", "Vera"):
        caseline("person", "add", name)
    service = caseline("division", "add", "Service", "--head", "Boris", "--json").object["id"]
    caseline("division", "add", "First line", "--parent", str(service))
    rows = caseline("division", "list", "--json").object["divisions"]
    assert [(row["name"], row["parent"]) for row in rows] == [("Service", None), ("First line", service)]
    assert "another division has this name" in caseline("division", "add", "Service").err

    caseline("absence", "add", "Boris", "2026-12-01", "2026-12-05", "--deputy", "Vera", "--note", "leave")
    (row,) = caseline("absence", "list", "--json").object["absences"]
    assert (row["person"], row["first_day"], row["deputy"]) == ("Boris", "2026-12-01", "Vera")
    assert "is before the first day" in caseline("absence", "add", "Vera", "2026-12-05", "2026-12-01").err


def test_a_login_gets_its_person_and_what_it_sees(caseline: Command, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("seven quiet pages 7\n", encoding="utf-8")
    number = caseline("person", "add", "Boris", "--json").object["id"]
    caseline("user", "add", "anna", "--role", "administrator", "--password-file", str(secret))
    caseline("user", "add", "boris", "--role", "agent", "--scope", "groups", "--password-file", str(secret))

    changed = caseline("user", "set", "boris", "--person", "Boris", "--json").object
    assert (changed["person"], changed["scope"]) == (number, "groups")
    assert caseline("user", "set", "boris", "--person", "", "--scope", "all", "--json").object["person"] is None
    assert "no active person" in caseline("user", "set", "boris", "--person", "Nobody").err
    refused = caseline("user", "set", "anna", "--inactive")
    assert (refused.code, "last administrator" in refused.err) == (1, True)
