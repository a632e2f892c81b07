"""The command `python -m benchmarks scaling`: one, two and four workers bring one export into a sandbox portal."""

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
from typing import Final

import psycopg

from benchmarks import meter, presenting
from benchmarks import server as servers
from benchmarks.server import Server
from caseline.db import schema
from caseline.portal_sandbox.judge import Judge

_ROOT: Final = Path(__file__).parents[2]
_LATENCY_S: Final = 0.05
"""So long each command of a batch takes in the portal."""
_GOALS: Final = {2: 1.8, 4: 3.4}
_ENDED: Final = 0
_MAPPING: Final = """
version: 1
source: archive
title: Archive
stages: [{code: new, label: New}]
parts:
  request:
    files: [requests.csv]
    key: id
    fields:
      subject: subject
      description: text
      stage: {column: status, values: {open: new}}
      created_at: created
"""
_TEXT: Final = "The door of the switchboard does not close since the last inspection, please send somebody. " * 4


@dataclass(frozen=True, slots=True)
class Took:
    """What so many workers took."""

    workers: int
    seconds: float
    """From the opening of the run to the last batch."""
    whole_s: float
    """From the start of the processes to the end of the last."""
    cpu_s: tuple[float, float, float]
    """Of processor: of the workers, starting Python included; of the portal; of the database server."""
    commands: int
    leads: int
    doubles: int


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    parser = argparse.ArgumentParser("python -m benchmarks scaling", description="Import with several workers.")
    parser.add_argument("--count", type=int, default=40_000, help="requests in the export (default 40000)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    asked = parser.parse_args(words)
    text = "\n".join([_machine(), "", *_told(list(_measured(asked.count)))])
    print(text)
    if asked.write:
        presenting.write(text, _ROOT / "docs" / "benchmarks.md", "scaling results")


def _measured(count: int) -> Iterator[Took]:
    with servers.running() as server, tempfile.TemporaryDirectory(prefix="scaling-") as folder:
        schema.upgrade(server.copy("empty", of="template0"))
        export = _export(Path(folder), count)
        for workers in (1, 2, 4):
            took = _run(server, Path(folder), export, workers, count)
            print(f"{workers}: {took.seconds:.1f} s, {took.whole_s:.1f} s with starting", flush=True)
            yield took


def _export(folder: Path, count: int) -> Path:
    made = folder / "export"
    made.mkdir()
    lines = (f'r{n},"Request {n}","{_TEXT}",open,2024-01-02 03:04:05\n' for n in range(count))
    (made / "requests.csv").write_text("id,subject,text,status,created\n" + "".join(lines), encoding="utf-8")
    (folder / "archive.yaml").write_text(_MAPPING, encoding="utf-8")
    return made


def _run(server: Server, folder: Path, export: Path, workers: int, count: int) -> Took:
    """Each worker is a process with a home of its own and one converter; what they share is the database."""
    url = server.copy("scaled", of="empty")
    with _portal() as (webhook, store, pid):
        _provision(folder, url, webhook, workers)
        began, used = time.perf_counter(), _cpu_s(server, pid)
        running = [_worker(folder, export, url, webhook, f"{workers}-{number}") for number in range(workers)]
        ended = [process.communicate() for process in running]
        whole_s = time.perf_counter() - began
        workers_s, portal_s, server_s = _cpu_s(server, pid)
        failed = [said[1] for process, said in zip(running, ended, strict=True) if process.returncode != _ENDED]
        if failed:
            raise RuntimeError(f"{len(failed)} of {workers} workers have failed:\n{failed[0]}")
        judge = Judge(store)
        leads, doubles = judge.number("lead"), len(judge.doubles())
        if leads != count or doubles:
            raise AssertionError(f"{leads:,} leads of {count:,}, {doubles} doubled")
        settled = _worked_s(url)
        spent = (workers_s - used[0], portal_s - used[1], server_s - used[2])
        return Took(workers, settled, whole_s, spent, judge.counters().get("requests", 0), leads, doubles)


def _cpu_s(server: Server, portal: int) -> tuple[float, float, float]:
    """Seconds of processor so far: of workers that have ended, of the portal, of the database server."""
    return meter.own_cpu_s(), meter.server_cpu_s(portal), meter.server_cpu_s(server.pid)


def _worked_s(url: str) -> float:
    """From the opening of the run to the last batch, by the staging tables: without starting Python."""
    with psycopg.connect(url) as connection:
        query = "SELECT extract(epoch FROM max(done_at) - min(started_at)) FROM staging.batch, staging.run"
        row = connection.execute(query).fetchone()
    return float(row[0]) if row else 0.0


def _provision(folder: Path, url: str, webhook: str, workers: int) -> None:
    """The portal gets its fields once, before anything is measured, as one that was made ready for an import."""
    words = ["bitrix24", "provision", "--mapping", str(folder / "archive.yaml"), "--yes", "--json"]
    process = _caseline(folder, url, webhook, f"{workers}-provision", words)
    _, said = process.communicate()
    if process.returncode != _ENDED:
        raise RuntimeError(f"the portal was not made ready:\n{said}")


def _worker(folder: Path, export: Path, url: str, webhook: str, name: str) -> "subprocess.Popen[str]":
    words = ["import", str(export), "--mapping", str(folder / "archive.yaml"), "--json"]
    return _caseline(folder, url, webhook, name, words)


def _caseline(folder: Path, url: str, webhook: str, name: str, words: Sequence[str]) -> "subprocess.Popen[str]":
    home = folder / f"home-{name}"
    home.mkdir()
    settings = {
        "CASELINE_HOME": str(home),
        "CASELINE_DATABASE_URL": url,
        "CASELINE_CRM": "bitrix24",
        "CASELINE_BITRIX24_URL": webhook,
        "CASELINE_BITRIX24_RATE": "1000",
        "CASELINE_BITRIX24_BURST": "10000",
        "CASELINE_WORKERS": "1",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("CASELINE_")}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "caseline.cli", *words],
        cwd=_ROOT,
        env=own | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _portal() -> Iterator[tuple[str, Path, int]]:
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        store = Path(folder) / "store.sqlite"
        words = ("--store", str(store), "--json", "--no-limit", "--latency", f"default={_LATENCY_S}")
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "caseline.cli", "bitrix24", "sandbox", *words],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None  # noqa: S101 - for the type checker
            try:
                yield json.loads(process.stdout.readline())["webhook"], store, process.pid
            finally:
                process.terminate()


def _told(found: Sequence[Took]) -> Iterator[str]:
    alone = found[0]
    cpu = "CPU s: workers | portal | database | of all cores"
    yield f"| workers | seconds | with starting | x one worker | {cpu} | requests to the portal |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for took in found:
        times = alone.seconds / took.seconds
        share = sum(took.cpu_s) / took.whole_s / (os.cpu_count() or 1)
        told = " | ".join(f"{one:.1f}" for one in took.cpu_s)
        yield (
            f"| {took.workers} | {took.seconds:.1f} | {took.whole_s:.1f} | {times:.2f} |"
            f" {told} | {share:.0%} | {took.commands:,} |"
        )
    yield ""
    for took in found[1:]:
        times, goal = alone.seconds / took.seconds, _GOALS[took.workers]
        said = "met" if times >= goal else "NOT met"
        yield f"- {took.workers} workers at least {goal} x one: {said} ({times:.2f})"
    yield f"- lost 0, doubled 0: of {alone.leads:,} requests each is in the portal once, by its own store"


def _machine() -> str:
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; one run. Portal, database and workers share the cores."
    )
