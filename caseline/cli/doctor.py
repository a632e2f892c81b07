"""The command `caseline doctor`: what is wrong, and what to do."""

import os
from typing import TYPE_CHECKING, Any, Final

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caseline.crm.findings import Finding

_SOMETHING_WRONG: Final = 3
_STYLES: Final = {"ok": "green", "warning": "yellow", "error": "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: JsonOption = False) -> None:
    """Look at everything that caseline stands on: what is wrong, and what to do; changes and starts nothing.

    Version, settings, room, database, tables, clock, calendars, backup, services, workers, runs, mailboxes, mail
    server, portal, messenger, and what waits too long.

    Exit codes: 0 nothing is wrong (warnings may be), 3 something is.
    """
    found = []
    for one in _findings():
        found.append(one)
        if not as_json:
            _say(one)
    wrong = sum(one.level == "error" for one in found)
    if as_json:
        screen.print_json({"wrong": wrong, "findings": [_as_dict(one) for one in found]})
    else:
        warned = sum(one.level == "warning" for one in found)
        screen.out().print(f"{len(found)} looked at: {wrong} wrong, {warned} to be seen to")
    if wrong:
        raise typer.Exit(_SOMETHING_WRONG)


def _findings() -> "Iterator[Finding]":
    from caseline.actions import examine, sandbox_post
    from caseline.crm.findings import error, warning
    from caseline.settings import SettingsError, load, strangers

    try:
        given = sandbox_post.of_running(load().home, os.environ)
        os.environ.update(given)  # `caseline up --sandbox` runs here: its services have these settings
        settings = load()
    except SettingsError as fault:
        yield error("settings", str(fault), "mend the setting")
        return
    for name in strangers(set(os.environ) - given.keys()):
        yield warning("settings", f"{name} is no setting of caseline", "correct its name, or unset it")
    yield from examine.examine(settings, clock=door.now)


def _say(one: "Finding") -> None:
    console = screen.out()
    console.print(f"{one.level:<8}", style=_STYLES[one.level], end="")
    console.print(f"{one.topic:<14} {one.text}", soft_wrap=True)
    if one.remedy:
        console.print(f"{'':<23}do: {one.remedy}", soft_wrap=True)


def _as_dict(one: "Finding") -> dict[str, Any]:
    return {"topic": one.topic, "level": one.level, "text": one.text, "remedy": one.remedy}
