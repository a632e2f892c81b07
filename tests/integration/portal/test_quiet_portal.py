"""An import starts nothing in the portal that might write to clients, whichever way records go."""

from pathlib import Path

import pytest

from tests.integration.portal.conftest import Command, Start, request, write_export

ALLOWED = {"BITRIX24_ALLOW_AUTOMATION": "1"}
ADDING = {"BITRIX24_WRITE": "add"}


def moved(export: Path) -> Path:
    """The next export: request 1 is done, request 2 has another subject."""
    changed = [request(1, status="done"), request(2, subject="Renamed"), *(request(n) for n in range(3, 6))]
    return write_export(export, *changed)


@pytest.mark.parametrize("robot", ["create", "NEW"])
def test_an_import_starts_no_robot(caseline: Command, start: Start, mapping: Path, export: Path, robot: str) -> None:
    with start("--no-limit", "--robot", robot) as portal:
        answer = caseline("import", export, "--mapping", mapping)

        assert answer.code == 0, answer.err
        assert (portal.judge.number("lead"), portal.judge.letters()) == (5, [])


@pytest.mark.parametrize("robot", ["create", "NEW"])
def test_adding_is_refused_while_a_robot_would_start(
    caseline: Command, start: Start, mapping: Path, export: Path, robot: str
) -> None:
    with start("--no-limit", "--robot", robot, **ADDING) as portal:
        answer = caseline("import", export, "--mapping", mapping)

        assert answer.code == 1
        assert "Letter to the client" in answer.err
        assert "CASELINE_BITRIX24_ALLOW_AUTOMATION=1" in answer.err
        assert (portal.judge.number("lead"), portal.judge.letters()) == (0, [])


def test_adding_is_refused_where_nobody_can_tell(caseline: Command, start: Start, mapping: Path, export: Path) -> None:
    with start("--no-limit", "--robot", "create", "--scope", "crm", **ADDING) as portal:
        answer = caseline("import", export, "--mapping", mapping)

        assert answer.code == 1
        assert "tick bizproc among its rights" in answer.err
        assert (portal.judge.number("lead"), portal.judge.letters()) == (0, [])


def test_adding_goes_on_where_no_robot_would_start(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit", "--robot", "JUNK", **ADDING) as portal:
        answer = caseline("import", export, "--mapping", mapping)

        assert answer.code == 0, answer.err
        assert (portal.judge.number("lead"), portal.judge.letters()) == (5, [])


def test_who_allows_automation_gets_it(caseline: Command, start: Start, mapping: Path, export: Path) -> None:
    """The robot does write, so that the other tests prove something."""
    with start("--no-limit", "--robot", "create", **ADDING) as portal:
        caseline("import", export, "--mapping", mapping, "--allow-automation")

        assert len(portal.judge.letters()) == 5


@pytest.mark.parametrize("scopes", ["crm,bizproc", "crm"])
def test_a_delta_moves_nothing_into_a_stage_where_a_robot_waits(
    caseline: Command, start: Start, mapping: Path, export: Path, scopes: str
) -> None:
    with start("--no-limit", "--robot", "CONVERTED", "--scope", scopes) as portal:
        caseline("import", export, "--mapping", mapping)

        answer = caseline("import", moved(export), "--mapping", mapping, "--yes")

        assert answer.code == 3
        assert "CASELINE_BITRIX24_ALLOW_AUTOMATION=1" in answer.out
        assert portal.judge.letters() == []
        leads = {entry.origin: entry.fields for entry in portal.judge.records("lead")}
        assert (leads["r1"]["STATUS_ID"], leads["r2"]["TITLE"]) == ("NEW", "Renamed")


def test_a_delta_moves_where_it_is_allowed(caseline: Command, start: Start, mapping: Path, export: Path) -> None:
    with start("--no-limit", "--robot", "CONVERTED", **ALLOWED) as portal:
        caseline("import", export, "--mapping", mapping)

        answer = caseline("import", moved(export), "--mapping", mapping, "--yes")

        assert answer.code == 0, answer.err
        assert len(portal.judge.letters()) == 1
