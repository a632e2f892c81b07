"""The command `python -m benchmarks feedback`: asking about a register, idle rounds, the public pages under load."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.feedback import page, pages, register, rounds, triggering
from benchmarks.feedback.page import Asked, Rounds
from benchmarks.server import Server

if TYPE_CHECKING:
    from benchmarks.feedback.triggering import Spent

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_SMALL: Final = 10_000
_QUICK: Final = 5_000
_PARTS: Final = ("asking", "rounds", "pages")


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    asked = _parser().parse_args(words)
    count = _QUICK if asked.quick else asked.requests
    small = _QUICK // 2 if asked.quick else _SMALL
    wanted = asked.only or list(_PARTS)
    # Told to end, the server must be stopped: SystemExit unwinds, the default would not.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    machine = _machine()
    found: dict[str, list[str]] = {}
    with servers.running() as server:
        if {"asking", "rounds"} & set(wanted):
            found |= _asking(server, small, count, wanted)
        if "pages" in wanted:
            found["pages"] = _pages(server, small, asked)
    for name in wanted:
        print("\n".join(["", *found[name]]))
        if asked.write:
            presenting.write("\n".join([machine, "", *found[name]]), _DOCUMENT, f"feedback {name} results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks feedback", description="Measure feedback.")
    parser.add_argument("--requests", type=int, default=290_000, help="closed requests (default 290000)")
    parser.add_argument("--only", action="append", choices=_PARTS, help="some of it")
    parser.add_argument("--runs", type=int, default=3, help="rounds beside the bare application (default 3)")
    parser.add_argument("--seconds", type=float, default=60, help="how long 200 people come (default 60)")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} requests, to see whether everything works")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    return parser


def _asking(server: Server, small: int, count: int, wanted: Sequence[str]) -> dict[str, list[str]]:
    """Both need registers that were asked about: they are made once."""
    done, idle = [], []
    bare: tuple[Spent, Spent] | None = None
    for name, size in (("small", small), ("large", count)):
        with register.made(server, name, size) as one:
            if size == count and "asking" in wanted:
                bare = triggering.bare(one, server.pid)
            done.append(triggering.run(one, server.pid))
            print(f"{size:,} requests: asked about in {done[-1].all.seconds:.1f} s", flush=True)
            if "rounds" not in wanted:
                continue
            rounds.age(one)
            idle.append(rounds.run(one))
            for each in idle[-1]:
                print(f"{size:,} requests: {each.name}: {each.ms:.0f} ms; most pages: {each.widest}", flush=True)
    found = {}
    if bare is not None:
        found["asking"] = list(page.asked(Asked(done[0], done[1], *bare)))
    if idle:
        found["rounds"] = list(page.rounds(Rounds((small, count), idle[0], idle[1])))
    return found


def _pages(server: Server, size: int, asked: argparse.Namespace) -> list[str]:
    with register.made(server, "pages", size) as one:
        runs, seconds, each = (1, 5, 80) if asked.quick else (asked.runs, asked.seconds, 800)
        return list(page.pages(pages.run(one, server.pid, rounds=runs, seconds=seconds, each=each)))


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{when}; {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load average at the start {loads}; one run."
    )
