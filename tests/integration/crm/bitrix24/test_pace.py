"""Requests per second: whatever asks at once, the portal's own rule never refuses a request."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.crm.bitrix24.line import Line
from caseline.crm.bitrix24.pace import Pace
from tests.factories import portal_steps as script
from tests.factories.portal_clock import Bench
from tests.factories.processes import Place

PLACES = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from caseline.crm.bitrix24.line import Line
from caseline.crm.bitrix24.pace import Pace
from caseline.db.engine import open_engine

pace = Pace(Line(open_engine(sys.argv[1])), "p", rate=float(sys.argv[2]), burst=int(sys.argv[3]))
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as threads:
    print(json.dumps(list(threads.map(lambda _n: pace.reserve().at, range(int(sys.argv[4]))))))
"""
LEAVING = PLACES.replace("pace.reserve().at", "(pace.take(), __import__('time').time())[1]")


def refused(instants: Iterable[float], *, rate: float, burst: int) -> int:
    """How many requests a portal refuses: its counter rises by one with each, falls by `rate` a second."""
    counter, last, refusals = 0.0, 0.0, 0
    for instant in sorted(instants):
        counter, last = max(0.0, counter - rate * (instant - last)), instant
        if counter + 1 > burst + 1e-6:
            refusals += 1
        else:
            counter += 1
    return refusals


@pytest.fixture
def line(table: Bench) -> Iterator[Line]:
    """A connection for pace alone."""
    found = Line(table.engine)
    yield found
    found.close()


def paced(line: Line, table: Bench, *, rate: float = 2, burst: int = 50) -> Pace:
    return Pace(line, "p", rate=rate, burst=burst, sleep=table.time.sleep, monotonic=table.time.monotonic)


def share(table: Bench) -> float:
    with table.engine.connect() as connection:
        return float(connection.execute(sa.text("SELECT share FROM portal.pace")).scalar_one())


def in_two_processes(shared_url: str, home: Path, program: str, *, rate: float, burst: int, each: int) -> list[float]:
    """What two processes of four threads tell that begin at once."""
    file = home / "asking.py"
    file.write_text(program, encoding="utf-8")
    words = [sys.executable, str(file), shared_url, str(rate), str(burst), str(each)]
    asking = [
        subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=Place(home).environment(),
            text=True,
        )
        for _n in range(2)
    ]
    try:
        for process in asking:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(2) as threads:
            told = list(threads.map(lambda process: process.communicate("go\n")[0], asking))
    finally:
        for process in asking:
            process.kill()
            process.communicate()
    return [instant for text in told for instant in json.loads(text)]


def test_the_rule_of_the_portal_refuses_whoever_is_too_quick() -> None:
    assert refused([0.0] * 50, rate=2, burst=50) == 0
    assert refused([0.0] * 51, rate=2, burst=50) == 1
    assert refused([n / 2 for n in range(1000)], rate=2, burst=1) == 0
    assert refused([n / 3 for n in range(10)], rate=2, burst=1) > 0


@pytest.mark.parametrize(("burst", "at_once"), [(2, 1), (50, 45)])
def test_two_processes_reserve_what_the_portal_takes(
    table: Bench, shared_url: str, home: Path, burst: int, at_once: int
) -> None:
    slots = in_two_processes(shared_url, home, PLACES, rate=2, burst=burst, each=100)

    assert len(slots) == len(set(slots)) == 200
    assert refused(slots, rate=2, burst=burst) == 0
    assert refused(slots, rate=2, burst=at_once) == 0, "the reserve of the burst is not used"
    assert sum(slot < min(slots) + 60 for slot in slots) > at_once + 50, "and what the portal offers is used"
    assert table.server.asked == []


def test_two_processes_that_really_wait(table: Bench, shared_url: str, home: Path) -> None:
    left = in_two_processes(shared_url, home, LEAVING, rate=4, burst=20, each=14)

    assert len(left) == 28
    assert refused(left, rate=4, burst=20) == 0
    assert table.server.asked == []


def test_a_burst_leaves_at_once_and_then_one_after_the_other(line: Line, table: Bench) -> None:
    pace = paced(line, table)
    for _n in range(44):
        pace.take()
    assert table.time.slept == []
    # A few of the first may still leave at once, if the database's clock has gone on meanwhile.
    slots = [pace.reserve().at for _n in range(60)]
    assert all(0.5 < later - sooner < 0.52 for sooner, later in pairwise(slots[-20:]))
    pace.take()
    assert len(table.time.slept) == 1


def test_after_a_long_pause_the_burst_is_there_again_and_no_more(line: Line, table: Bench) -> None:
    pace = paced(line, table)
    for _n in range(60):
        pace.reserve()
    table.time.pass_by(1000)
    assert sum(pace.reserve().wait == 0 for _n in range(60)) <= 46


def test_portals_do_not_wait_for_one_another(line: Line, table: Bench) -> None:
    pace = paced(line, table, burst=2)
    pace.reserve()
    assert pace.reserve().wait > 0
    assert Pace(line, "other", rate=2, burst=2).reserve().wait == 0


def test_a_refusal_slows_everybody_down_and_the_rate_grows_back(line: Line, table: Bench) -> None:
    pace = paced(line, table)
    struck_at = pace.reserve().at
    pace.strike()
    assert share(table) == 0.5
    slots = [pace.reserve().at for _n in range(10)]
    assert slots[0] - struck_at > 0.9
    assert all(0.8 < later - sooner < 1.1 for sooner, later in pairwise(slots))

    table.time.pass_by(30)
    *_, sooner, later = [pace.reserve().at for _n in range(100)]
    assert 0.5 < later - sooner < 0.75

    table.time.pass_by(90 + pace.reserve().wait)
    *_, sooner, later = [pace.reserve().at for _n in range(60)]
    assert 0.5 < later - sooner < 0.53


def test_refusals_at_once_have_one_cause_and_later_ones_another(line: Line, table: Bench) -> None:
    pace = paced(line, table)
    for _n in range(5):
        pace.strike()
    assert share(table) == 0.5
    for _n in range(20):
        table.time.pass_by(3)
        pace.strike()
    assert 1 / 16 <= share(table) < 0.1


def test_whoever_wakes_up_late_takes_another_slot(line: Line, table: Bench) -> None:
    late = [5.0, 5.0, 0.0]

    def sleep(seconds: float) -> None:
        table.time.sleep(seconds)
        table.time.now += late.pop(0)

    pace = Pace(line, "p", rate=2, burst=2, sleep=sleep, monotonic=table.time.monotonic)
    pace.reserve()
    pace.take()

    assert late == []


def test_threads_of_one_client_keep_to_the_rule(table: Bench) -> None:
    with table.client(rate=4, burst=20, sleep=time.sleep, monotonic=time.monotonic) as portal:
        begin = threading.Barrier(6)

        def ask(_n: int) -> None:
            begin.wait()
            for _turn in range(5):
                portal.read("profile")

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(ask, range(6)))

    assert len(table.server.asked) == 30
    assert refused([asked.at for asked in table.server.asked], rate=4, burst=20) == 0


def test_a_client_strikes_when_the_portal_refuses(table: Bench) -> None:
    table.server.script.append(script.fault(503, "QUERY_LIMIT_EXCEEDED"))
    with table.client() as portal:
        portal.read("profile")
    assert share(table) == 0.5


def test_a_connection_that_broke_is_opened_anew(line: Line, table: Bench) -> None:
    pace, full_at = paced(line, table), sa.text("SELECT max(full_at) FROM portal.pace")
    pace.reserve()
    with table.engine.connect() as connection:
        before = connection.execute(full_at).scalar_one()
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    pace.reserve()
    with table.engine.connect() as connection:
        assert connection.execute(full_at).scalar_one() > before
