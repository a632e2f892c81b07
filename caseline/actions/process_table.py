"""Reads the system's table of processes: when one was born, and whose children there are."""

import subprocess
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PARENT, _BORN = 1, 19
"""Fields of a process's `stat`, counted from its state."""


def birth(pid: int) -> str | None:
    """When the process with this number was born, in words to compare; None when there is none that runs."""
    if not _has_proc():
        return _birth_by_ps(pid)
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None  # an ended process whose parent has not asked for it is none
    # Births are counted from the start of the machine, so that belongs to them.
    return f"{(_PROC / 'sys/kernel/random/boot_id').read_text(encoding='ascii').strip()} {fields[_BORN]}"


def children(pid: int) -> list[int]:
    """Numbers of the processes that the one with this number has started and that are still there."""
    if not _has_proc():
        pairs = (line.split() for line in _ps("-ax", "-o", "pid=", "-o", "ppid=").splitlines())
        return [int(child) for child, parent in pairs if int(parent) == pid]
    numbers = (int(folder.name) for folder in _PROC.iterdir() if folder.name.isdigit())
    return [number for number in numbers if (fields := _stat(number)) is not None and int(fields[_PARENT]) == pid]


def _has_proc() -> bool:
    return (_PROC / "self/stat").exists()


def _stat(pid: int) -> list[str] | None:
    """Fields from the state on: the name before it may hold anything, also blanks and brackets."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(") ")[2].split()


def _birth_by_ps(pid: int) -> str | None:
    state, _, born = _ps("-o", "stat=", "-o", "lstart=", "-p", str(pid)).strip().partition(" ")
    return None if not born or state.startswith("Z") else born.strip()


def _ps(*words: str) -> str:
    # One language for all callers: the moment of birth is compared as it is printed.
    return subprocess.run(  # noqa: S603 - our own words, and no shell between
        ["/bin/ps", *words], env={"LC_ALL": "C"}, capture_output=True, check=False, text=True
    ).stdout
