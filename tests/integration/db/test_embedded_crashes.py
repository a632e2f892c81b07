"""The embedded server on bad days: killed servers, killed starters, stale files, slow recovery."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from caseline.db import embedded
from caseline.db.embedded_errors import ServerStartError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]

START = (
    "import sys; from pathlib import Path; from caseline.db import embedded; embedded.ensure_running(Path(sys.argv[1]))"
)

HOLD_LOCK = """
import sys, time
from pathlib import Path
from caseline.db.cluster import locked
with locked(Path(sys.argv[1]), deadline=time.monotonic() + 30):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "600"]) as process:
        yield process
        process.kill()


def kill_server(home: Path) -> int:
    pid = embedded.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return pid


def wait_until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def replace_first_number(file: Path, number: int) -> None:
    _old, line_end, rest = file.read_text().partition("\n")
    file.write_text(f"{number}{line_end}{rest}")


def test_stale_files_with_a_reused_number_harm_no_stranger(
    new_home: NewHome, stranger: subprocess.Popen[bytes]
) -> None:
    home = new_home()
    server = embedded.ensure_running(home)
    kill_server(home)
    replace_first_number(server.data / "postmaster.pid", stranger.pid)
    replace_first_number(server.data.parent / "run" / ".s.PGSQL.5432.lock", stranger.pid)

    assert not embedded.status(home).running
    assert embedded.stop(home) is False
    assert embedded.ensure_running(home).started
    assert embedded.status(home).pid != stranger.pid
    assert embedded.stop(home) is True
    assert stranger.poll() is None


def test_number_of_another_home_s_server_is_a_stranger_s(new_home: NewHome) -> None:
    ours, theirs = new_home("ours"), new_home("theirs")
    embedded.ensure_running(theirs)
    their_pid = embedded.status(theirs).pid
    assert their_pid is not None
    server = embedded.ensure_running(ours)
    kill_server(ours)
    replace_first_number(server.data / "postmaster.pid", their_pid)

    assert embedded.stop(ours) is False
    assert embedded.ensure_running(ours).started
    assert embedded.status(theirs).pid == their_pid


def test_committed_rows_survive_a_killed_server(new_home: NewHome) -> None:
    home = new_home()
    server = embedded.ensure_running(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    kill_server(home)

    again = embedded.ensure_running(home)

    assert again.started
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_immediate_stop_is_recovered_from(new_home: NewHome) -> None:
    home = new_home()
    embedded.ensure_running(home)

    assert embedded.stop(home, mode="immediate")

    assert embedded.ensure_running(home).started


@pytest.mark.long
@pytest.mark.parametrize("moment_s", [0.1, 0.3, 0.6, 0.9, 1.2])
def test_killed_starter_leaves_nothing_wedged(new_home: NewHome, in_new_process: InNewProcess, moment_s: float) -> None:
    home = new_home()
    starter = in_new_process(START, home)
    time.sleep(moment_s)
    starter.kill()
    starter.wait()

    server = embedded.ensure_running(home, timeout_s=60)

    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_half_made_data_folder_is_made_anew(new_home: NewHome) -> None:
    home = new_home()
    server = embedded.ensure_running(home)
    embedded.stop(home)
    server.data.rename(server.data.with_name("data.draft"))
    (server.data.with_name("data.draft") / "PG_VERSION").unlink()

    assert embedded.ensure_running(home).started
    assert not server.data.with_name("data.draft").exists()


def test_lock_held_too_long_is_said(new_home: NewHome, in_new_process: InNewProcess) -> None:
    home = new_home()
    embedded.ensure_running(home)
    holder = in_new_process(HOLD_LOCK, home)
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(ServerStartError, match=r"Another process .* try again later"):
        embedded.ensure_running(home, timeout_s=0.5)
    holder.kill()

    assert not embedded.ensure_running(home).started


def startup_process(postmaster: int) -> psutil.Process | None:
    for child in psutil.Process(postmaster).children():
        if re.match(r"postgres: startup", " ".join(child.cmdline())):
            return child
    return None


def leave_much_to_recover(home: Path) -> None:
    server = embedded.ensure_running(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int, filling text)")
        connection.commit()
        for _ in range(4):
            connection.execute("INSERT INTO kept SELECT n, repeat('x', 300) FROM generate_series(1, 100000) n")
    kill_server(home)


def pause_recovery(home: Path, seconds: float, paused: threading.Event) -> None:
    """Stop the process that replays the log, as a slow disk would."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        pid = embedded.status(home).pid
        process = startup_process(pid) if pid else None
        if process is not None:
            process.suspend()
            paused.set()
            time.sleep(seconds)
            process.resume()
            return


@pytest.mark.long
def test_recovery_may_take_longer_than_ten_seconds(new_home: NewHome, caplog: pytest.LogCaptureFixture) -> None:
    home, paused = new_home(), threading.Event()
    leave_much_to_recover(home)
    pausing = threading.Thread(target=pause_recovery, args=(home, 12, paused))
    pausing.start()

    begun = time.monotonic()
    with caplog.at_level("INFO", logger="caseline.db.embedded"):
        server = embedded.ensure_running(home)
    took = time.monotonic() - begun
    pausing.join()

    assert paused.is_set()
    assert took > 12
    assert any("Waiting for PostgreSQL" in line for line in caplog.messages)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (400_000,)


@pytest.mark.long
def test_giving_up_leaves_the_recovery_going(new_home: NewHome) -> None:
    home, paused = new_home(), threading.Event()
    leave_much_to_recover(home)
    pausing = threading.Thread(target=pause_recovery, args=(home, 5, paused))
    pausing.start()

    with pytest.raises(ServerStartError, match="It goes on by itself: try again") as caught:
        embedded.ensure_running(home, timeout_s=3)
    recovering = embedded.status(home)
    pausing.join()

    assert str(home / "postgres" / "log") in str(caught.value)
    assert recovering.running
    assert recovering.url is None
    assert not embedded.ensure_running(home).started
    assert embedded.status(home).pid == recovering.pid


@pytest.mark.long
def test_start_waits_for_a_query_that_outlives_its_killed_server(new_home: NewHome) -> None:
    home = new_home()
    server = embedded.ensure_running(home, settings={"max_parallel_workers_per_gather": "0"})
    with contextlib.closing(psycopg.connect(server.url, autocommit=True)) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 3000000000) n")  # some minutes
        wait_until(lambda: backend.cpu_times().user > 0.3)
        kill_server(home)
        assert backend.is_running()
        ending = threading.Timer(11, backend.kill)
        ending.start()

        begun = time.monotonic()
        again = embedded.ensure_running(home)

        assert again.started
        assert time.monotonic() - begun > 10
        ending.join()


@pytest.mark.long
def test_files_of_a_removed_home_do_not_come_back(new_home: NewHome) -> None:
    home = new_home()
    server = embedded.ensure_running(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    embedded.stop(home)
    shutil.rmtree(home)

    again = embedded.ensure_running(home)

    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
