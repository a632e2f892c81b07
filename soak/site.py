"""The home of a chaos run: folders, settings, the commands of an operator, and the processes that run there."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).parents[1]
SERVICES: Final = ("server", "worker", "desk", "public", "mail sandbox")
_RUNS: Final = {"prefect.engine", "prefect.flow_engine", "prefect.runner._workspace_supervisor"}
"""Modules that a worker starts for a flow run."""
_OTHERS: Final = ("CASELINE_", "PREFECT_", "PG")
"""Settings of whoever starts us, which must not reach the house."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens."""

    server: int
    desk: int
    public: int


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with all that belongs to a run; nothing outside is written."""

    folder: Path
    ports: Ports
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further ones of the house."""

    @property
    def home(self) -> Path:
        """The home of the house."""
        return self.folder / "home"

    @property
    def post(self) -> Path:
        """Where the post office keeps what it has taken."""
        return self.home / "post"

    @property
    def export(self) -> Path:
        """Where the files to be imported lie."""
        return self.folder / "export"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """That of every process of the house."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        settings = {
            "CASELINE_HOME": str(self.home),
            "CASELINE_MAIL_ACKNOWLEDGE": "1",
            "CASELINE_MAIL_ADDRESS": "support@example.org",
            "CASELINE_MAIL_BRAKE": "10000",
            "CASELINE_FEEDBACK_REST_DAYS": "0",
            "CASELINE_LEASE_SECONDS": "20",
            "PYTHONPATH": str(ROOT),
        }
        return own | settings | dict(self.settings) | dict(more or {})

    def caseline(
        self, *words: str, patience_s: float = 600, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A command of the house, to its end; one that takes too long is ended and has the code -1."""
        command = [sys.executable, "-m", "caseline.cli", *words]
        try:
            return subprocess.run(  # noqa: S603 - our own words
                command,
                env=self.environment(more),
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=patience_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, -1, "", f"no end after {patience_s:.0f} s")

    def up(self) -> subprocess.CompletedProcess[str]:
        """Bring up whatever does not run."""
        ports = ("--port", self.ports.server, "--desk-port", self.ports.desk, "--public-port", self.ports.public)
        return self.caseline("up", "--sandbox", "--detach", *map(str, ports))

    def services(self) -> dict[str, psutil.Process]:
        """The services that run, by name, as the home remembers them; stopped ones are among them."""
        found: dict[str, psutil.Process] = {}
        for one in self.remembered().get("processes", []):
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(one["pid"])
                if process.status() != psutil.STATUS_ZOMBIE and self._ours(process):
                    found[one["name"]] = process
        return found

    def database(self) -> psutil.Process | None:
        """The database server; None where none runs."""
        try:
            number = int((self.home / "postgres" / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
            process = psutil.Process(number)
            return process if process.name().startswith("postgres") else None
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None

    def runs(self) -> list[psutil.Process]:
        """Processes of flow runs, those included whose worker has died."""
        services = {process.pid for process in self.services().values()}
        return [one for one in self.everything() if one.pid not in services and _is_run(one)]

    def everything(self) -> list[psutil.Process]:
        """All processes that have this home, wherever they were started; the database is not among them."""
        return [one for one in psutil.process_iter() if one.pid != os.getpid() and self._ours(one)]

    def remembered(self) -> dict[str, Any]:
        """What the home says about its services."""
        try:
            found: dict[str, Any] = json.loads((self.home / "prefect" / "services.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def of_post_office(self) -> dict[str, str]:
        """The settings by which its commands find the post office and write links; empty before the house was up."""
        known = self.remembered()
        if not known.get("smtp_port"):
            return {}
        return {
            "CASELINE_SMTP_URL": f"smtp://127.0.0.1:{known['smtp_port']}",
            "CASELINE_MAILBOX": f"imap://support:sandbox@127.0.0.1:{known['imap_port']}/INBOX",
            "CASELINE_PUBLIC_URL": self.address("public"),
        }

    def address(self, name: str) -> str:
        """Where a service listens."""
        return f"http://127.0.0.1:{self.remembered().get(f'{name}_port') or getattr(self.ports, name)}"

    def _ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("CASELINE_HOME") == str(self.home)
        except (psutil.Error, OSError):
            return False


def _is_run(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(word in _RUNS for word in process.cmdline())
    return False
