"""One contender in a process of its own, so that its memory and processor time are its own: `python -m ... NAME`.

Reads a `Job` as JSON from standard input, writes an `Outcome` as the last line of standard output. What a contender
imports is loaded before the clock starts, so nobody pays for the start of Python.
"""

import importlib
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from benchmarks import meter


@dataclass(frozen=True)
class Job:
    """What to import."""

    url: str
    folder: str
    """Holds Case.csv."""
    home: str
    """CASELINE_HOME."""
    scratch: str
    """An empty folder for files of the contender."""


@dataclass(frozen=True)
class Outcome:
    """What it took."""

    seconds: float
    cpu_s: float
    peak_mb: float
    rows: int
    extra: dict[str, Any] = field(default_factory=dict)


PLACES: Final = {
    "raw": "benchmarks.by_sql:raw",
    "expert": "benchmarks.by_sql:expert",
    "duties": "benchmarks.by_sql:same_duties",
    "dlt": "benchmarks.by_dlt:run",
    "pandas": "benchmarks.by_pandas:run",
    "ours": "benchmarks.by_us:run",
    "counted": "benchmarks.by_us:counted",
    "row by row": "benchmarks.by_us:row_by_row",
    "trusting": "benchmarks.by_us:trusting",
    "rehearsal": "benchmarks.by_us:rehearse",
    "flow": "benchmarks.by_flow:run",
    "profile": "benchmarks.by_us:profiled",
}
"""Contender by name; its function answers (rows it brought in, anything else to tell)."""

Runner = Callable[[Job], tuple[int, dict[str, Any]]]


def main(words: list[str]) -> None:
    """Run the contender named by the only word."""
    (name,) = words
    job = Job(**json.load(sys.stdin))
    logging.basicConfig(level=logging.WARNING)
    module, _, function = PLACES[name].partition(":")
    runner: Runner = getattr(importlib.import_module(module), function)
    used, begun = meter.own_cpu_s(), time.perf_counter()
    rows, extra = runner(job)
    seconds = time.perf_counter() - begun
    outcome = Outcome(seconds, meter.own_cpu_s() - used, meter.own_peak_mb(), rows, extra)
    print("\n" + json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
