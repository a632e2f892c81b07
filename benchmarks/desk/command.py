"""The command `python -m benchmarks desk`: pages of the desk over a million generated requests."""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks import presenting
from benchmarks.desk import measuring, page, probes, register, replay, serving
from benchmarks.desk.page import Figures
from benchmarks.desk.serving import Visitor
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db import embedded, schema
from caseline.db.engine import open_engine
from caseline.settings import Settings

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_QUICK: Final = 10_000
_USERS: Final = 50
_COLD: Final = ("first page, preset open", "search: 60 words, pairs and codes", "card")


def main(words: Sequence[str]) -> None:
    """Generate what is not there yet, measure, print and, when asked, write the document."""
    asked = _parser().parse_args(words)
    count = _QUICK if asked.quick else asked.requests
    home: Path = asked.home or Path(tempfile.gettempdir()) / "caseline-benchmarks" / f"desk-{count}"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)  # as root the server runs under an account of its own, which must get in
    try:
        with _house(home) as house:
            made = _register(house, count)
            if asked.only_make:
                return
            figures = _measure(house, home, count, asked.users, made)
        figures = _cold(home, count, figures)
    finally:
        embedded.stop(home)
    text = "\n".join(page.lines(figures))
    print(text)
    print(f"The register stays in {home}; remove it when you need the room")
    if asked.write:
        presenting.write(text, _DOCUMENT, "desk results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks desk", description="Measure the pages of the desk.")
    parser.add_argument("--requests", type=int, default=1_000_000, help="generated requests (default 1000000)")
    parser.add_argument("--users", type=int, default=_USERS, help=f"users at once (default {_USERS})")
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="where the register is kept between runs")
    parser.add_argument("--only-make", action="store_true", help="generate the register and measure nothing")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} requests, to see whether everything works")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    return parser


@contextmanager
def _house(home: Path) -> Iterator[House]:
    url = embedded.ensure_running(home).url
    schema.upgrade(url)
    engine = open_engine(url)
    try:
        yield House(Settings(home=home), url, engine, connect("embedded", engine))
    finally:
        engine.dispose()


def _register(house: House, count: int) -> dict[str, float]:
    seconds = {}
    if register.made(house) != count:
        seconds["generated"] = register.make(house, count)
        register.tidy(house.url)
    seconds["searchable"] = register.index(house)
    seconds["nothing waits"] = register.index_again(house)
    if seconds["searchable"]:
        register.tidy(house.url)
    return seconds


def _measure(house: House, home: Path, count: int, users: int, made: dict[str, float]) -> Figures:
    machine = _machine()
    taken = [measuring.search_alone(house), *measuring.reports_alone(house)]
    bare = replay.bare(house, (page.TABLE, page.CARD))
    with serving.desk(home) as (address, meters):
        visitor = Visitor(address)
        visitor.sign_in()
        register.unmark(house)
        found, absent = measuring.pages(visitor, meters, probes.probes(count))
        made["indexes of two extra fields"] = register.mark(house)
        found += measuring.pages(visitor, meters, [probes.indexed()])[0]
        crowd = measuring.crowd(address, users, count)
    return Figures(
        machine=machine,
        sizes=register.sizes(house),
        made=made,
        taken=(*taken, *found),
        absent=tuple(absent),
        bare=bare,
        crowd=crowd,
    )


def _cold(home: Path, count: int, figures: Figures) -> Figures:
    """The first look at some kinds after the server was stopped and the system has forgotten its files."""
    embedded.stop(home)
    measuring.cool(home)
    wanted = [probe for probe in probes.probes(count) if probe.name in _COLD and probe.name not in figures.absent]
    with serving.desk(home) as (address, meters):
        visitor = Visitor(address)
        visitor.sign_in()
        cold, _absent = measuring.pages(visitor, meters, [page.once(probe) for probe in wanted], warm=False)
    return page.with_cold(figures, cold)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{when}; {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load average at the start {loads}; one run."
    )
