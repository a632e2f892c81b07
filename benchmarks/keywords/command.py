"""The command `python -m benchmarks keywords`: finds phrases in generated letters, and judges learned dictionaries."""

import argparse
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from benchmarks import presenting
from benchmarks.keywords import mails, page, quality
from benchmarks.keywords.contenders import Matchers, Way
from benchmarks.keywords.page import Speeds
from keywords import rehearsal
from keywords.classifier import Classifier

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_SIZES: Final = (5_000, 50_000)
_QUICK: Final = 200
_REHEARSED: Final = 10_000
_EDITED: Final = 10
"""Entries that the rehearsed change concerns."""


class Disagreement(Exception):
    """A contender found something else than it should."""


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    asked = _parser().parse_args(words)
    machine = _machine(asked.runs)
    print(machine, flush=True)
    if not asked.only_quality:
        made = mails.corpus(_QUICK if asked.quick else asked.mails)
        text = "\n".join([machine, "", *page.speeds([_speeds(made, size, asked.runs) for size in _SIZES])])
        _show(text, "keywords results", write=asked.write)
    if asked.texts:
        found = []
        for each in quality.measured(asked.texts):
            print(f"{each.title}: accuracy {each.judgement.accuracy:.3f}, {each.seconds:.0f} s of CPU", flush=True)
            found.append(each)
        _show("\n".join([machine, "", *page.quality(found)]), "keywords quality", write=asked.write)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks keywords", description="Measure the keyword dictionary.")
    parser.add_argument("--mails", type=int, default=3_000, help="letters (default 3000)")
    parser.add_argument("--runs", type=int, default=5, help="repeat each in turn, and take medians (default 5)")
    parser.add_argument(
        "--texts", type=Path, metavar="FOLDER", help="judge dictionaries learned from its train.csv on its test.csv"
    )
    parser.add_argument("--only-quality", action="store_true", help="leave out the speeds")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} letters, to see whether everything agrees")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    return parser


def _show(text: str, name: str, *, write: bool) -> None:
    print(text)
    if write:
        presenting.write(text, _DOCUMENT, name)


def _speeds(made: mails.Corpus, size: int, runs: int) -> Speeds:
    wanted = mails.entries(made, size)
    begun = time.process_time()
    matchers = Matchers(wanted)
    expand_s = time.process_time() - begun
    every = matchers.every()
    found = _agreed(made, every["ours"].found, every["aho"].found)
    spent: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(runs + 1):
        for name, each in every.items():
            spent[name].append(_timed(each.way, made.mails))
    rates = {name: len(made.mails) / median(seconds[1:]) for name, seconds in spent.items()}  # the first fills caches
    for name, rate in rates.items():
        print(f"{size:,} phrases: {every[name].title}: {rate:,.0f} mails/s", flush=True)
    reload_s, rehearsal_s = _reload(made, matchers)
    titles = {name: each.title for name, each in every.items()}
    p99 = quantiles([_timed(every["forms"].way, [mail]) * 1000 for mail in made.mails], n=100)[98]
    return Speeds(size, titles, rates, expand_s, reload_s, rehearsal_s, p99, found)


def _timed(way: Way, letters: Sequence[str]) -> float:
    begun = time.process_time()
    for mail in letters:
        way(mail)
    return time.process_time() - begun


def _agreed(made: mails.Corpus, ours: object, theirs: object) -> float:
    """Mean number of entries found; raises when two ways find different ones."""
    assert callable(ours)  # noqa: S101 - for the type checker
    assert callable(theirs)  # noqa: S101 - as above
    total = 0
    for number, mail in enumerate(made.mails):
        one, other = ours(mail), theirs(mail)
        if one != other:
            raise Disagreement(f"letter {number}: entries {sorted(one ^ other)[:5]} are found by one way only")
        total += len(one)
    return total / len(made.mails)


def _reload(made: mails.Corpus, matchers: Matchers) -> tuple[float, float]:
    begun = time.process_time()
    classifier = Classifier(matchers.forms)
    reload_s = time.process_time() - begun
    letters = (made.mails * (_REHEARSED // len(made.mails) + 1))[:_REHEARSED]
    words: dict[str, str] = {}
    tried = [rehearsal.prepare(number, mail, "", words=words) for number, mail in enumerate(letters)]
    old = rehearsal.decisions(classifier, tried)
    begun = time.process_time()
    gone = rehearsal.touch(matchers.forms[:_EDITED])
    rehearsal.compare(old, Classifier(matchers.forms[_EDITED:]), tried, gone)
    return reload_s, time.process_time() - begun


def _machine(runs: int) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()};"
        f" load average at the start {loads}; medians of {runs} runs in turn, one process, processor seconds."
    )
