"""`caseline request` and fields of files: `KEY=@PATH` attaches, an empty value removes."""

from pathlib import Path

from caseline.actions.wiring import open_house
from caseline.crm.vocabulary import Type
from caseline.settings import load
from tests.factories import fields
from tests.integration.cli.conftest import Command


def test_commands_attach_files_by_their_path(caseline: Command, tmp_path: Path) -> None:
    with open_house(load()) as house:
        fields.field(house, "Plan", Type.FILE, label="Plans")
        fields.field(house, "City")
    (tmp_path / "list.csv").write_text("a;b")
    (tmp_path / "plan.txt").write_text("plan")
    one, two = (f"extra.Plan=@{tmp_path / name}" for name in ("list.csv", "plan.txt"))

    new = caseline("request", "new", "Pump", "--field", one)
    assert new.code == 0, new.err
    answer = caseline("request", "set", "id:1", "--field", two, "-f", "extra.City=@home")
    assert answer.code == 0, answer.err
    assert "list.csv, plan.txt" in answer.out
    assert "City: @home" in answer.out
    found = caseline("request", "show", "id:1", "--json").object
    assert (found["fields"], found["files"]) == ({"extra.City": "@home"}, ["Plans: list.csv, plan.txt"])
    assert caseline("request", "set", "id:1", "--field", "extra.Plan=").code == 0
    assert "list.csv, plan.txt" not in caseline("request", "show", "id:1").out
    assert caseline("request", "set", "id:1", "--field", "extra.Plan=@/nowhere").code == 2
    refused = caseline("request", "set", "id:1", "--field", "extra.Plan=other.txt")
    assert refused.code == 1
    assert "is not among its files: attach the file itself" in refused.err
