"""An import that is killed, at whatever moment, is completed exactly by starting it again."""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.factories import phases, processes, trials, verdict
from tests.factories.processes import Place
from tests.factories.trials import Disk, Export

SEED = 20_261_122
TRIALS, MOST_TRIALS = int(os.environ.get("TEST_TRIALS", "25")), 40
"""Whoever has no time tries fewer."""
CASES, BLOCK, WORKERS = 20_000, 700_000, 2
FEWEST_BATCHES = 20
HISTORY_TRIALS = 6
ENDED = "had ended, a second run"


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_an_import_killed_at_any_moment_is_completed_exactly(
    disk: Disk, export: Callable[[int], Export], capsys: pytest.CaptureFixture[str]
) -> None:
    sample = export(CASES)
    whole = _unbroken(disk, sample)
    chance, hits = random.Random(SEED), Counter[str]()
    for trial in range(1, MOST_TRIALS + 1):
        # So many moments in any case; then the same sequence goes on until every kind of work was hit.
        if trial > TRIALS and all(hits[phase] for phase in phases.WORK):
            break
        moment = chance.uniform(0, whole)
        place = disk.make()
        found = _killed_after(disk, place, sample, moment)
        again = _started_again(place, sample)
        runs = 2 if again == ENDED else 1
        complaints = verdict.complaints(place.url or "", sample.expected, runs=runs)
        hits.update(found)
        with capsys.disabled():
            said = f"killed after {moment:5.2f} of {whole:.2f} s in {'+'.join(sorted(found))}; {again}"
            sys.stdout.write(f"\n  {trial:2}: {said}; {len(complaints)} complaints")
            sys.stdout.flush()
        assert not complaints, (SEED, trial, moment, found, complaints[:10])
        disk.drop(place)
    with capsys.disabled():
        sys.stdout.write(f"\n  seed {SEED}; moments that hit each phase: {dict(hits)}\n")
    assert all(hits[phase] for phase in phases.WORK), hits


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_import_killed_among_its_histories_makes_every_stage_row_once(
    disk: Disk, export: Callable[[int], Export], capsys: pytest.CaptureFixture[str]
) -> None:
    sample = export(CASES)
    wanted = sum(name == "CaseHistory.csv" for name, _ in sample.expected.good)
    chance, taken = random.Random(SEED), []
    for trial in range(1, HISTORY_TRIALS + 1):
        place = disk.make()
        taken.append(_killed_among_histories(place, sample, chance.uniform(0, 0.3)))
        again = _started_again(place, sample)
        complaints = verdict.complaints(place.url or "", sample.expected, runs=2 if again == ENDED else 1)
        with capsys.disabled():
            sys.stdout.write(f"\n  {trial:2}: {taken[-1]:,} of {wanted:,} lines taken in; {len(complaints)} complaints")
        assert not complaints, (SEED, trial, taken, complaints[:10])
        disk.drop(place)
    assert any(0 < number < wanted for number in taken), taken


def _killed_among_histories(place: Place, sample: Export, seconds: float) -> int:
    """Kill an import `seconds` after its first lines of history are committed; answers how many there are."""
    count = "SELECT count(*) FROM crm.history"
    with processes.started(place, processes.IN_BLOCKS, sample.folder, str(BLOCK), str(WORKERS)) as process:
        while not trials.value(place, count) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(seconds)
        processes.stop(process)
        process.kill()
    return int(trials.value(place, count))


def _unbroken(disk: Disk, sample: Export) -> float:
    """Seconds that an import takes when nobody disturbs it, interpreter and all."""
    place, begun = disk.make(), time.monotonic()
    done = processes.run(place, processes.IN_BLOCKS, sample.folder, str(BLOCK), str(WORKERS))
    whole = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    assert trials.value(place, "SELECT count(*) FROM staging.batch") >= FEWEST_BATCHES
    assert verdict.complaints(place.url or "", sample.expected) == []
    disk.drop(place)
    return whole


def _killed_after(disk: Disk, place: Place, sample: Export, seconds: float) -> set[str]:
    """Kill an import `seconds` after its start; answers what it was doing.

    It is stopped first, so that what it does when it dies is what we see; nothing of it can run in between.
    """
    begun = time.monotonic()
    with processes.started(place, processes.IN_BLOCKS, sample.folder, str(BLOCK), str(WORKERS)) as process:
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        processes.stop(process)
        finished = process.poll() is not None or trials.value(place, "SELECT max(state) FROM staging.run") == "finished"
        found = {"done"} if finished else phases.phases(disk.observer, trials.database_of(place))
        process.kill()
    return found


def _started_again(place: Place, sample: Export) -> str:
    """Import to the end, and say how it began."""
    begun = trials.value(place, "SELECT max(state) FROM staging.run")
    done = processes.run(place, processes.IN_BLOCKS, sample.folder, str(BLOCK), str(WORKERS))
    assert done.returncode == 0, done.stderr
    resumed = json.loads(done.stdout)["resumed"]
    assert resumed == (begun == "open")
    return "resumed" if resumed else "begun anew" if begun is None else ENDED
