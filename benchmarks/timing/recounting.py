"""The command `python -m benchmarks recount`: counts the deadlines of open requests anew for a changed calendar."""

import argparse
import os
import platform
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.spent import Spent
from caseline.actions import edit_calendar, know_calendars, open_request, settle_times, wiring
from caseline.actions.edit_calendar import DayWish
from caseline.actions.wiring import House
from caseline.crm import recount
from caseline.crm.connect import connect
from caseline.crm.intake import Intake
from caseline.db import schema
from caseline.db.engine import open_engine
from caseline.settings import Settings
from caseline.timing.store import Note
from caseline.timing.vocabulary import DayKind

GOAL_S: Final = 10.0
NOW: Final = datetime(2026, 6, 5, 12, tzinfo=UTC)
_DAY: Final = DayWish(date(2026, 6, 8), DayKind.OFF, "benchmark")
_OPEN: Final = """
INSERT INTO crm.record (kind, source, origin, number, subject, stage, category, created_at)
SELECT 'request', 'bench', n::text, n::text, 'Request ' || n, 'new', (ARRAY['a', 'b', 'c'])[1 + n % 3],
  TIMESTAMPTZ '2026-06-01 00:00+00' + n * interval '1.9 seconds'
FROM generate_series(1, :count) AS n
"""
_CATEGORIES: Final = """
INSERT INTO crm.category (code, label, hours) VALUES ('a', 'A', 24), ('b', 'B', 48), ('c', 'C', 72)
"""


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    parser = argparse.ArgumentParser("python -m benchmarks recount", description="Count open requests anew.")
    parser.add_argument("--count", type=int, default=290_000, help="open requests (default 290000)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    asked = parser.parse_args(words)
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    machine = (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, load average {load:.1f}; one run."
    )
    text = measure(asked.count, machine)
    if asked.write:
        presenting.write(text, Path(__file__).parents[2] / "docs" / "benchmarks.md", "recount results")


def measure(count: int, machine: str) -> str:
    """Count `count` open requests anew; answers the figures as Markdown, and prints them."""
    with servers.running() as server:
        spent = Spent(server.pid)
        url = server.copy("recount", of="template0")
        schema.upgrade(url)
        engine = open_engine(url)
        house = House(Settings(home=server.home), url, engine, connect("embedded", engine))
        intake = _fill(house, count)
        _parts(house, intake, spent)
        proposal = edit_calendar.propose_day(house, _DAY, now=NOW)
        with spent.on("all of it: one transaction with its commit"):
            found = edit_calendar.apply(house, proposal, Note(at=NOW, by="benchmark", reason="benchmark"))
        engine.dispose()
        return _told(count, found.moved, machine, spent)


def _fill(house: House, count: int) -> Intake:
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=NOW)
        open_request.stages(connection, intake.cards)
        connection.execute(sa.text(_CATEGORIES))
        connection.execute(sa.text(_OPEN), {"count": count})
    settle_times.settle(house, now=NOW)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE crm.deadline, crm.record, crm.stage_row")
    return intake


def _parts(house: House, intake: Intake, spent: Spent) -> None:
    """The steps by themselves, taken back again."""
    with house.engine.connect() as connection:
        clock = intake.clocks.newest(connection, "ru")
        with spent.on("reading what they are counted from"):
            terms = intake.cards.terms(connection, "ru")
        with spent.on("counting deadlines and warnings in arrays"):
            found = list(recount.count(terms, lambda _mode: clock, lambda _records: {}))
        with spent.on("comparing them, when no deadline moves"):
            for dues in found:
                intake.cards.set_deadlines(connection, dues, 1, reason="benchmark", at=NOW)
        connection.rollback()


def _told(count: int, moved: int, machine: str, spent: Spent) -> str:
    lines = [machine, "", *spent.table(f"{count:,} open requests, {moved:,} deadlines moved and logged")]
    total = list(spent.steps.values())[-1]
    met = "met" if total.wall <= GOAL_S else "NOT met"
    goal = f"{total.wall:.1f} s, {total.cpu:.1f} s of CPU"
    text = "\n".join([*lines, "", f"- 290,000 open requests in at most {GOAL_S:.0f} s: {met} ({goal})"])
    print(text)
    return text
