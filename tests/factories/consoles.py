"""Console blocks of the documents: read as a reader sees them, typed into one shell, their outputs compared.

A block ```` ```console ```` either shows commands behind `$ ` (further lines of one behind `> `) with what they print,
or only lists commands. `…` stands for any signs of a line; alone on a line for any lines; how many blanks stand somewhere never
matters. Words behind `console`: `fresh` (a home of its own begins here), `long` (only `make test-long` executes it),
`no-run` (never executed; the test that reads the documents says why).
"""

import difflib
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.factories.processes import REPOSITORY

WORDS: Final = frozenset({"fresh", "long", "no-run"})
ANYTHING: Final = "…"
FAILED_ROWS: Final = 3
"""Exit code of what has ended as it should, with rows that were not imported."""
_FENCE: Final = re.compile(r"(?P<indent> *)```(?P<info>.*)")
_BLANKS: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed, and what the document says is printed; None: it does not say."""

    typed: str
    printed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Block:
    """A console block of a document."""

    place: str
    """Document and line."""
    words: frozenset[str]
    commands: tuple[Command, ...]

    @property
    def first(self) -> str:
        """The first command, without its comment."""
        return self.commands[0].typed.partition(" #")[0].strip()


def blocks(file: Path) -> list[Block]:
    """All console blocks of a document, in its order."""
    name = file.relative_to(REPOSITORY).as_posix()
    found: list[Block] = []
    inside: tuple[int, re.Match[str], list[str]] | None = None
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.fullmatch(line)
        if fence is None:
            if inside is not None:
                inside[2].append(line.removeprefix(inside[1]["indent"]))
        elif inside is None:
            inside = number, fence, []
        else:
            start, begun, lines = inside
            inside = None
            kind, *words = begun["info"].split() or [""]
            if kind == "console":
                found.append(Block(f"{name}:{start}", frozenset(words), tuple(_commands(lines))))
    assert inside is None, f"{name}: a block that begins at line {inside and inside[0]} does not end"
    return found


def _commands(lines: list[str]) -> Iterator[Command]:
    if not any(line.startswith("$ ") for line in lines):
        yield from (Command(line, None) for line in lines if line.strip())
        return
    typed: list[str] = []
    printed: list[str] = []
    for line in lines:
        if line.startswith("$ "):
            if typed:
                yield Command("\n".join(typed), tuple(printed))
            typed, printed = [line[2:]], []
        elif (line == ">" or line.startswith("> ")) and not printed:
            typed.append(line[2:])
        else:
            printed.append(line)
    yield Command("\n".join(typed), tuple(printed))


def difference(printed: tuple[str, ...], real: str) -> str:
    """How what was printed differs from what the document says; empty: it does not."""
    said = [_BLANKS.sub(" ", line).strip() for line in printed]
    lines = [_BLANKS.sub(" ", line).strip() for line in real.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while said and not said[-1]:
        said.pop()
    parts = [
        r"(?:.*\n)*?" if line == ANYTHING else ".*?".join(map(re.escape, line.split(ANYTHING))) + r"\n" for line in said
    ]
    if re.fullmatch("".join(parts), "".join(f"{line}\n" for line in lines)):
        return ""
    return "\n".join(difflib.unified_diff(said, lines, "the document", "printed", lineterm=""))


class Shell:
    """A shell of a reader: what one command exports or where it goes counts for the next."""

    def __init__(self, folder: Path, home: Path) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("CASELINE_", "PREFECT_"))}
        tools = Path(sys.executable).parent
        own |= {"CASELINE_HOME": str(home), "HOME": str(folder), "PYTHONPATH": str(REPOSITORY), "TZ": "UTC"}
        own |= {"PATH": f"{tools}:{own['PATH']}", "COLUMNS": "120", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        own |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def type(self, command: str) -> tuple[str, int]:
        """What a command prints, and the code it ends with."""
        mark = secrets.token_hex(8)
        keyboard, screen = self._bash.stdin, self._bash.stdout
        assert keyboard is not None
        assert screen is not None
        keyboard.write(f"{{ {command}\n}} </dev/null 2>&1\nprintf '\\n{mark} %d\\n' $?\n")
        keyboard.flush()
        lines: list[str] = []
        for line in screen:
            if line.startswith(mark):
                printed = "".join(lines)
                return printed.removesuffix("\n"), int(line.split()[1])
            lines.append(line)
        raise AssertionError(f"the shell ended at: {command}\n{''.join(lines)}")

    def end(self) -> None:
        """End the shell and all that was left running in the background."""
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGTERM)
        try:
            self._bash.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._bash.pid, signal.SIGKILL)
            self._bash.communicate()


@contextmanager
def opened(folder: Path, home: Path) -> Iterator[Shell]:
    """A shell in a folder, with a home; whatever it starts is ended."""
    shell = Shell(folder, home)
    try:
        yield shell
    finally:
        shell.end()


def complaints(block: Block, shell: Shell) -> list[str]:
    """What of a block does not go as it says.

    A command has to succeed unless the next one asks with `echo $?` how it ended; one that is only listed may also end with
    rows that were not imported.
    """
    found: list[str] = []
    code = 0
    for number, command in enumerate(block.commands):
        asks = command.typed.strip() == "echo $?"
        real, code = (str(code), 0) if asks else shell.type(command.typed)
        differs = "" if command.printed is None else difference(command.printed, real)
        answered = number + 1 < len(block.commands) and block.commands[number + 1].typed.strip() == "echo $?"
        fine = code == 0 or answered or (command.printed is None and code == FAILED_ROWS)
        if differs or not fine:
            found.append(f"{block.place}: {command.typed}\nended with {code}\n{differs or real}")
            break  # what comes after it stands on it
    return found
