"""Every command and every option has its help, and help comes without the house."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from caseline.cli import application

HEAVY = ("sqlalchemy", "psycopg", "pandas", "numpy", "pydantic", "yaml", "prefect", "alembic")


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands(typer.main.get_command(application.build())))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_and_every_option_has_help(path: tuple[str, ...]) -> None:
    command = ALL[path]

    assert command.help
    assert [option.name for option in command.params if not getattr(option, "help", None)] == []


def test_the_commands_of_the_handbook_are_there() -> None:
    names = {" ".join(path) for path in ALL}

    assert names >= {
        *("import", "retry", "status", "errors", "rejects", "rollback", "export", "backup", "sample", "demo"),
        *("mappings", "mapping check", "version", "up", "down"),
        *("db url", "db start", "db stop", "db status", "db check-migrations"),
    }


def test_help_loads_nothing_heavy() -> None:
    code = f"""
import sys
from caseline.cli import main
try:
    main(["--help"])
finally:
    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


def test_what_nobody_expected_is_not_explained_away() -> None:
    assert application.explain(KeyError("a mistake of ours")) is None
    assert application.explain(ValueError("another one")) is None


def test_the_version_is_told_as_a_command_and_as_an_option() -> None:
    said = [
        subprocess.run([sys.executable, "-m", "caseline.cli", word], capture_output=True, text=True, check=True).stdout
        for word in ("version", "--version")
    ]

    assert said[0].strip()
    assert said[0] == said[1]
