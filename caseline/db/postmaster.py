"""Tells a home's server process from strangers, starts it and signals it.

PostgreSQL leaves the number of its first process (the postmaster) in `postmaster.pid`. After a crash the file stays,
and the number may by now belong to anybody: nothing here trusts it before it has looked at that process.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.db import binaries
from caseline.db.cluster import Cluster
from caseline.db.embedded_errors import ServerStartError

_SIGNALS: Final = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_START_LOG: Final = "start.log"
_PROC: Final = Path("/proc/self").parent if Path("/proc/self/cmdline").exists() else None

# The shell ends at once and leaves the server to the system, in a session of its own: Ctrl-C in the caller's terminal
# does not reach it, and it is no child of ours that somebody would have to wait for.
_DETACHED: Final = 'log=$1; shift; "$@" </dev/null >"$log" 2>&1 & echo $!'


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server of ours, as its `postmaster.pid` describes it."""

    pid: int
    port: int
    socket_folder: Path
    state: str

    @property
    def ready(self) -> bool:
        """Whether it accepts connections; false while it starts, recovers or stops."""
        return self.state == "ready"


def running(cluster: Cluster) -> Postmaster | None:
    """Return the home's server if it runs; its process has been looked at."""
    lines = _pid_file_lines(cluster)
    if not lines or not _serves(_command(int(lines[0])), cluster.data):
        return None
    # the server adds the lines one by one while it starts
    _, _, _, port, folder, _, _, state = (lines + [""] * 8)[:8]
    return Postmaster(int(lines[0]), int(port or 0), Path(folder or cluster.socket_folder), state)


def spawn(cluster: Cluster, settings: Sequence[str]) -> int:
    """Start the server, detached from us, and return the number of its process; it is not ready yet."""
    _clear_away_stranger(cluster)
    postgres = binaries.server_binary("postgres", cluster.account)
    shell = ("/bin/sh", "-c", _DETACHED, "sh", str(cluster.log / _START_LOG))
    begun = cluster.account.run([*shell, str(postgres), "-D", str(cluster.data), *settings])
    if begun.returncode != 0 or not begun.stdout.strip():
        raise ServerStartError(f"The shell could not start {postgres}: {begun.stderr.strip()}")
    return int(begun.stdout)


def lives(pid: int) -> bool:
    """Whether there is such a process; one that ended and was not yet waited for is none."""
    return bool(_command(pid))


def send_stop(server: Postmaster, mode: str) -> None:
    """Tell a server that `running` has just returned to stop: `fast` or `immediate`."""
    try:
        os.kill(server.pid, _SIGNALS[mode])
    except ProcessLookupError:
        return  # it has ended meanwhile, which is what we want


def start_log(cluster: Cluster) -> str:
    """Return what the server, at its newest start, wrote before its log file was open."""
    file = cluster.log / _START_LOG
    return _end_of(file) if file.exists() else ""


def log_tail(cluster: Cluster, lines: int = 15) -> str:
    """Return the last lines of the log since the newest start."""
    begun, files = cluster.log / _START_LOG, sorted(cluster.log.glob("server-*.log"), key=_changed)
    newest = files[-1:] if begun.exists() and files and _changed(files[-1]) >= _changed(begun) else []
    text = "".join([start_log(cluster), *(_end_of(file) for file in newest)])
    return "\n".join(text.splitlines()[-lines:])


def _changed(file: Path) -> float:
    return file.stat().st_mtime


def _end_of(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 16_384))
        return stream.read().decode("utf-8", errors="replace")


def _pid_file_lines(cluster: Cluster) -> list[str]:
    try:
        lines = (cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines] if lines and lines[0].strip().isdigit() else []


def _clear_away_stranger(cluster: Cluster) -> None:
    """Remove a stale `postmaster.pid` whose number another program has now, and the socket's lock file likewise.

    PostgreSQL sorts out free numbers itself, but takes whatever has that number for a server: also a stranger, also a
    process that has ended and that nobody waited for (in a container without an init process it stays for ever). Where
    it is a postgres of which we do not know the data folder, the files stay and PostgreSQL decides. Should processes of
    the old server still be at work, PostgreSQL sees that by their shared memory and does not start.
    """
    locks = [cluster.data / "postmaster.pid", *cluster.socket_folder.glob(".s.PGSQL.*.lock")]
    for lock in locks:
        pid = _first_number(lock)
        if pid and _exists(pid) and _is_stranger(_command(pid), cluster.data):
            lock.unlink()


def _first_number(file: Path) -> int:
    try:
        word = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        return 0
    return int(word) if word.isdigit() else 0


def _serves(command: Sequence[str], data: Path) -> bool:
    """Whether that command line is of a postgres with our data folder."""
    folder = _data_folder(command)
    return folder is not None and folder.is_absolute() and _same(folder, data)


def _is_stranger(command: Sequence[str], data: Path) -> bool:
    """Whether that command line is surely of something else; a postgres that does not tell its folder may be ours."""
    if not command or Path(command[0]).name != "postgres":
        return True
    folder = _data_folder(command)
    return folder is not None and folder.is_absolute() and not _same(folder, data)


def _data_folder(command: Sequence[str]) -> Path | None:
    if not command or Path(command[0]).name != "postgres" or "-D" not in command[:-1]:
        return None
    return Path(command[command.index("-D") + 1])


def _same(theirs: Path, ours: Path) -> bool:
    try:
        return theirs.samefile(ours)
    except OSError:  # gone, or in a place that is closed to us: ours is neither
        return False


def _exists(pid: int) -> bool:
    """Whether the number is taken, as PostgreSQL sees it: also by a process that has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command(pid: int) -> list[str]:
    """Words of a process's command line; empty when it has ended."""
    if _PROC is not None:
        try:
            return [os.fsdecode(word) for word in Path(_PROC, str(pid), "cmdline").read_bytes().split(b"\0")[:-1]]
        except (FileNotFoundError, ProcessLookupError):
            return []
    return _command_by_ps(pid)


def _command_by_ps(pid: int) -> list[str]:
    """Do the same where there is no /proc.

    `ps` joins the words with blanks, and a folder's name may hold some, so the folder ends where the settings begin.
    """
    shown = subprocess.run(  # noqa: S603 - our own words, and no shell between
        ["/bin/ps", "-ww", "-o", "stat=", "-o", "args=", "-p", str(pid)],
        capture_output=True,
        check=False,
        text=True,
    )
    state, _, text = shown.stdout.strip().partition(" ")
    if not text or state.startswith("Z"):
        return []
    program, found, rest = text.strip().partition(" -D ")
    return [program, "-D", rest.partition(" -c ")[0]] if found else [program]
