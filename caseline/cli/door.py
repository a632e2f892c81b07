"""Opens the house for a command."""

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from caseline.cli import screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caseline.actions.wiring import House


@contextmanager
def house() -> "Iterator[House]":
    """The house that the settings mean, its database running and up to date."""
    from caseline.actions.wiring import open_house
    from caseline.settings import load

    settings = load()
    with ExitStack() as stack:
        with screen.busy("Starting the database"):
            opened = stack.enter_context(open_house(settings))
        yield opened


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)
