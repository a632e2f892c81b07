"""Starts and ends background processes, and tells them from strangers that got their number later."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PAUSE_S: Final = 0.1
_KILLED_WITHIN_S: Final = 10.0
_LARGEST_LOG: Final = 10_000_000

# The child waits for a line before it becomes the program: when we die before its number stands in the state file, it
# reads the end of the pipe instead and ends, so no process is ever at work that nobody knows of.
_GATE: Final = 'read -r go && exec "$@" </dev/null'

_children: Final[list[subprocess.Popen[bytes]]] = []
"""Kept so that Python does not complain about processes that are meant to outlive it."""


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
        return birth(self.pid) == self.born


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
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - our own words
            ["/bin/sh", "-c", _GATE, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    _children.append(child)
    process = Process(name, child.pid, birth(child.pid) or "", str(log))
    remember(process)
    if child.stdin is not None:
        child.stdin.write(b"go\n")
        child.stdin.close()
    return process


def end(process: Process, *, patience_s: float) -> bool:
    """Ask the process to end, and kill it with all of its session after `patience_s`; false when it had ended."""
    if not process.lives:
        return False
    os.kill(process.pid, signal.SIGTERM)
    if not _ended(process, patience_s):
        os.killpg(process.pid, signal.SIGKILL)
        _ended(process, _KILLED_WITHIN_S)
    return True


def birth(pid: int) -> str | None:
    """When the process with this number was born, in words to compare; None when there is none that runs."""
    if not (_PROC / "self/stat").exists():
        return _birth_by_ps(pid)
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = text.rpartition(") ")[2].split()
    # Counted from the start of the machine, so the machine's start belongs to it.
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return None if state in "ZX" else f"{boot} {fields[18]}"


def log_tail(process: Process, lines: int = 15) -> str:
    """The last lines that the process wrote."""
    with Path(process.log).open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - 16_384))
        return "\n".join(stream.read().decode("utf-8", errors="replace").splitlines()[-lines:])


def _ended(process: Process, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while process.lives:
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True


def _birth_by_ps(pid: int) -> str | None:
    shown = subprocess.run(  # noqa: S603 - our own words, and no shell between
        ["/bin/ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)],
        env={"LC_ALL": "C"},
        capture_output=True,
        check=False,
        text=True,
    )
    state, _, born = shown.stdout.strip().partition(" ")
    return None if not born or state.startswith("Z") else born.strip()
