"""Starts imports as processes of their own, which a test may stop, wake and kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

REPOSITORY: Final = Path(__file__).resolve().parents[2]
IN_BLOCKS: Final = REPOSITORY / "tests" / "acceptance" / "import_in_blocks.py"
COMMAND: Final = ("-m", "caseline.cli")
PATIENCE_S: Final = 240.0

Process = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process keeps its state: the home, and the database if it is not the home's own."""

    home: Path
    url: str | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """The caller's environment without its own places."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("CASELINE_")}
        database = {"CASELINE_DATABASE_URL": self.url} if self.url else {}
        return own | {"CASELINE_HOME": str(self.home), "PYTHONPATH": str(REPOSITORY)} | database | more


@contextmanager
def started(place: Place, *words: str | Path, **environment: str) -> Iterator[Process]:
    """A Python process with `words`; it is killed at the end if it still runs then."""
    process = _open(place, words, environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def leading(place: Place, *words: str | Path) -> Iterator[Process]:
    """The same with a group of its own, to which all processes belong that it starts; they are killed at the end."""
    process = _open(place, words, {}, leads=True)
    try:
        yield process
    finally:
        kill_group(process)
        process.communicate()


def _open(place: Place, words: Sequence[str | Path], environment: dict[str, str], *, leads: bool = False) -> Process:
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=place.home,
        env=place.environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=leads,
    )


def kill_group(process: Process) -> None:
    """Kill a process that leads, and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def run(place: Place, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python process to its end."""
    with started(place, *words, **environment) as process:
        return finish(process)


def finish(process: Process) -> subprocess.CompletedProcess[str]:
    """Wait for the end of a process."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def stop(process: Process) -> None:
    """Stop a process where it stands; it knows nothing of it. One that has ended is left alone."""
    process.send_signal(signal.SIGSTOP)
    wait_for(lambda: process.poll() is not None or _stands_still(process), "the process stands still")


def _stands_still(process: Process) -> bool:
    return psutil.Process(process.pid).status() in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}


def wake(process: Process) -> None:
    """Let a stopped process go on."""
    process.send_signal(signal.SIGCONT)


def wait_for(condition: Callable[[], bool], what: str, *, patience_s: float = 60, pause_s: float = 0.005) -> None:
    """Ask again and again until `condition` holds."""
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience_s:.0f} s in vain until {what}")
        time.sleep(pause_s)
