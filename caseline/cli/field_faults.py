"""Tells what is wrong with the fields of a request, in the words that pages and the API use."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from caseline.cli import screen


@contextmanager
def told(language: str) -> Iterator[None]:
    """Say the faults of a request that is not saved, one a line, and exit with 1."""
    from caseline.crm.field_faults import RUSSIAN, Unsaved

    try:
        yield
    except Unsaved as error:
        lines = error.said(language)
        screen.complain("Не сохранено:" if language == RUSSIAN else f"{error.name} was not saved:")
        for line in lines:
            screen.complain(line)
        raise typer.Exit(1) from error
