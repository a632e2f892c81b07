"""The two screens, for results and for everything beside them, with the few ways in which the commands speak."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

_WIDE: Final = 120
"""Columns of a screen that is a file or a pipe."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Signs with which a stranger's text could command the terminal."""


class _Screen(Console):
    """A console on which a text is a text: no markup, and signs that command a terminal are seen, not obeyed."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - those of rich
        return super().render_str(_CONTROL.sub(_seen, text.replace("\r\n", "\n")), **options)


def _seen(sign: re.Match[str]) -> str:
    return f"\\x{ord(sign[0]):02x}"


def _console(*, stderr: bool) -> Console:
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal or "COLUMNS" in os.environ else _WIDE
    # Values of a source are no markup: they are shown as they are.
    return _Screen(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


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
    written = json.dumps(found, ensure_ascii=False)  # it escapes those below a blank
    sys.stdout.write(_CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written) + "\n")


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
