"""Says which caseline this is."""

from importlib import metadata
from typing import Annotated

import typer

from caseline.cli import screen


def register(app: typer.Typer) -> None:
    """Add the command, and the option that people try first."""
    app.command("version")(say)
    app.callback()(_first)


def _asked(version: bool) -> None:
    if version:
        say()
        raise typer.Exit


def _first(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_asked)
    ] = False,
) -> None:
    """Nothing: what there is to do stands in the commands."""


def say() -> None:
    """The version of caseline."""
    screen.out().print(version())


def version() -> str:
    """Version of the installed package; a source tree that was never installed has none."""
    try:
        return metadata.version("caseline")
    except metadata.PackageNotFoundError:
        return "0 (not installed: run make install)"
