"""The command `python -m benchmarks`: runs the contenders and shows what came of it."""

import argparse
import importlib
import json
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks import presenting, race, results
from benchmarks import server as servers
from benchmarks.race import Lap, Race

_ROOT: Final = Path(__file__).parents[1]
_QUICK: Final = 20_000


def main(words: Sequence[str]) -> None:
    """Measure, print, keep the figures as JSON and, when asked, write the document."""
    asked = _parser().parse_args(words)
    cases = _QUICK if asked.quick else asked.cases
    # Told to end, the server must be stopped: SystemExit unwinds, the default would not.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    names = [name for name in race.ORDER if not asked.only or name.removesuffix(" again") in asked.only]
    runs: list[list[Lap]] = []
    with servers.running() as server:
        machine = _machine(str(server.say("SHOW server_version")), asked.runs)
        print(machine, flush=True)
        contest = Race(server, cases)
        for number in range(asked.runs):
            runs.append([])
            for name in names:
                lap = contest.run(name)
                print(f"run {number + 1}: {name}: {lap.seconds:.1f} s, {lap.cpu_s:.1f} s CPU", flush=True)
                runs[-1].append(lap)
                _keep(asked.json, machine, cases, runs)
    found = results.standings(runs)
    presenting.on_screen(found, cases=cases)
    print(f"All figures: {asked.json}")
    if asked.write:
        presenting.write(presenting.as_markdown(found, cases=cases, machine=machine), _ROOT / "docs" / "benchmarks.md")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure the import against its competitors.")
    parser.add_argument("--cases", type=int, default=290_000, help="cases in the export (default 290000)")
    parser.add_argument("--runs", type=int, default=1, help="repeat everything, and take medians")
    parser.add_argument(
        "--only", action="append", choices=results.TITLES, metavar="NAME", help=f"one of {', '.join(results.TITLES)}"
    )
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} cases, to see whether everything works")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("--json", type=Path, default=_ROOT / "build" / "benchmarks.json", help="where the figures go")
    return parser


def _keep(path: Path, machine: str, cases: int, runs: Sequence[Sequence[Lap]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {"machine": machine, "cases": cases, "runs": [[asdict(lap) for lap in laps] for laps in runs]}
    path.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _machine(version: str, runs: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{when}; {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL {version}; load average at the start {loads}; "
        f"{'one run' if runs == 1 else f'medians of {runs} runs'}."
    )


_OTHERS: Final = {
    "timing": "benchmarks.timing.command",
    "recount": "benchmarks.timing.recounting",
    "keywords": "benchmarks.keywords.command",
    "sort": "benchmarks.keywords.sorting",
    "mail-in": "benchmarks.mail_in.command",
    "bitrix24": "benchmarks.bitrix24.command",
    "scaling": "benchmarks.scaling.command",
    "growth": "benchmarks.growth.command",
    "mail": "benchmarks.mail.command",
    "desk": "benchmarks.desk.command",
    "feedback": "benchmarks.feedback.command",
}
"""Other benchmarks by their word, loaded when they are wanted: the import's contenders shall not pay for it."""

if __name__ == "__main__":
    other = _OTHERS.get(next(iter(sys.argv[1:]), ""))
    if other is None:
        main(sys.argv[1:])
    else:
        importlib.import_module(other).main(sys.argv[2:])
