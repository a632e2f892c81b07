"""The two screens, for results and for everything beside them, with the few ways in which the commands speak."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.table import Table

_WIDE: Final = 120
"""Columns of a screen that is a file or a pipe."""


def _console(*, stderr: bool) -> Console:
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal or "COLUMNS" in os.environ else _WIDE
    # Values of a source are no markup: they are shown as they are.
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def out() -> Console:
    """Where results go (stdout)."""
    return _console(stderr=False)


def beside() -> Console:
    """Where progress, questions and faults go (stderr)."""
    return _console(stderr=True)


def complain(words: str) -> None:
    """Say what went wrong."""
    beside().print(words, style="red", soft_wrap=True)


def print_json(found: Mapping[str, Any]) -> None:
    """One object, in one line."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


def table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in `numbers` stand to the right."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        right = column in numbers
        made.add_column(column, justify="right" if right else "left", header_style="bold", no_wrap=right)
    return made


def headed(console: Console, title: str, content: RenderableType) -> None:
    """Something below its title."""
    console.print(title, style="bold")
    console.print(content)


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Show that something goes on, on a terminal only."""
    console = beside()
    if not console.is_terminal:
        yield
        return
    with console.status(words):
        yield


def seconds(value: float) -> str:
    """A duration: 0.3 s, 12 s, 3:05, 1:02:03."""
    if value < 10:  # noqa: PLR2004 - tenths matter below ten seconds
        return f"{value:.1f} s"
    whole = round(value)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{left:02}"
    return f"{minutes}:{left:02}" if minutes else f"{left} s"


def size(number: int) -> str:
    """A number of bytes: 812 bytes, 37.8 MB."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":  # noqa: PLR2004 - decimal units
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 file, 1,200 files."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
