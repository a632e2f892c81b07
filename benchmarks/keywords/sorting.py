"""The command `python -m benchmarks sort`: gives an archive of requests the categories that a dictionary finds."""

import argparse
import os
import platform
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.keywords import archive
from benchmarks.keywords.archive import NOW
from benchmarks.server import Server
from benchmarks.spent import Spent
from caseline.actions import sort_requests, wiring
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db import schema
from caseline.db.engine import open_engine
from caseline.settings import Settings

GOAL_S: Final = 90.0
_READ_AT_ONCE: Final = 20_000
_READING: Final = "limit: reading the texts, one connection"
_FOLDING: Final = "limit: one casefold pass over them"
_UPDATE: Final = "limit: one bare UPDATE of the rows that get a category, with its commit"
_LIMIT: Final = (_READING, _FOLDING, _UPDATE)
_MATCHING: Final = "matching alone, one process"
_FOUND: Final = "CREATE TEMP TABLE found (id bigint PRIMARY KEY, code text)"
_BARE: Final = """
UPDATE crm.record AS r
SET category = found.code, category_by = 'keywords', category_set_at = now(), category_first_set_at = r.created_at
FROM found WHERE found.id = r.id
"""
_SORTED: Final = """
SELECT r.id, r.category FROM crm.record AS r
JOIN crm.category AS c ON c.code = r.category AND c.group_id = r.group_id
JOIN crm.deadline AS d ON d.record_id = r.id AND d.target_s = 3600 * c.hours
WHERE r.version = 1
"""


class Disagreement(Exception):
    """Sorting has found something else than the matcher by itself."""


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    asked = _parser().parse_args(words)
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    machine = (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; one run."
    )
    text = "\n".join([machine, "", *measure(asked.count, asked.phrases, asked.processes)])
    print(text)
    if asked.write:
        presenting.write(text, Path(__file__).parents[2] / "docs" / "benchmarks.md", "sorting results")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks sort", description="Sort an archive by the dictionary.")
    parser.add_argument("--count", type=int, default=290_000, help="imported requests (default 290000)")
    parser.add_argument("--phrases", type=int, default=5_000, help="entries of the dictionary (default 5000)")
    parser.add_argument("--processes", type=int, default=2, help="processes that share the work (default 2)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    return parser


def measure(count: int, phrases: int, processes: int) -> list[str]:
    """Sort so many requests; answers the figures as Markdown."""
    with servers.running() as server:
        spent = Spent(server.pid)
        url = server.copy("filled", of="template0")
        schema.upgrade(url)
        house = _house(server, url)
        archive.fill(house, url, count, phrases)
        found = _alone(house, spent)
        house.engine.dispose()
        sorting = _house(server, server.copy("sorted", of="filled"))
        with spent.on(_UPDATE):
            _update(url, found)
        whole = f"all of it: {processes} processes"
        with spent.on(whole):
            shared_s = _sort(sorting, processes)
        _agree(sorting, found)
        sorting.engine.dispose()
    return [
        *spent.table(f"{count:,} requests, {phrases:,} entries; {len(found):,} got category, group and deadline"),
        "",
        *(f"- {line}" for line in _lines(spent, whole, (count, processes), shared_s)),
    ]


def _house(server: Server, url: str) -> House:
    engine = open_engine(url)
    return House(Settings(home=server.home), url, engine, connect("embedded", engine))


def _alone(house: House, spent: Spent) -> dict[int, str]:
    """Read and match the texts by themselves; answers the categories that are found."""
    intake, found = wiring.intake(house), {}
    with house.engine.connect() as connection:
        loaded = house.words.now(connection)
        for first, last, _ in intake.cards.unsorted(connection, loaded.version, _READ_AT_ONCE):
            with spent.on(_READING):
                texts = intake.cards.unsorted_texts(connection, (first, last), loaded.version)
            with spent.on(_FOLDING):
                for text in texts:
                    text.description.casefold()
            with spent.on(_MATCHING):
                said = [(text.id, loaded.say(text.description, text.subject).decision.category) for text in texts]
            found.update({number: category for number, category in said if category is not None})
    return found


def _update(url: str, found: Mapping[int, str]) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET caseline.sorting = 'on'")
        cursor.execute(_FOUND)
        with cursor.copy("COPY found FROM STDIN") as rows:
            for pair in found.items():
                rows.write_row(pair)
        cursor.execute(_BARE)


def _sort(house: House, processes: int) -> float:
    """Sort as the command does; answers the seconds until the last part was committed."""
    begun = ended = time.perf_counter()

    def watch(_done: int, _total: int) -> None:
        nonlocal ended
        ended = time.perf_counter()

    sort_requests.sort(house, processes=processes, now=NOW, watch=watch)
    return ended - begun


def _agree(house: House, found: Mapping[int, str]) -> None:
    with house.engine.connect() as connection:
        sorted_ones = {row.id: row.category for row in connection.execute(sa.text(_SORTED))}
        categorised = connection.execute(sa.text("SELECT count(category) FROM crm.record")).scalar_one()
    if sorted_ones != found or categorised != len(found):
        wrong = [number for number in found.keys() | sorted_ones.keys() if found.get(number) != sorted_ones.get(number)]
        raise Disagreement(
            f"{len(found)} categories are found, {categorised} were set; not complete or another: {wrong[:5]}"
        )


def _lines(spent: Spent, whole: str, size: tuple[int, int], shared_s: float) -> list[str]:
    (count, processes), total, matching = size, spent.steps[whole], spent.steps[_MATCHING]
    limit_s = sum(spent.steps[name].wall for name in _LIMIT)
    met = "met" if total.wall < GOAL_S else "NOT met"
    goal = f"{count:,} requests in less than {GOAL_S:.0f} s with {processes} processes: {met}"
    rate = f"{total.wall:.1f} s, {count / total.wall:,.0f} requests/s, {total.cpu:.0f} s of CPU"
    matched, served = matching.cpu / total.cpu, total.server / total.cpu
    rest = f"{1 - matched - served:.0%} texts and answers on their way, and the start of processes"
    followed = f"groups and deadlines, in one process, took {total.wall - shared_s:.1f} s"
    return [
        f"{goal} ({rate})",
        f"of the CPU {matched:.0%} are matching, {served:.0%} the database, {rest}",
        f"the last part was committed after {shared_s:.1f} s; {followed}",
        f"{total.wall / limit_s:.1f} x the limit, which one process reaches in {limit_s:.1f} s",
    ]
