"""Commands that messages, documents and help name as a remedy are there."""

import re
from pathlib import Path
from typing import Final

import typer
from typer.main import get_command

from caseline.cli import application

ROOT: Final = Path(__file__).parents[3]
NAMED: Final = re.compile(r"(?:`|^)caseline (?!moves)([a-z][a-z0-9]+)(?: ([a-z][a-z-]+))?", re.MULTILINE)
"""In the README, caseline moves an archive."""
PLACES: Final = ("README.md", "docs/*.md", "caseline/**/*.py", "staging/**/*.py", "tasks/*.py", "flows/*.py")


def named() -> set[tuple[str, str]]:
    """(command, word after it) wherever one is named."""
    files = (file for place in PLACES for file in ROOT.glob(place))
    return {found.groups("") for file in files for found in NAMED.finditer(file.read_text(encoding="utf-8"))}  # type: ignore[misc]


def test_every_command_that_is_named_exists() -> None:
    whole = get_command(application.build())
    assert isinstance(whole, typer.core.TyperGroup)
    families = {name: one.commands for name, one in whole.commands.items() if isinstance(one, typer.core.TyperGroup)}
    verbs = {verb for family in families.values() for verb in family}

    def exists(command: str, word: str) -> bool:
        if command in families:
            return not word or word in families[command]
        return command in whole.commands and word not in verbs

    strange = {pair for pair in named() if not exists(*pair)}

    assert strange == set()
    assert ("calendar", "import") in named()
