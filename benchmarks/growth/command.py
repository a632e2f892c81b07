"""The command `python -m benchmarks growth`: what one more costs where there are a thousand, and three million."""

import argparse
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.feedback import register
from benchmarks.feedback.pages import Asks
from benchmarks.feedback.register import NOW, Register
from benchmarks.growth import statements
from benchmarks.mail_in import command as mail_in
from benchmarks.race import Race
from benchmarks.server import Server
from benchmarks.spent import Seconds, Spent
from caseline.actions import answer_ask, relay_events
from caseline.actions.answer_ask import Visitor, Wish
from caseline.actions.relay_events import CONSUMER, News
from caseline.db.engine import open_engine
from caseline.feedback import links

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 3_000_000)
_IMPORTED: Final = 1_000_000
"""More than so many cases take a quarter of an hour to bring in."""
_PART: Final = 250_000
_REQUESTS: Final = 1_000
_MORE: Final = 1_000
"""Events that are read, of one kind in a log of any length."""
_PEOPLE: Final = 300
_MAILS: Final = 500
_PHRASES: Final = 500
_LOOKING: Final = timedelta(seconds=5)
Row = tuple[str, list[Seconds | None], int]
"""(what, what all of them took for each size, how many they were; 0: as many as the size says)."""


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    parser = argparse.ArgumentParser("python -m benchmarks growth", description="What one more costs among many.")
    parser.add_argument("--largest", type=int, default=_SIZES[-1], help="leave out what is longer than that")
    parser.add_argument("--without-import", action="store_true", help="measure everything else")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    asked = parser.parse_args(words)
    sizes = [size for size in _SIZES if size <= asked.largest]
    with servers.running() as server:
        found = [*_kept(server, sizes), _mails(sizes)]
    if not asked.without_import:
        found.insert(0, _imports(sizes))
    text = "\n".join([_machine(), "", *_table(sizes, found)])
    print(text)
    if asked.write:
        presenting.write(text, _DOCUMENT, "growth results")


def _imports(sizes: Sequence[int]) -> Row:
    """Whole imports of so many cases."""
    took: list[Seconds | None] = []
    for size in sizes:
        if size > _IMPORTED:
            took.append(None)
            continue
        with servers.running() as server:
            lap = Race(server, size).run("ours")
        took.append(Seconds(lap.seconds, lap.client_cpu_s, lap.server_cpu_s))
        print(f"import of {size:,}: {lap.cpu_s:.1f} s of CPU", flush=True)
    return "a row that is imported", took, 0


def _mails(sizes: Sequence[int]) -> Row:
    laps = mail_in.measured(_MAILS, sizes, _PHRASES)
    return "a mail that is taken in, among stored mails", [lap.whole for lap in laps], _MAILS


def _kept(server: Server, sizes: Sequence[int]) -> Iterator[Row]:
    """Events and answers, in one register whose history grows from size to size."""
    read: list[Seconds | None] = []
    looked: list[Seconds | None] = []
    saved: list[Seconds | None] = []
    with register.made(server, "growing", _REQUESTS) as made:
        asks, before = Asks(made), 0
        for size in sizes:
            _grow(made, before, size)
            before = size
            read.append(_events(made, server))
            look, save = _answers(made, asks, server)
            looked.append(look)
            saved.append(save)
            print(f"{size:,}: read {read[-1].cpu:.2f}, looked {look.cpu:.2f}, saved {save.cpu:.2f} s", flush=True)  # type: ignore[union-attr]
    yield "an event that is read, in a log of so many", read, _MORE
    yield "a page of an ask, among answers", looked, _PEOPLE
    yield "an answer, among answers", saved, _PEOPLE


def _grow(made: Register, before: int, size: int) -> None:
    for first in range(before + 1, size + 1, _PART):
        last = min(size, first + _PART - 1)
        made.run(*statements.EVENTS, *statements.ANSWERS, first=first, last=last, requests=_REQUESTS)
    made.run(*statements.READ)
    made.tidy()


def _events(made: Register, server: Server) -> Seconds:
    made.run(*statements.EVENTS, first=1, last=_MORE, requests=_REQUESTS)
    spent = Spent(server.pid)
    told: list[News] = []

    def tell(news: Sequence[News]) -> None:
        told.extend(news)

    with spent.on("read"):
        relay_events.run(made.house, tell, now=NOW)
    if len(told) != _MORE:
        raise AssertionError(f"{CONSUMER} was told of {len(told):,} events of {_MORE:,}")
    made.run(*statements.READ)
    return spent.steps["read"]


def _answers(made: Register, asks: Asks, server: Server) -> tuple[Seconds, Seconds]:
    """Pages and answers as the public service has them: over connections that are kept."""
    engine = open_engine(made.house.url, keep=1, prepares=True)
    house, spent = replace(made.house, engine=engine), Spent(server.pid)
    people = [links.read(*path.split("/")[2:5]) for _, path in asks.take(_PEOPLE + 1)]
    for number, link in enumerate(people):
        visitor, now = Visitor(net=f"10.{number // 250}.{number % 250}.0/24", agent="bench"), datetime.now(UTC)
        with spent.on("looked" if number else "first"):
            sight = answer_ask.see(house, link, visitor, now=now)
        if sight is None:
            raise LookupError("the page of a generated ask is not shown: see benchmarks/feedback/pages.py")
        given = {"rating": "5", "comment": "Спасибо"}
        wish = Wish(given=given, submission=sight.submission, mark=sight.mark, language="ru")
        with spent.on("saved" if number else "first"):
            saved = answer_ask.save(house, link, wish, visitor, now=now + _LOOKING)
        if saved is None or not saved.counted:
            raise AssertionError("the answer of a generated ask does not count: see benchmarks/feedback/pages.py")
    engine.dispose()
    return spent.steps["looked"], spent.steps["saved"]


def _machine() -> str:
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    return (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; one run. Milliseconds of CPU each, ours + server."
    )


def _table(sizes: Sequence[int], found: Sequence[Row]) -> Iterator[str]:
    yield f"| | {' | '.join(f'{size:,}' for size in sizes)} |"
    yield f"|---|{'---:|' * len(sizes)}"
    for what, took, number in found:
        cells = [_cell(one, number or size) for one, size in zip(took, sizes, strict=True)]
        yield f"| {what} | {' | '.join(cells)} |"


def _cell(took: Seconds | None, number: int) -> str:
    if took is None:
        return ""
    return f"{took.ours / number * 1000:.2f} + {took.server / number * 1000:.2f}"
