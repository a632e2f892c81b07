"""A home in which `caseline up` has brought up everything, as operators have it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from caseline.actions import running_services
from caseline.actions.running_services import Running
from caseline.db import embedded
from tests.factories.flow_runs import Api

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 300


@dataclass(frozen=True)
class Site:
    """A home in which everything is up."""

    home: Path
    running: Running
    api: Api
    printed: str

    def worker(self) -> psutil.Process:
        found = running_services.read(self.home).alive("worker")
        assert found is not None
        return psutil.Process(found.pid)


@contextmanager
def brought_up(port: int, **settings: str) -> Iterator[Site]:
    """Everything up in a new home, wishing for that port; ended and forgotten afterwards."""
    home = _new_home()
    done = caseline(home, "up", "--detach", "--port", str(port), **settings)
    running = running_services.read(home)
    api = Api(running.api_url)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        yield Site(home, running, api, done.stdout)
    finally:
        api.close()
        caseline(home, "down")
        embedded.stop(home, mode="immediate")
        shutil.rmtree(home)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "caseline.cli", *words]


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"CASELINE_HOME": str(home), "PYTHONPATH": str(ROOT)}


def caseline(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    known = environment(home) | settings
    return subprocess.run(command(*words), env=known, cwd="/", capture_output=True, text=True, check=False)


def wait_until(
    done: Callable[[], object], *, patience_s: float = PATIENCE_S, otherwise: Callable[[], str] = lambda: "not done"
) -> None:
    """Return as soon as it is done; fails after `patience_s`, with what `otherwise` says."""
    deadline = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < deadline, f"{otherwise()} after {patience_s:.0f} s"
        time.sleep(0.2)


def _new_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="caseline-"))
    home.chmod(0o755)  # the embedded server's own user must be able to enter
    return home
