"""The command `python -m benchmarks mail-in`: from raw mails to categorised requests, among few and many ids."""

import argparse
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks import presenting
from benchmarks import server as servers
from benchmarks.mail_in import post, register
from benchmarks.server import Server
from benchmarks.spent import Seconds, Spent
from caseline.actions import take_in_mail, take_in_mails, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.db import schema
from caseline.mail import message
from caseline.mail.clues import Gathering, Signs
from caseline.mail.threads import Rules, judge
from caseline.people import store as people

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_NOW: Final = post.BEGIN + timedelta(hours=2)
_SIZES: Final = (10_000, 1_000_000)
_QUICK: Final = (300, (1_000, 10_000))
_WARM_UP: Final = 100
_GOAL: Final = 200
_TIMES: Final = 2
_THREADED: Final = 1_000
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE verdict ->> 'act' = 'join'),
  (SELECT count(category) FROM crm.record AS r WHERE r.source IS NULL)
FROM mail.mail
"""


class Disagreement(Exception):
    """Not every mail came where it belongs."""


@dataclass(frozen=True, slots=True)
class Lap:
    """What taking in cost in a register with so many ids."""

    stored: int
    mails: int
    joined: int
    categorised: int
    whole: Seconds
    parsing: Seconds
    threading: Seconds
    threaded: int


def main(words: Sequence[str]) -> None:
    """Measure, print and, when asked, write the document."""
    parser = argparse.ArgumentParser("python -m benchmarks mail-in", description="Take in mails, end to end.")
    parser.add_argument("--mails", type=int, default=2_000, help="mails that are taken in (default 2000)")
    parser.add_argument("--phrases", type=int, default=5_000, help="entries of the dictionary (default 5000)")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK[0]} mails, to see whether everything works")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    asked = parser.parse_args(words)
    when, load = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0]
    machine = (
        f"{when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" load average {load:.1f}; one run."
    )
    count, sizes = _QUICK if asked.quick else (asked.mails, _SIZES)
    text = "\n".join([machine, "", *_told(measured(count, sizes, asked.phrases))])
    print(text)
    if asked.write:
        presenting.write(text, _DOCUMENT, "mail-in results")


def measured(count: int, sizes: Sequence[int], phrases: int) -> list[Lap]:
    """Take in so many mails, in a register with so many ids for each size."""
    made = post.post(count + _WARM_UP)
    with servers.running() as server:
        url = server.copy("filled", of="template0")
        schema.upgrade(url)
        house = register.house(server, url)
        register.fill(house, url, phrases)
        house.engine.dispose()
        return [_lap(server, made, stored) for stored in sizes]


def _lap(server: Server, made: Sequence[bytes], stored: int) -> Lap:
    url = server.copy("taking_in", of="filled")
    register.keep_ids(url, stored)
    house, spent = register.house(server, url), Spent(server.pid)
    register.receive(house, made)
    take_in = take_in_mail.taker(house, clock=_clock)
    take_in_mails.take_in_mails(house, take_in, clock=_clock, most=_WARM_UP)
    with spent.on("whole"):
        told = take_in_mails.take_in_mails(house, take_in, clock=_clock)
    mails = made[_WARM_UP:]
    with spent.on("parsing"):
        read = [message.read(raw) for raw in mails]
    threaded = read[-_THREADED:]
    with spent.on("threading"):
        _thread(house, threaded)
    done, joined, categorised = _counted(house)
    house.engine.dispose()
    if told.done != len(mails) or done != len(made):
        raise Disagreement(f"{told.done} of {len(mails)} mails were taken in: {told.reasons[:3]}")
    steps = spent.steps
    print(f"{stored:,} ids: {len(mails) / steps['whole'].ours:,.0f} mails/s of our CPU", flush=True)
    return Lap(
        stored, len(mails), joined, categorised, steps["whole"], steps["parsing"], steps["threading"], len(threaded)
    )


def _clock() -> datetime:
    return _NOW


def _thread(house: House, mails: Sequence[message.Mail]) -> None:
    """Look for what mails belong to, and nothing else."""
    with house.engine.connect() as connection:
        take_in_mails.prepare(connection)
        mint = wiring.mint(house, connection, now=_NOW)
        gathering = Gathering(connect.timelines("embedded"), mint, people.is_staff)
        for mail in mails:
            clues = gathering.gathered(connection, Signs.of(mail)).clues
            sender = mail.sender.address.lower() if mail.sender else None
            judge(clues, gathering.states(connection, clues, sender), now=_NOW, rules=Rules())


def _counted(house: House) -> tuple[int, int, int]:
    with house.engine.connect() as connection:
        done, joined, categorised = connection.execute(sa.text(_COUNTS)).one()
    return done, joined, categorised


def _told(laps: Sequence[Lap]) -> list[str]:
    columns = ("ids stored before", "mails", "mails/s of our CPU", "of the wall", "CPU ms a mail, ours + server")
    lines = [
        f"| {' | '.join((*columns, 'of which parsing', 'threading alone, ours + server'))} |",
        f"|{'---:|' * (len(columns) + 2)}",
    ]
    for lap in laps:
        cells = [
            f"{lap.stored:,}",
            f"{lap.mails:,}",
            f"{lap.mails / lap.whole.ours:,.0f}",
            f"{lap.mails / lap.whole.wall:,.0f}",
            f"{_ms(lap.whole.ours, lap.mails)} + {_ms(lap.whole.server, lap.mails)}",
            _ms(lap.parsing.ours, lap.mails),
            f"{_ms(lap.threading.ours, lap.threaded)} + {_ms(lap.threading.server, lap.threaded)}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    small, large = laps[0], laps[-1]
    rate, times = small.mails / small.whole.ours, large.threading.cpu / small.threading.cpu
    goal = f"threading with {large.stored:,} ids at most {_TIMES} x that with {small.stored:,}"
    return [
        *lines,
        "",
        f"- {small.joined:,} of the mails joined a request; {small.categorised:,} requests got a category",
        f"- at least {_GOAL} mails/s of one core: {_met(met=rate >= _GOAL)} ({rate:,.0f})",
        f"- {goal}: {_met(met=times <= _TIMES)} ({times:.2f})",
    ]


def _ms(seconds: float, number: int) -> str:
    return f"{seconds / number * 1000:.2f}"


def _met(*, met: bool) -> str:
    return "met" if met else "NOT met"
