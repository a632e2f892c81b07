"""Commands that messages, documents and help name as a remedy are there."""

import re
from pathlib import Path
from typing import Any, Final, TypeAlias

import typer
from typer.main import get_command

from caseline.cli import application

Command: TypeAlias = Any
"""Of typer, which does not name the type."""

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
        chosen = command == "report"  # the word behind it names a report
        return command in whole.commands and (chosen or word not in verbs)

    strange = {pair for pair in named() if not exists(*pair)}

    assert strange == set()
    assert ("calendar", "import") in named()


WRITTEN: Final = re.compile(r"(?:`|^)caseline ([^`\n#|]+)", re.MULTILINE)
OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def options(command: Command) -> set[str]:
    return {"--help", *(word for one in command.params for word in (*one.opts, *one.secondary_opts))}


def strange_options(line: str, whole: Command) -> set[str]:
    """Options of a line that its command does not have; a line may go on behind its command with an option's value."""
    command = whole
    for word in line.split():
        if not isinstance(command, typer.core.TyperGroup) or word not in command.commands:
            break
        command = command.commands[word]
    within = command.commands.values() if isinstance(command, typer.core.TyperGroup) else ()
    known = options(whole) | options(command) | {one for each in within for one in options(each)}
    return {found for found in OPTION.findall(line) if found not in known}


def test_every_option_of_a_command_that_is_written_down_exists() -> None:
    whole = get_command(application.build())
    texts = [file.read_text(encoding="utf-8") for place in PLACES for file in ROOT.glob(place)]
    lines = {" ".join(found[1].split()) for text in texts for found in WRITTEN.finditer(text)}

    strange = {line: found for line in lines if (found := strange_options(line, whole))}

    assert strange == {}
    assert strange_options("outbox list --most 5 --json", whole) == {"--most"}
