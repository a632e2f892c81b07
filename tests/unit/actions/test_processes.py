"""Background processes: remembered before they begin, and never mistaken for a stranger."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from caseline.actions import process_table, processes, running_services
from caseline.actions.processes import Process
from caseline.actions.running_services import Running
from tests.factories.processes import wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def spawn(folder: Path, command: list[str], seen: list[Process]) -> Process:
    return processes.spawn(
        "server", command, environment=os.environ, folder=folder, log=folder / "log" / "s.log", remember=seen.append
    )


def test_process_is_remembered_before_it_begins(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    begun_when_remembered: list[bool] = []

    def remember(process: Process) -> None:
        time.sleep(0.3)
        begun_when_remembered.append(mark.exists() or not process.lives)

    process = processes.spawn(
        "server",
        [sys.executable, "-c", f"open({str(mark)!r}, 'w'); import time; time.sleep(60)"],
        environment=os.environ,
        folder=tmp_path,
        log=tmp_path / "s.log",
        remember=remember,
    )

    while not mark.exists():
        time.sleep(0.05)
    assert begun_when_remembered == [False]
    assert processes.end(process, patience_s=10)


def test_process_never_begins_when_its_starter_dies_before_remembering(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = (
        "import os, pathlib; from caseline.actions import processes\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        f"processes.spawn('s', ['touch', {str(mark)!r}], environment=os.environ, folder=here, log=here / 's.log',\n"
        "                remember=lambda process: (print(process.pid, flush=True), os._exit(9)))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}

    done = subprocess.run([sys.executable, "-c", script], check=False, env=environment, capture_output=True, text=True)

    assert done.returncode == 9, done.stderr
    wait_for(lambda: process_table.birth(int(done.stdout)) is None, "the child has ended")
    assert not mark.exists()


def test_ended_process_does_not_live(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEP, [])

    ended = [processes.end(process, patience_s=10), processes.end(process, patience_s=10)]

    assert ended == [True, False]
    assert process_table.birth(process.pid) is None
    assert not psutil.pid_exists(process.pid), "nor as an entry that waits for somebody to ask"


def test_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = spawn(tmp_path, [sys.executable, "-c", deaf], [])
    while "deaf" not in processes.log_tail(process):
        time.sleep(0.05)

    assert processes.end(process, patience_s=0.5)
    assert not process.lives


def test_children_end_with_their_parent(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({SLEEP!r}, start_new_session=True); print(child.pid, flush=True); time.sleep(60)"
    )
    process = spawn(tmp_path, [sys.executable, "-c", parent], [])
    while not (said := processes.log_tail(process).strip()):
        time.sleep(0.05)

    processes.end(process, patience_s=0.5)

    assert process_table.birth(int(said)) is None


def test_stranger_with_a_reused_number_is_never_signalled(stranger: subprocess.Popen[bytes]) -> None:
    remembered = Process("server", stranger.pid, "born long ago", "/nowhere")

    assert not remembered.lives
    assert not processes.end(remembered, patience_s=1)
    assert stranger.poll() is None


def test_stopped_process_is_the_same_when_it_goes_on(stranger: subprocess.Popen[bytes]) -> None:
    born = process_table.birth(stranger.pid)
    stranger.send_signal(signal.SIGSTOP)
    stranger.send_signal(signal.SIGCONT)

    assert process_table.birth(stranger.pid) == born


def test_what_runs_is_read_as_it_was_written(tmp_path: Path) -> None:
    running = Running(4200, database=True, processes=(Process("server", 7, "then", "log"),))

    running_services.write(tmp_path, running)

    assert running_services.read(tmp_path) == running
    assert (tmp_path / "prefect" / "services.json").stat().st_mode & 0o077 in {0o044, 0}


def test_address_of_a_server_that_has_ended_is_not_given(tmp_path: Path) -> None:
    running_services.write(tmp_path, Running(4200, processes=(Process("server", 2**22 - 1, "then", "log"),)))

    assert running_services.api_url(tmp_path) is None
    assert running_services.api_url(tmp_path / "elsewhere") is None


def test_newer_process_takes_the_place_of_the_older_of_its_name() -> None:
    old = Process("worker", 1, "a", "log")
    running = Running(4200, processes=(Process("server", 2, "b", "log"), old))

    names = [(process.name, process.pid) for process in running.beside(replace(old, pid=3)).processes]

    assert names == [("server", 2), ("worker", 3)]
