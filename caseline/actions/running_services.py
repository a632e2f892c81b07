"""Remembers in the home which services were started there, so that a later command finds, joins or stops them."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from caseline.actions.processes import Process


@dataclass(frozen=True, slots=True)
class Running:
    """What stands in the file: written before a process begins, and when one has ended."""

    port: int = 0
    database: bool = False
    """The embedded PostgreSQL was started for these services, so it ends with them."""
    processes: tuple[Process, ...] = ()
    desk_port: int = 0
    public_port: int = 0
    smtp_port: int = 0
    imap_port: int = 0
    """These two of the post office that letters are tried with."""
    deployed: str = ""
    """A mark of the deployments that the Prefect server was told of."""

    @property
    def desk(self) -> str:
        """Where the pages of staff are."""
        return f"http://127.0.0.1:{self.desk_port}"

    @property
    def public(self) -> str:
        """Where the pages for people outside are."""
        return f"http://127.0.0.1:{self.public_port}"

    @property
    def api_url(self) -> str:
        """Where Prefect's API answers."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def page(self) -> str:
        """Where Prefect's pages are."""
        return f"http://127.0.0.1:{self.port}"

    def alive(self, name: str) -> Process | None:
        """The service of that name, if it runs."""
        return next((process for process in self.processes if process.name == name and process.lives), None)

    def beside(self, process: Process) -> "Running":
        """With that process in the place of an older one of its name."""
        others = tuple(other for other in self.processes if other.name != process.name)
        return replace(self, processes=(*others, process))


def read(home: Path) -> Running:
    """What was started in a home; empty when nothing was."""
    try:
        data = json.loads(_file(home).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Running()
    processes = tuple(Process(**process) for process in data.pop("processes"))
    # A home may remember what another version has started, which knew other services.
    known = {name: value for name, value in data.items() if name in Running.__dataclass_fields__}
    return Running(processes=processes, **known)


def write(home: Path, running: Running) -> None:
    """Replace what is remembered, as a whole or not at all."""
    file = _file(home)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(running), indent=2), encoding="utf-8")
    draft.replace(file)


def forget(home: Path) -> None:
    """Nothing runs any more."""
    _file(home).unlink(missing_ok=True)


def api_url(home: Path) -> str | None:
    """Address of the API of a server that runs in this home; None when there is none."""
    running = read(home)
    return running.api_url if running.alive("server") else None


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Only one at a time starts or stops services; the kernel frees the lock when its holder dies."""
    folder = _file(home).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "services.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _file(home: Path) -> Path:
    return home / "prefect" / "services.json"
