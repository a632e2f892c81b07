"""The command `python -m benchmarks bitrix24`: imports into a sandbox portal, limited and not, beside fast-bitrix24."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.server import Server
from caseline.db import schema
from caseline.portal_sandbox.judge import Judge

_ROOT: Final = Path(__file__).parents[2]
_RPS, _BURST, _BATCH = 2.0, 50, 50
_CEILING: Final = _RPS * _BATCH
"""Records a second that a batch of 50 for each request allows."""
_FAST: Final = ("1000", "100000")
_LIMITED: Final = (str(_RPS), str(_BURST))
_BESIDE: Final = ("1.5", str(_BURST))
"""What is left of the rate beside a stranger who asks every other second."""


@dataclass(frozen=True, slots=True)
class Run:
    """A way into the portal, with what it took."""

    title: str
    records: int
    seconds: float
    cpu_s: float
    mb_first: float
    """Peak memory at a quarter of the records."""
    mb_last: float
    steady: float
    """Records a second over the second half."""
    share: float
    """The part that the second half used of what a bucket of the usual size allowed then: the rest of its burst too."""
    requests: int
    rejected: int
    doubles: int

    @property
    def rate(self) -> float:
        """Records a second from the first to the last."""
        return self.records / self.seconds


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A portal that runs, and its judge."""

    url: str
    judge: Judge


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    parser = argparse.ArgumentParser("python -m benchmarks bitrix24", description="Import into a sandbox portal.")
    parser.add_argument("--count", type=int, default=12_000, help="records under the portal's limits (default 12000)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    asked = parser.parse_args(words)
    text = "\n".join([_machine(), "", *measure(asked.count)])
    print(text)
    if asked.write:
        presenting.write(text, _ROOT / "docs" / "benchmarks.md", "bitrix24 results")


def measure(count: int) -> Iterator[str]:
    """The figures as Markdown."""
    with servers.running() as server:
        schema.upgrade(server.copy("empty", of="template0"))
        limited = ("--rps", str(_RPS), "--burst", str(_BURST))
        runs = [
            _run(server, "(a) add, 2 a second, burst 50", count, ("ours", "add", *_LIMITED), limited),
            _run(server, "(a) fast-bitrix24, calls of 1,000", count, ("theirs",), limited),
            _run(server, "(d) import, 2 a second, burst 50", 10 * count, ("ours", "import", *_LIMITED), limited),
            _run(server, "(b) add, burst 2", count // 4, ("ours", "add", "2", "2"), ("--rps", "2", "--burst", "2")),
            _run(server, "(c) import, no limit", 2 * count, ("ours", "import", *_FAST), ("--no-limit",)),
            _run(server, "(c) add, no limit", 2 * count, ("ours", "add", *_FAST), ("--no-limit",)),
            _run(server, "(c) fast-bitrix24, no limit", 2 * count, ("theirs",), ("--no-limit",)),
        ]
        together = _together(server, "(f) two at 1.5 a second, a stranger at 0.5", count // 4, limited, _BESIDE)
        untold = _together(server, "(f) the same, nobody told us of the stranger", count // 4, limited, _LIMITED)
    yield "| way | records | records/s | second half | CPU s | MB at 1/4 | MB at end | requests | rejected | doubles |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for run in [*runs, together, untold]:
        cells = (run.records, run.rate, run.steady, run.cpu_s, run.mb_first, run.mb_last)
        numbers = " | ".join(f"{cell:,.0f}" for cell in (*cells, run.requests, run.rejected, run.doubles))
        yield f"| {run.title} | {numbers} |"
    yield ""
    yield from (f"- {line}" for line in _goals(runs, together, untold))


def _goals(runs: Sequence[Run], together: Run, untold: Run) -> Iterator[str]:
    add, theirs, imported, narrow, free, free_add, free_theirs = runs
    yield _goal("at least 98 % of what the bucket allows over the second half, its burst included", add.share, 0.98)
    yield f"requests of ours that the portal rejected: {add.rejected + imported.rejected + narrow.rejected} (goal 0)"
    yield f"of fast-bitrix24 it rejected {theirs.rejected} of {theirs.requests}"
    # Two workers end their pieces together, so only the whole way tells its rate.
    share = narrow.rate / _CEILING
    yield f"burst 2 works: {share:.2f} of the ceiling from the first record on, {narrow.rejected} rejected (goal 0)"
    yield _goal("imports against adding, both under the limit", imported.steady / add.steady, 10)
    yield _goal("without limit, against fast-bitrix24", free.rate / free_theirs.rate, 1)
    yield f"without limit, adding against fast-bitrix24: {free_add.rate / free_theirs.rate:.2f}"
    yield f"memory: {imported.mb_first:.0f} MB at a quarter, {imported.mb_last:.0f} MB at the end (goal: flat)"
    yield f"two of our processes and a stranger at 0.5 a second: {together.rejected} of ours rejected (goal 0)"
    yield f"… when CASELINE_BITRIX24_RATE was left at {_RPS:g}: {untold.rejected} of {untold.requests}"


def _goal(what: str, found: float, wanted: float) -> str:
    return f"{what}: {found:.2f} ({'met' if found >= wanted else 'not met'}; goal {wanted:g})"


def _run(server: Server, title: str, count: int, way: Sequence[str], words: Sequence[str]) -> Run:
    database = server.copy("portal_run", of="empty")
    with _sandbox(*words) as sandbox:
        command = _command(way, sandbox.url, database, 0, count)
        done = subprocess.run(  # noqa: S603 - our own program
            command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        marks = _marks(done.stdout)
        run = _told(title, marks, sandbox.judge)
    print(f"{title}: {run.rate:,.0f} records/s, second half {run.steady:,.0f}", flush=True)
    return run


def _command(way: Sequence[str], url: str, database: str, first: int, count: int) -> list[str]:
    module = [sys.executable, "-m", "benchmarks.bitrix24.contenders", way[0], url]
    return [*module, *([database] if way[0] == "ours" else []), str(first), str(count), *way[1:]]


def _together(server: Server, title: str, count: int, words: Sequence[str], limits: Sequence[str]) -> Run:
    """Two processes of ours share the database; a stranger asks from the same address meanwhile."""
    database = server.copy("portal_run", of="empty")
    with _sandbox(*words) as sandbox:
        ways = [_command(("ours", "add", *limits), sandbox.url, database, at * count, count) for at in (0, 1)]
        begun = time.perf_counter()
        running = [
            subprocess.Popen(way, cwd=_ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
            for way in ways
        ]
        strange = _stranger(sandbox.url, running)
        marks = [_marks(process.communicate()[0]) for process in running]
        if any(process.returncode for process in running):
            raise RuntimeError("a process of ours has failed")
        last = [found[-1] | {"done": 2 * count, "seconds": time.perf_counter() - begun} for found in marks[:1]]
        return _told(title, [marks[0][0], *last], sandbox.judge, less=strange)


def _stranger(url: str, running: Sequence["subprocess.Popen[str]"]) -> int:
    """Ask twice in four seconds until the others are ready; answers how often it was rejected itself."""
    rejected = 0
    with httpx.Client() as client:
        while any(process.poll() is None for process in running):
            rejected += client.post(url + "server.time").status_code == httpx.codes.SERVICE_UNAVAILABLE
            time.sleep(2)
    return rejected


def _told(title: str, marks: Sequence[dict[str, Any]], judge: Judge, *, less: int = 0) -> Run:
    last = marks[-1]
    middle = next(mark for mark in marks if mark["done"] * 2 >= last["done"])
    quarter = next(mark for mark in marks if mark["done"] * 4 >= last["done"])
    half = (last["done"] - middle["done"]) / ((last["seconds"] - middle["seconds"]) or 1)
    counters = judge.counters()
    left = max(0.0, min(_BURST, _BURST - middle["done"] / _BATCH + _RPS * middle["seconds"]))
    allowed = (left + _RPS * (last["seconds"] - middle["seconds"])) * _BATCH or last["done"]
    return Run(
        title=title,
        records=last["done"],
        seconds=last["seconds"],
        cpu_s=last["cpu"] - marks[0]["cpu"],
        mb_first=quarter["mb"],
        mb_last=last["mb"],
        steady=half or last["done"] / last["seconds"],
        share=(last["done"] - middle["done"]) / allowed,
        requests=counters.get("requests", 0),
        rejected=judge.rejected().get("QUERY_LIMIT_EXCEEDED", 0) - less,
        doubles=len(judge.doubles()),
    )


def _marks(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


@contextmanager
def _sandbox(*words: str) -> Iterator[Sandbox]:
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        store = Path(folder) / "store.sqlite"
        command = [sys.executable, "-m", "caseline.cli", "bitrix24", "sandbox", "--store", str(store), "--json", *words]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=_ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None  # noqa: S101 - for the type checker
            try:
                yield Sandbox(json.loads(process.stdout.readline())["webhook"], Judge(store))
            finally:
                process.terminate()


def _machine() -> str:
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; one run. Portal, database and client share the cores."
    )
