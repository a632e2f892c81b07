"""Reads processor time and memory of processes from /proc (Linux only)."""

import os
import resource
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_OWN, _REAPED = slice(11, 13), slice(13, 15)
"""Places of utime, stime and of cutime, cstime among the words after the name in /proc/PID/stat."""
_PARENT: Final = 1


def server_cpu_s(postmaster: int) -> float:
    """Seconds of processor time that a server has used so far: its living processes and those that have ended."""
    total = 0
    for pid in [postmaster, *_children(postmaster)]:
        words = _stat(pid)
        total += sum(map(int, words[_OWN])) + sum(map(int, words[_REAPED])) if words else 0
    return total / _TICKS


def own_cpu_s() -> float:
    """Seconds of processor time of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def own_peak_mb() -> float:
    """Largest resident memory of this process so far, in megabytes.

    Not from getrusage: a new process inherits the largest size of the one that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def backend_cpu_s(pid: int) -> float:
    """Seconds of processor time of one server process, finer than clock ticks."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            words = _stat(int(folder.name))
            if words and int(words[_PARENT]) == parent:
                found.append(int(folder.name))
    return found


def _stat(pid: int) -> list[str]:
    """Words of /proc/PID/stat after the name, which may itself hold spaces; none when the process has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
