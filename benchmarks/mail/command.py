"""The command `python -m benchmarks mail`: reads ordinary mails, beside the standard library, and one of 100 MB."""

import argparse
import email
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import meter, presenting
from benchmarks.mail import letters
from caseline.mail import message

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_LARGE_MB: Final = 100
_RATE, _RATIO = 800, 0.5
_QUICK: Final = 100
_MEMORY: Final = "--one-large-mail"
"""Asks for the measurement of memory, in a process of its own."""


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    if words[:1] == [_MEMORY]:
        print(_memory(words[1]))
        return
    asked = _parser().parse_args(words)
    text = _table(letters.ordinary(_QUICK if asked.quick else asked.mails), asked.runs)
    print(text)
    if asked.write:
        presenting.write(text, _DOCUMENT, "mail results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks mail", description="Measure the reading of mails.")
    parser.add_argument("--mails", type=int, default=1_000, help="mails (default 1000)")
    parser.add_argument("--runs", type=int, default=5, help="repeat each in turn, and take medians (default 5)")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} mails, to see whether it works")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    return parser


def _table(mails: list[bytes], runs: int) -> str:
    ways: dict[str, Callable[[bytes], object]] = {
        "`email.message_from_bytes`, which decodes nothing": email.message_from_bytes,
        "the same, and all parts decoded": _decoded,
        "caseline, `message.read`": message.read,
        "caseline, and its HTML made safe": _shown,
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, way in ways.items():
            spent[name].append(_timed(way, mails))
    rates = {name: len(mails) / median(seconds[1:]) for name, seconds in spent.items()}  # the first fills caches
    anchor, _both, ours, _safe = rates.values()
    kilobytes = sum(map(len, mails)) / len(mails) / 1000
    used = float(_own_process())
    rows = [f"| {name} | {rate:,.0f} | {rate / anchor:.2f} |" for name, rate in rates.items()]
    lines = [
        _machine(runs),
        "",
        f"| {len(mails):,} ordinary mails, {kilobytes:.0f} kB each | mails/s | x stdlib |",
        "|---|---:|---:|",
        *rows,
        "",
        f"- at least {_RATE} mails/s on one core: {_met(met=ours >= _RATE)} ({ours:,.0f})",
        f"- at least {_RATIO} of the rate of the first: {_met(met=ours >= _RATIO * anchor)} ({ours / anchor:.2f})",
        f"- a mail of {_LARGE_MB} MB is read in {used:.0f} MB on top of itself",
    ]
    return "\n".join(lines)


def _timed(way: Callable[[bytes], object], mails: list[bytes]) -> float:
    begun = time.process_time()
    for raw in mails:
        way(raw)
    return time.process_time() - begun


def _decoded(raw: bytes) -> list[object]:
    return [part.get_payload(decode=True) for part in email.message_from_bytes(raw).walk()]


def _shown(raw: bytes) -> str:
    mail = message.read(raw)
    return mail.html.safe() if mail.html else ""


def _own_process() -> str:
    """Megabytes, measured in a process that has read the mail from a file: building it takes memory, too."""
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write(letters.huge(_LARGE_MB))
        file.flush()
        words = [sys.executable, "-m", "benchmarks", "mail", _MEMORY, file.name]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ourselves


def _memory(path: str) -> float:
    message.read(letters.ordinary(1)[0])
    raw = Path(path).read_bytes()
    before = meter.own_peak_mb()
    mail = message.read(raw)
    if len(mail.attachments) != 1 or mail.attachments[0].size < _LARGE_MB * 700_000:
        raise AssertionError("the large mail was not read")
    return meter.own_peak_mb() - before


def _met(*, met: bool) -> str:
    return "met" if met else "NOT met"


def _machine(runs: int) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; medians of {runs} runs in turn, one process, processor seconds."
    )
