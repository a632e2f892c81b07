"""The command `python -m benchmarks timing`: counts a million cases in every way and shows what came of it."""

import argparse
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from benchmarks import presenting
from benchmarks.timing import contenders, page
from benchmarks.timing.cases import Cases, Seconds
from benchmarks.timing.contenders import Contender, Way
from caseline.timing.clock import Clock

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_QUICK: Final = 20_000
_WARM_UP: Final = 100


class Disagreement(Exception):
    """A contender counted something else than it should."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor seconds that a contender took for all cases, scaled up from its sample."""

    title: str
    sample: int
    deadlines_s: float | None
    durations_s: float | None


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    asked = _parser().parse_args(words)
    count = _QUICK if asked.quick else asked.cases
    cases = Cases.some(count)
    machine = _machine(asked.runs)
    print(machine, flush=True)
    every = contenders.every(count)
    speeds = {name: _measured(each, cases, asked.runs) for name, each in every.items()}
    page.on_screen(speeds, count)
    if asked.write:
        text = page.as_markdown(speeds, count, machine)
        presenting.write(text, _DOCUMENT, "timing results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks timing", description="Measure deadlines and durations.")
    parser.add_argument("--cases", type=int, default=1_000_000, help="deadlines and durations (default 1000000)")
    parser.add_argument("--runs", type=int, default=5, help="repeat each, and take medians (default 5)")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} cases, to see whether everything agrees")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    return parser


def _measured(each: Contender, cases: Cases, runs: int) -> Speed:
    sample = cases.first(each.sample)
    _ = sample.as_datetimes  # made before the clock starts: what a contender takes is its caller's to make
    found: list[float | None] = []
    for kind, way in (("deadlines", each.deadlines), ("durations", each.durations)):
        if way is None:
            found.append(None)
            continue
        seconds, answer = _timed(way, sample, runs)
        found.append(seconds * len(cases.starts) / each.sample)
        print(f"{each.title}: {kind} of {each.sample:,} in {seconds:.3f} s of CPU", flush=True)
        if each.like:
            _agree(each, kind, answer, _expected(each.like, kind, sample))
    return Speed(each.title, each.sample, *found)


def _timed(way: Way, sample: Cases, runs: int) -> tuple[float, Seconds]:
    way(sample.first(_WARM_UP))
    spent = []
    answer = np.array([], dtype=np.int64)
    for _ in range(runs):
        begun = time.process_time()
        answer = way(sample)
        spent.append(time.process_time() - begun)
    return median(spent), answer


def _expected(clock: Clock, kind: str, cases: Cases) -> Seconds:
    if kind == "deadlines":
        return clock.deadlines(cases.starts, cases.targets)
    return clock.business(cases.starts, cases.ends)


def _agree(each: Contender, kind: str, answer: Seconds, expected: Seconds) -> None:
    wrong = np.flatnonzero(answer != expected)
    if len(wrong):
        row = int(wrong[0])
        what = f"{len(wrong)} of {len(answer)} {kind}, first in row {row}: {answer[row]} instead of {expected[row]}"
        raise Disagreement(f"{each.title} counts otherwise: {what}")


def _machine(runs: int) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" numpy {np.__version__}; load average at the start {loads};"
        f" {'one run' if runs == 1 else f'medians of {runs} runs'}, one process, processor seconds."
    )
