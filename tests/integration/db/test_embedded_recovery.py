"""Recovery of the embedded server after a crash takes as long as it takes: it is waited for."""

import contextlib
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from caseline.db import embedded
from caseline.db.embedded_errors import ServerStartError

NewHome = Callable[..., Path]
KillServer = Callable[[Path], None]

pytestmark = pytest.mark.long


def startup_process(postmaster: int) -> psutil.Process | None:
    for child in psutil.Process(postmaster).children():
        if re.match(r"postgres: startup", " ".join(child.cmdline())):
            return child
    return None


def leave_much_to_recover(home: Path, kill_server: KillServer) -> None:
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


def test_recovery_may_take_longer_than_ten_seconds(
    made_home: NewHome, kill_server: KillServer, caplog: pytest.LogCaptureFixture
) -> None:
    home, paused = made_home(), threading.Event()
    leave_much_to_recover(home, kill_server)
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


def test_giving_up_leaves_the_recovery_going(made_home: NewHome, kill_server: KillServer) -> None:
    home, paused = made_home(), threading.Event()
    leave_much_to_recover(home, kill_server)
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


def test_start_waits_for_a_query_that_outlives_its_killed_server(made_home: NewHome, kill_server: KillServer) -> None:
    home = made_home()
    server = embedded.ensure_running(home, settings={"max_parallel_workers_per_gather": "0"})
    with contextlib.closing(psycopg.connect(server.url, autocommit=True)) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 3000000000) n")  # some minutes
        while backend.cpu_times().user < 0.3:
            time.sleep(0.01)
        kill_server(home)
        assert backend.is_running()
        ending = threading.Timer(11, backend.kill)
        ending.start()

        begun = time.monotonic()
        again = embedded.ensure_running(home)

        assert again.started
        assert time.monotonic() - begun > 10
        ending.join()
