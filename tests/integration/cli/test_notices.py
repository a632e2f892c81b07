"""The commands `notices send` and `assignment checklist`."""

from collections.abc import Callable
from typing import Any

import pytest

from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.settings import Settings
from tests.factories.colleagues import Staff


@pytest.fixture
def staff(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    engine = open_engine(database_url)
    return Staff(House(Settings(), database_url, engine, connect("embedded", engine)))


@pytest.fixture
def run(caseline: Callable[..., Any], staff: Staff) -> Callable[..., Any]:
    del staff

    def told(*said: object) -> Any:  # noqa: ANN401 - JSON
        answered = caseline(*said, "--json")
        assert answered.code == 0, answered.err
        return answered.object

    return told


def test_people_are_told_once(run: Callable[..., Any], staff: Staff) -> None:
    anna = staff.person("Anna")
    run("request", "new", "Printer", "--assignee", anna)

    first, second = run("notices", "send"), run("notices", "send")

    assert (first["notices"], second["notices"]) == (1, 0)
    assert first["letters"] == 0
    assert staff.told(anna) == ["assigned"]


def test_a_checklist_is_given_ticked_and_added_to(
    caseline: Callable[..., Any], run: Callable[..., Any], staff: Staff
) -> None:
    anna = staff.person("Anna")
    run("request", "new", "Printer")
    given = run("assignment", "add", "1", "Toner", "--text", "x", "--person", anna, "--step", "buy", "--step", "bring")
    number = given["assignment"]["id"]

    items = run("assignment", "checklist", number, "--tick", 2, "--add", "clean", "--by", anna)["checklist"]

    assert [(one["text"], one["ticked_by"]) for one in items] == [("buy", None), ("bring", "Anna"), ("clean", None)]
    items = run("assignment", "checklist", number, "--untick", 2, "--tick", 1)["checklist"]
    assert [one["ticked_by"] for one in items] == ["caseline", None, None]
    wrong = caseline("assignment", "checklist", number, "--tick", 3, "--tick", 4)
    assert wrong.code == 1
    assert "3 steps and no step 4" in wrong.err
    assert [one["ticked_by"] for one in run("assignment", "checklist", number)["checklist"]] == ["caseline", None, None]
    run("assignment", "done", number)
    assert "stays as it is" in caseline("assignment", "checklist", number, "--tick", 2).err
    shown = caseline("assignment", "checklist", number).out
    assert "[x] buy  (caseline)" in shown
