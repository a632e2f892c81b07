"""Runs contenders one after the other, each in a fresh copy of the database, and checks what they brought in."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import agreement, exports, meter
from benchmarks import server as servers
from benchmarks.contender import Job, Outcome
from benchmarks.server import Server

ORDER: Final = (
    "raw",
    "dlt",
    "pandas",
    "duties",
    "expert",
    "ours",
    "expert again",
    "counted",
    "row by row",
    "trusting",
    "damaged",
    "rehearsal",
    "flow",
    "profile",
)
"""The expert runs on both sides of ours: on a busy machine only neighbours compare."""
_RUNS_AS: Final = {"expert again": "expert", "damaged": "ours"}
_SAMPLED: Final = {"pandas": 20_000}
"""Contenders that read only the first rows; their times are scaled up."""


@dataclass(frozen=True)
class Lap:
    """One run of one contender."""

    name: str
    seconds: float
    client_cpu_s: float
    server_cpu_s: float
    peak_mb: float
    rows: int
    load: float
    """Load average of the machine when it started."""
    scale: float
    """By how much times were multiplied."""
    extra: dict[str, Any]

    @property
    def cpu_s(self) -> float:
        """Processor time of both sides."""
        return self.client_cpu_s + self.server_cpu_s


class Race:
    """Contenders on one server with one export."""

    def __init__(self, server: Server, cases: int) -> None:
        self._server = server
        self._cases = cases
        self._export = exports.clean(cases)
        servers.prepare(server, self._export, exports.PARENTS)
        self._common: dict[str, tuple[Any, ...]] = {}
        self._whole: tuple[Any, ...] | None = None

    def run(self, name: str) -> Lap:
        """Run a contender; raises `Disagreement` when it brought in something else than those before it."""
        folder, bad = exports.damaged(self._export) if name == "damaged" else (self._export, 0)
        url = self._server.copy("race")
        size = self._server.say("SELECT pg_database_size('race')")
        load = os.getloadavg()[0]
        used = meter.server_cpu_s(self._server.pid)
        outcome = self._start(_RUNS_AS.get(name, name), url, folder)
        server_cpu = meter.server_cpu_s(self._server.pid) - used
        grown = self._server.say("SELECT pg_database_size('race')") - size
        if name == "damaged":
            agreement.demand("the damaged file, unreadable rows,", agreement.unreadable(url), bad)
        else:
            self._compare(_RUNS_AS.get(name, name), url)
        self._server.drop("race")
        scale = self._cases / min(_SAMPLED.get(name, self._cases), self._cases)
        seconds = outcome.extra.pop("seconds", outcome.seconds)
        extra = outcome.extra | {"grown_mb": grown / 2**20, "bad_rows": bad}
        return Lap(
            name,
            seconds * scale,
            outcome.cpu_s * scale,
            server_cpu * scale,
            outcome.peak_mb,
            outcome.rows,
            load,
            scale,
            extra,
        )

    def _start(self, name: str, url: str, folder: Path) -> Outcome:
        scratch = tempfile.mkdtemp(prefix="caseline-bench-scratch-")
        job = Job(url, str(folder), str(self._server.home), scratch)
        command = [sys.executable, "-m", "benchmarks.contender", name]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command,
                input=json.dumps(asdict(job)),
                env=servers.environment(self._server, url),
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return Outcome(**json.loads(done.stdout.splitlines()[-1]))

    def _compare(self, name: str, url: str) -> None:
        if name not in agreement.ROWS:
            return  # a rehearsal leaves nothing behind
        kind = "first rows" if name in _SAMPLED else "all rows"
        found = agreement.common(url, name)
        agreement.demand(name, found, self._common.setdefault(kind, found))
        if name == "raw":
            self._common.setdefault("first rows", agreement.common(url, "raw, first 20,000"))
        if agreement.ROWS[name] == agreement.ROWS["ours"]:
            whole = agreement.whole(url)
            self._whole = self._whole or whole
            agreement.demand(f"{name}, all fields,", whole, self._whole)
