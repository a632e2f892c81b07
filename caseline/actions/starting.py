"""Starts a process of the house and waits until it is ready; finds a free port for it."""

import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import httpx

from caseline.actions import processes, running_services
from caseline.actions.prefect_environment import CODE
from caseline.actions.processes import Process
from caseline.actions.running_services import Running

Say = Callable[[str, str, str], None]
"""Told of each service: its name, its state, and where it is."""
_PORTS: Final = 100
_PAUSE_S: Final = 0.25


class NotUp(Exception):
    """A service did not come up; the message shows the end of its log and the remedy."""


def spawn(home: Path, running: Running, name: str, module: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Start `python -m module ...`, remembered in the home before it begins."""
    return processes.spawn(
        name,
        [sys.executable, "-m", *module],
        environment=environment,
        folder=CODE,
        log=home / "log" / f"{name}.log",
        remember=lambda process: running_services.write(home, running.beside(process)),
    )


def wait(process: Process, patience_s: float, ready: Callable[[], bool]) -> None:
    """Wait until it is ready. Raises `NotUp` with the end of its log when it ends or takes too long."""
    deadline = time.monotonic() + patience_s
    while not ready():
        ended = not process.lives
        if ended or time.monotonic() > deadline:
            why = "ended at once" if ended else f"was not ready after {patience_s:.0f} s"
            raise NotUp(
                f"The {process.name} {why}. End of its log ({process.log}):\n{processes.log_tail(process)}\n"
                "Mend what it complains about and type again: caseline up"
            )
        time.sleep(_PAUSE_S)


def reached(page: str) -> bool:
    """Whether a page answers."""
    try:
        return httpx.get(page, trust_env=False, timeout=10).is_success
    except httpx.TransportError:
        return False


def listens(port: int) -> bool:
    """Whether something listens at a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(name: str, wanted: int, say: Say) -> int:
    """The port that is wanted, or the next free one, of which `say` is told. Raises `NotUp` where there is none."""
    for port in range(wanted, wanted + _PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            say(name, "note", f"port {wanted} is taken, so it listens on {port}")
        return port
    raise NotUp(f"All ports from {wanted} to {wanted + _PORTS - 1} are taken: choose another one for the {name}")
