"""Sorting that is killed, at whatever moment, is completed exactly by starting it again."""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

import psutil
import pytest

from tests.factories import processes, sorting_truth, sortings, trials
from tests.factories.processes import Place, Process
from tests.factories.sorting_truth import Before
from tests.factories.trials import Disk, Export

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
SEEDS: Final = range(20_261_130, 20_261_136)
CASES: Final = 20_000
PROCESSES: Final = 2
PART_S: Final = 0.3
"""About the time that a process takes for its next part."""
SORT: Final = (*processes.COMMAND, "keywords", "sort", "--processes", str(PROCESSES), "--json")
SAID: Final = "version = (SELECT version FROM keywords.dictionary)"


@dataclass(frozen=True)
class Register:
    """An imported register that nobody has sorted: its database, and what there is to sort."""

    database: str
    was: Before


@dataclass(frozen=True)
class Stand:
    """How far sorting has come: when something was said of which request, which events there are, how many deadlines."""

    said: dict[int, datetime] = field(default_factory=dict)
    events: frozenset[int] = frozenset()
    deadlines: int = 0

    def phase(self, was: Before) -> str:
        """What is going on."""
        if not self.said:
            return "nothing yet"
        if len(self.said) < len(was.said):
            return "in the middle"
        return "done" if self.deadlines > len(was.deadlines) else "no deadlines yet"


@pytest.fixture(scope="module")
def register(disk: Disk, export: Callable[[int], Export]) -> Iterator[Register]:
    """Prepare a register once; every trial sorts a copy of it."""
    place = disk.make()
    was = sortings.prepare(place, export(CASES).folder)
    found = Counter(decision.category for decision in was.said.values())
    assert len(was.said) > CASES * 0.9
    assert all(found[category] > CASES * 0.02 for category in (*sortings.CATEGORIES, None)), found
    yield Register(trials.database_of(place), was)
    disk.drop(place)


@pytest.fixture
def place(disk: Disk, register: Register) -> Iterator[Place]:
    """Make a copy of the register."""
    made = disk.make(register.database)
    yield made
    disk.drop(made)


def test_sorting_killed_at_any_moment_is_completed_exactly(
    disk: Disk, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, hits = _unbroken(disk, register), Counter[str]()
    for seed in SEEDS:
        chance, place = random.Random(seed), disk.make(register.database)
        first = _killed(disk, place, chance, Killing(least=int(len(register.was.said) * chance.uniform(0.01, 0.9))))
        second = _killed(disk, place, chance, Killing(after_s=whole * chance.uniform(0.2, 0.9), before=first))
        told = [f"{stand.phase(register.was)} with {len(stand.said):,} sorted" for stand in (first, second)]
        hits.update(stand.phase(register.was) for stand in (first, second))
        complaints = _completed(disk, place, register.was, second)
        with capsys.disabled():
            sys.stdout.write(f"\n  {seed}: killed {', then '.join(told)}; {len(complaints)} complaints")
            sys.stdout.flush()
        assert not complaints, (seed, told, complaints[:10])
        disk.drop(place)
    with capsys.disabled():
        sys.stdout.write(f"\n  undisturbed it takes {whole:.2f} s; hits: {dict(hits)}\n")
    assert hits["in the middle"] >= len(SEEDS) / 2, hits


def test_sorting_killed_before_its_deadlines_gives_them_when_started_again(
    disk: Disk, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    hits = Counter[str]()
    for seed in SEEDS:
        place = disk.make(register.database)
        with processes.leading(place, *SORT) as process:
            _wait_for(process, partial(_says, place, len(register.was.said)), "all requests are sorted")
            time.sleep(random.Random(seed).uniform(0, 0.2))
            processes.kill_group(process)
            process.wait()
        stand = _stand(disk, place, before=Stand())
        hits[stand.phase(register.was)] += 1
        complaints = _completed(disk, place, register.was, stand)
        assert not complaints, (seed, hits, complaints[:10])
        disk.drop(place)
    with capsys.disabled():
        sys.stdout.write(f"\n  {dict(hits)}\n")
    assert hits["no deadlines yet"], hits


def test_processes_that_sort_end_when_their_command_is_killed(disk: Disk, register: Register, place: Place) -> None:
    with processes.leading(place, *SORT) as process:
        _wait_for(process, partial(_says, place, 1), "something is sorted")
        children = psutil.Process(process.pid).children()
        process.kill()
        processes.wait_for(lambda: not any(map(_lives, children)), "its processes have ended")
    assert len(children) >= PROCESSES
    stand = _stand(disk, place, before=Stand())
    assert stand.phase(register.was) == "in the middle"
    assert _completed(disk, place, register.was, stand) == []


def _ctrl_c(process: Process) -> None:
    os.killpg(process.pid, signal.SIGINT)


def _tell_to_end(process: Process) -> None:
    process.terminate()


def _kill_one(process: Process) -> None:
    psutil.Process(process.pid).children()[-1].kill()


@pytest.mark.parametrize(
    ("disturb", "ends"),
    [(_ctrl_c, (130, "Stopped")), (_tell_to_end, (130, "Stopped")), (_kill_one, (1, "was killed"))],
    ids=["Ctrl-C", "told to end", "one of its processes killed"],
)
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_sorting_that_is_disturbed_ends_with_words_and_goes_on_when_started_again(
    disk: Disk, register: Register, place: Place, disturb: Callable[[Process], None], ends: tuple[int, str], seed: int
) -> None:
    with processes.leading(place, *SORT) as process:
        _wait_for(process, partial(_has_children, process), "its processes have begun")
        time.sleep(random.Random(seed).uniform(0, 1.2))
        disturb(process)
        done = processes.finish(process)
    code, word = ends
    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    stand = _stand(disk, place, before=Stand())
    assert stand.phase(register.was) != "done"
    assert _completed(disk, place, register.was, stand) == []


def _unbroken(disk: Disk, register: Register) -> float:
    """Seconds that sorting takes when nobody disturbs it, interpreter and all."""
    place, begun = disk.make(register.database), time.monotonic()
    done = processes.run(place, *SORT)
    whole = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    assert sorting_truth.complaints(place.url or "", register.was) == []
    disk.drop(place)
    return whole


@dataclass(frozen=True)
class Killing:
    """When to kill: after a time, or when so many requests are sorted; and how far it was before it began."""

    least: int = 0
    after_s: float = 0
    before: Stand = Stand()


def _killed(disk: Disk, place: Place, chance: random.Random, killing: Killing) -> Stand:
    """Kill a command with its processes, or alone: then they have to see for themselves that nobody needs them."""
    with processes.leading(place, *SORT) as process:
        if killing.least:
            _wait_for(process, partial(_says, place, killing.least), "it has sorted so many")
        time.sleep(killing.after_s or chance.uniform(0, PART_S))
        if chance.random() < 0.5:
            processes.kill_group(process)
        else:
            process.kill()
        assert process.wait() in {0, -signal.SIGKILL}
        return _stand(disk, place, before=killing.before)


def _stand(disk: Disk, place: Place, *, before: Stand) -> Stand:
    """How far it is when the server has seen that all of it has ended; what stood before stands as it did."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    name = [trials.database_of(place)]
    processes.wait_for(lambda: disk.observer.execute(query.encode(), name).fetchone() == (0,), "everybody is gone")
    said = trials.rows(place, f"SELECT record_id, at FROM keywords.scored WHERE {SAID}")
    events = trials.rows(place, "SELECT id FROM crm.event WHERE type = 'category_set'")
    deadlines = trials.value(place, "SELECT count(*) FROM crm.deadline")
    stand = Stand(dict(said), frozenset(row[0] for row in events), deadlines)
    assert before.said.items() <= stand.said.items(), "something was sorted twice"
    assert before.events <= stand.events
    return stand


def _completed(disk: Disk, place: Place, was: Before, stand: Stand) -> list[str]:
    """Sort to the end; answers everything that is not as it has to be."""
    done = processes.run(place, *SORT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["looked_at"] == len(was.said) - len(stand.said)
    _stand(disk, place, before=stand)
    return sorting_truth.complaints(place.url or "", was)


def _wait_for(process: Process, condition: Callable[[], bool], what: str) -> None:
    def comes_true() -> bool:
        assert process.poll() is None, f"the command ended before {what}"
        return condition()

    processes.wait_for(comes_true, what, pause_s=0.02)


def _says(place: Place, least: int) -> bool:
    """Whether the dictionary has said something of so many requests."""
    return bool(trials.value(place, f"SELECT count(*) >= {least} FROM keywords.scored WHERE {SAID}"))


def _has_children(process: Process) -> bool:
    """Whether all processes are there that share the work; one more keeps what they share."""
    return len(psutil.Process(process.pid).children()) > PROCESSES


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
