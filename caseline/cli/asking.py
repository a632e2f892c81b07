"""Asks before something is done for good."""

import sys

import typer

from caseline.cli import screen


def agreed(question: str, *, nothing: str, yes: bool) -> None:
    """Go on if somebody agrees; otherwise the command ends, and says that `nothing` has happened."""
    if yes:
        return
    if not sys.stdin.isatty():
        screen.complain(f"{nothing}: nobody is there to ask. Say --yes.")
        raise typer.Exit(1)
    if not typer.confirm(question, err=True):
        screen.complain(f"{nothing}.")
        raise typer.Exit(1)
