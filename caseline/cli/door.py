"""Opens the house for a command."""

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from caseline.cli import screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caseline.actions.wiring import House


@contextmanager
def house(*, automation: bool = False, keep: int = 0, prepares: bool = False) -> "Iterator[House]":
    """The house that the settings mean, its database running and up to date.

    `automation`: writes may start robots and workflows of a portal, whatever the settings say. `keep`: connections to
    the database that stay open, for a process that answers many. `prepares`: they plan what is always the same once.
    """
    from caseline.actions.wiring import open_house
    from caseline.settings import load

    settings = load()
    if automation:
        settings = settings.model_copy(update={"bitrix24_allow_automation": True})
    with ExitStack() as stack:
        with screen.busy("Starting the database"):
            opened = stack.enter_context(open_house(settings, keep=keep, prepares=prepares))
        yield opened


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)
