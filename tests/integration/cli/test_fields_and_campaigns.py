"""`caseline field` and `caseline feedback write` and `import`: what engineers add by files and commands."""

from pathlib import Path

import yaml

from caseline.feedback import presets
from tests.integration.cli.conftest import Command


def test_what_is_not_said_of_a_field_stays(caseline: Command) -> None:
    made = caseline("field", "set", "extra.City", "--type", "list", "--choice", "Perm", "--choice", "Tver", "--json")
    changed = caseline("field", "set", "extra.City", "--label", "Town", "--json").object["fields"][0]
    emptied = caseline("field", "set", "extra.City", "--choice", "", "--inactive", "--json").object["fields"][0]

    assert made.object["fields"][0]["label"] == "City"
    assert (changed["label"], changed["type"], changed["choices"]) == ("Town", "list", ["Perm", "Tver"])
    assert (emptied["label"], emptied["choices"], emptied["active"]) == ("Town", [], False)
    listed = caseline("field", "list", "--extra", "--json").object["fields"]
    assert [one["key"] for one in listed] == ["extra.City"]


def test_a_fault_of_a_field_says_what_helps(caseline: Command) -> None:
    unknown = caseline("field", "set", "City", "--label", "City")
    caseline("field", "set", "extra.City")
    double = caseline("field", "set", "extra.Town", "--label", "City")

    assert unknown.code == 2
    assert "extra.City" in unknown.err
    assert (double.code, "another field is called so" in double.err) == (1, True)


def test_every_campaign_that_ships_is_read_as_it_was_written(caseline: Command, tmp_path: Path) -> None:
    for code, preset in presets.campaigns().items():
        written = caseline("feedback", "write", code).out
        file = tmp_path / f"copy-of-{code}.yaml"
        file.write_text(written, encoding="utf-8")
        answer = caseline("feedback", "import", str(file))

        assert answer.out.startswith(f"copy-of-{code} is there, switched off"), answer
        assert yaml.safe_load(written) == preset.document
        assert caseline("feedback", "write", f"copy-of-{code}").out == written


def test_a_file_that_holds_no_campaign_changes_nothing(caseline: Command, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    for content, said in ((b"- a\n- b\n", "holds no campaign"), (b"a: [", "no YAML"), (b"\xff\xfe\xfa", "no YAML")):
        file.write_bytes(content)
        answer = caseline("feedback", "import", str(file), "--code", "smileys-on-closure")
        assert answer.code == 2
        assert said in " ".join(answer.err.replace("│", " ").split()), answer.err

    file.write_text("name: {ru: Имя}\nkind: smileys\n", encoding="utf-8")
    unfit = caseline("feedback", "import", str(file), "--code", "smileys-on-closure")
    assert (unfit.code, unfit.err.startswith("campaign, ")) == (1, True)
    assert yaml.safe_load(caseline("feedback", "write", "smileys-on-closure").out)["kind"] == "smileys"
    assert caseline("feedback", "write", "nobody").code == 1


def test_of_a_request_is_asked_by_any_of_its_names(caseline: Command) -> None:
    made = caseline("request", "new", "Lamp", "--number", "FM-7", "--json").object
    caseline("feedback", "on", "smileys-on-closure")

    by_number = caseline("feedback", "why", "FM-7")
    assert by_number.code == 0
    assert by_number.out == caseline("feedback", "why", f"id:{made['request']['id']}").out
    assert "smileys-on-closure: would not ask: " in by_number.out
    nobody = caseline("feedback", "why", "FM-8")
    assert nobody.code == 1
    assert "there is none of this id, number or old key" in nobody.err


def test_hours_without_quotes_are_explained(caseline: Command, tmp_path: Path) -> None:
    file = tmp_path / "early.yaml"
    written = caseline("feedback", "write", "smileys-on-closure").out
    document = yaml.safe_load(written)
    document["schedule"] = {**document.get("schedule", {}), "since": 600}  # what YAML makes of 10:00
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    answer = caseline("feedback", "import", str(file))
    assert answer.code == 1
    assert "600 is no time of day; write it as 09:30, in quotes in a file" in answer.err
