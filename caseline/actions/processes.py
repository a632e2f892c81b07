"""Starts and ends background processes, and tells them from strangers that got their number later."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.actions import process_table

_PAUSE_S: Final = 0.1
_KILLED_WITHIN_S: Final = 10.0
_LARGEST_LOG: Final = 10_000_000

# The child waits for a line before it becomes the program: when we die before its number stands in the state file, it
# reads the end of the pipe instead and ends, so no process is ever at work that nobody knows of.
_GATE: Final = 'read -r go && exec "$@" </dev/null'

_children: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""By number; kept until they are ended, so that Python does not complain about those that are meant to outlive us."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process by its number and the moment it was born; both together are never given twice."""

    name: str
    pid: int
    born: str
    log: str

    @property
    def lives(self) -> bool:
        """Whether that very process still runs; one that ended and was not waited for does not."""
        return process_table.birth(self.pid) == self.born


def spawn(
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    remember: Callable[[Process], None],
) -> Process:
    """Start a program in a session of its own, writing to `log`; it begins when `remember` has returned."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output, _ctrl_c_is_heard():
        child = subprocess.Popen(  # noqa: S603 - our own words
            ["/bin/sh", "-c", _GATE, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    _children[child.pid] = child
    process = Process(name, child.pid, process_table.birth(child.pid) or "", str(log))
    remember(process)
    if child.stdin is not None:
        child.stdin.write(b"go\n")
        child.stdin.close()
    return process


@contextmanager
def _ctrl_c_is_heard() -> Iterator[None]:
    """What starts here hears SIGINT, by which Prefect ends itself, even if we are the background job of a script."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def end(process: Process, *, patience_s: float) -> bool:
    """Ask a process to end and wait until it and its children have; kill what is left of them after `patience_s`.

    False when it had ended before.
    """
    if not process.lives:
        return False
    family = [process, *_children_of(process)]
    os.kill(process.pid, signal.SIGTERM)
    if not _ended(family, patience_s):
        for member in family:
            if member.lives:
                os.kill(member.pid, signal.SIGKILL)
        _ended(family, _KILLED_WITHIN_S)
    _take_leave(process)
    return True


def _take_leave(process: Process) -> None:
    """Ask the system for the end of a child of ours: it keeps the entry of one that nobody has asked for."""
    if not process.lives and (child := _children.pop(process.pid, None)):
        child.wait()


def _children_of(process: Process) -> list[Process]:
    numbers = process_table.children(process.pid)
    return [Process(process.name, pid, born, process.log) for pid in numbers if (born := process_table.birth(pid))]


def log_tail(process: Process, lines: int = 15) -> str:
    """The last lines that the process wrote."""
    with Path(process.log).open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - 16_384))
        return "\n".join(stream.read().decode("utf-8", errors="replace").splitlines()[-lines:])


def _ended(family: Sequence[Process], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while any(process.lives for process in family):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True
