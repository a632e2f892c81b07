"""Says which caseline this is."""

from importlib import metadata

import typer

from caseline.cli import screen


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("version")(say)


def say() -> None:
    """The version of caseline."""
    screen.out().print(version())


def version() -> str:
    """Version of the installed package; a source tree that was never installed has none."""
    try:
        return metadata.version("caseline")
    except metadata.PackageNotFoundError:
        return "0 (not installed: run make install)"
