"""The command `caseline bitrix24 sync`, also when it is killed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.in_step import InStep, in_step
from tests.integration.cli.conftest import Command

COMMAND = [sys.executable, "-m", "caseline.cli", "bitrix24", "sync"]


@pytest.fixture
def step(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InStep]:
    with in_step(database_url, tmp_path) as found:
        monkeypatch.setenv("CASELINE_CRM", "bitrix24")
        monkeypatch.setenv("CASELINE_BITRIX24_URL", found.portal.webhook)
        monkeypatch.setenv("CASELINE_BITRIX24_RATE", "1000")
        monkeypatch.setenv("CASELINE_BITRIX24_BURST", "10000")
        yield found


def test_it_says_what_came_and_what_went(caseline: Command, step: InStep) -> None:
    step.add(title="Printer")

    found = caseline("bitrix24", "sync", "--json").object

    assert (found["busy"], found["followed"]["created"], found["waiting"]) == (False, 1, 0)
    assert "0 new" in caseline("bitrix24", "sync", "--all").out


def test_where_the_crm_is_no_portal_it_says_so(caseline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASELINE_CRM", raising=False)

    answer = caseline("bitrix24", "sync")

    assert (answer.code, "CASELINE_CRM is not bitrix24" in answer.err) == (1, True)


@pytest.mark.long
def test_killed_again_and_again_it_ends_with_every_change_once(step: InStep, database_url: str) -> None:
    chance = random.Random(7)
    step.category("short")
    numbers = step.imported([f"r{n}" for n in range(150)], category="short")
    step.sync(minutes=1)
    before = step.counted()
    for number in numbers:
        step.change(number, title=f"Changed {number}", stageId="IN_PROCESS")
    made = [step.add(title=f"New {n}") for n in range(50)]
    environment = os.environ | {"CASELINE_DATABASE_URL": database_url}

    for _ in range(8):
        with subprocess.Popen(COMMAND, env=environment, stdout=subprocess.DEVNULL) as process:
            time.sleep(1.5 + 3 * chance.random())
            process.kill()
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    last = subprocess.run([*COMMAND, "--all"], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, last.returncode) == (0, 0), done.stderr + last.stderr
    assert step.counted() - before == {"changed": 150, "stage_changed": 150, "created": len(made)}
    assert {step.lead(number)["UF_CRM_CL_DURATIONS"] for number in numbers} == {"New 120:01"}


@pytest.mark.parametrize(
    "words", [("new", "A subject"), ("set", "1", "--priority", "high"), ("stage", "1", "waiting"), ("close", "1")]
)
def test_requests_of_a_portal_are_handled_there(caseline: Command, step: InStep, words: tuple[str, ...]) -> None:
    """Here they would get ids of our own, and the next sync would undo what was changed."""
    step.add(title="Printer")
    caseline("bitrix24", "sync")

    answer = caseline("request", *words)

    assert answer.code == 1
    assert "do it in the portal" in answer.err
    assert "Traceback" not in answer.err
