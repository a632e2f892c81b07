"""How long the pages take: each kind by itself, from cold caches, and many users at once."""

import multiprocessing
import os
import random
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from benchmarks.desk import probes, words
from benchmarks.desk.probes import Probe
from benchmarks.desk.register import NOW
from benchmarks.desk.serving import Meters, Visitor
from caseline.actions import read_reports
from caseline.actions.read_reports import Wish
from caseline.actions.wiring import House
from caseline.listing import search_store
from caseline.reports.questions import AXES, Report

OK, NOT_FOUND = 200, 404
_SLOWEST: Final = 1
_PAGE: Final = 51


@dataclass(frozen=True, slots=True)
class Taken:
    """How long the pages of a kind took, in milliseconds."""

    name: str
    goal_ms: float | None
    ms: tuple[float, ...]
    failed: int = 0
    """Answers that were no page."""
    slowest: tuple[str, ...] = ()
    kilobytes: float = 0.0
    cpu_ms: float = 0.0
    """Processor time of the desk's process for one of them."""
    server_ms: float = 0.0
    """Processor time of the database for one of them."""

    @property
    def p50(self) -> float:
        """Half of them took at most that."""
        return median(self.ms)

    @property
    def p95(self) -> float:
        """So did 95 %."""
        return quantiles(self.ms, n=20, method="inclusive")[18] if len(self.ms) > 1 else self.ms[0]

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        return None if self.goal_ms is None else self.p95 <= self.goal_ms and not self.failed


def pages(
    visitor: Visitor, meters: Meters, asked: Iterable[Probe], *, warm: bool = True
) -> tuple[list[Taken], list[str]]:
    """(what took how long, kinds that this version of the desk does not have)."""
    taken, absent = [], []
    for probe in asked:
        if visitor.get(probe.addresses[0]).status == NOT_FOUND:
            absent.append(probe.name)
            continue
        if warm:
            for address in probe.addresses[:20]:
                visitor.get(address)
        taken.append(_probe(visitor, meters, probe))
        print(f"{probe.name}: p50 {taken[-1].p50:.0f}, p95 {taken[-1].p95:.0f} ms", flush=True)
    return taken, absent


def _probe(visitor: Visitor, meters: Meters, probe: Probe) -> Taken:
    asked = list(probe.addresses) * probe.rounds
    random.Random(words.SEED).shuffle(asked)
    before = meters.read()
    answers = [(address, visitor.get(address)) for address in asked]
    used = [after - earlier for earlier, after in zip(before, meters.read(), strict=True)]
    failed = [address for address, answer in answers if answer.status != OK]
    worst = sorted(answers, key=lambda one: -one[1].seconds)[:_SLOWEST]
    return Taken(
        probe.name,
        probe.goal_ms,
        tuple(answer.seconds * 1000 for _, answer in answers),
        failed=len(failed),
        slowest=tuple(f"{answer.seconds * 1000:.0f} ms {address}" for address, answer in worst),
        kilobytes=sum(answer.size for _, answer in answers) / len(answers) / 1000,
        cpu_ms=used[0] / len(answers) * 1000,
        server_ms=used[1] / len(answers) * 1000,
    )


def search_alone(house: House, rounds: int = 2) -> Taken:
    """The search without a page around it: what was typed, to the newest hits with their passages."""
    texts = words.searches(60) * rounds
    random.Random(words.SEED).shuffle(texts)
    taken: list[tuple[float, str]] = []
    with house.engine.connect() as connection:
        for text in [*texts[:20], *texts]:
            begun = time.perf_counter()
            hits = search_store.find(connection, text)
            ids = search_store.newest(connection, hits, _PAGE)
            search_store.shown(connection, hits, ids)
            taken.append(((time.perf_counter() - begun) * 1000, f"{text} ({hits.outcome}, {len(hits.ids)})"))
    measured = taken[20:]
    worst = tuple(f"{ms:.0f} ms {text}" for ms, text in sorted(measured, reverse=True)[:_SLOWEST])
    name = "search without a page: hits, 51 newest, passages"
    return Taken(name, 120, tuple(ms for ms, _ in measured), slowest=worst)


def reports_alone(house: House, rounds: int = 3) -> list[Taken]:
    """The reports of a year, by what they are shown by unless somebody says otherwise, without a page around them."""
    found = []
    for report in Report:
        wish = Wish(report=report, by=AXES[report][0], step=None, zone="Europe/Moscow", period="365d")
        asking, taken = read_reports.ask(wish, {}, now=NOW), []
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            read_reports.answer(house, asking)
            taken.append((time.perf_counter() - begun) * 1000)
        found.append(Taken(f"report of a year without a page, {report}", 1_000, tuple(taken[1:])))
    return found


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many users at once came to."""

    users: int
    pages: int
    seconds: float
    taken: Taken


def crowd(address: str, users: int, count: int) -> Crowd:
    """So many users at once, in a process of their own, each with its own session; they do not wait between pages."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        seconds, answers = pool.apply(_crowd, (address, users, count))
    failed = sum(status != OK for status, _ in answers)
    taken = Taken(f"{users} users at once", None, tuple(s * 1000 for _, s in answers), failed=failed)
    return Crowd(users, len(answers), seconds, taken)


def _crowd(address: str, users: int, count: int) -> tuple[float, list[tuple[int, float]]]:
    visitors = [Visitor(address) for _ in range(users)]
    for visitor in visitors:
        visitor.sign_in()
    with ThreadPoolExecutor(users) as threads:
        begun = time.perf_counter()
        found = list(threads.map(lambda number: _walk(visitors[number], probes.crowd(count, number)), range(users)))
        seconds = time.perf_counter() - begun
    return seconds, [answer for walked in found for answer in walked]


def _walk(visitor: Visitor, addresses: Sequence[str]) -> list[tuple[int, float]]:
    return [(answer.status, answer.seconds) for answer in map(visitor.get, addresses)]


def cool(home: Path) -> bool:
    """Let the system forget the files of the database, as far as it lets us; the server must not run."""
    forgotten = False
    for path in home.rglob("*"):
        if path.is_file() and path.stat().st_size:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                forgotten = True
            finally:
                os.close(handle)
    return forgotten
