"""The embedded server on bad days: killed servers, killed starters, stale files."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from caseline.db import embedded
from caseline.db.embedded_errors import ServerStartError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]
KillServer = Callable[[Path], None]

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


def replace_first_number(file: Path, number: int) -> None:
    _old, line_end, rest = file.read_text().partition("\n")
    file.write_text(f"{number}{line_end}{rest}")


def test_stale_files_with_a_reused_number_harm_no_stranger(
    made_home: NewHome, kill_server: KillServer, stranger: subprocess.Popen[bytes]
) -> None:
    home = made_home()
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


def test_number_of_another_home_s_server_is_a_stranger_s(made_home: NewHome, kill_server: KillServer) -> None:
    ours, theirs = made_home("ours"), made_home("theirs")
    embedded.ensure_running(theirs)
    their_pid = embedded.status(theirs).pid
    assert their_pid is not None
    server = embedded.ensure_running(ours)
    kill_server(ours)
    replace_first_number(server.data / "postmaster.pid", their_pid)

    assert embedded.stop(ours) is False
    assert embedded.ensure_running(ours).started
    assert embedded.status(theirs).pid == their_pid


def test_committed_rows_survive_a_killed_server(made_home: NewHome, kill_server: KillServer) -> None:
    home = made_home()
    server = embedded.ensure_running(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    kill_server(home)

    again = embedded.ensure_running(home)

    assert again.started
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_immediate_stop_is_recovered_from(made_home: NewHome) -> None:
    home = made_home()
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


def test_lock_held_too_long_is_said(made_home: NewHome, in_new_process: InNewProcess) -> None:
    home = made_home()
    embedded.ensure_running(home)
    holder = in_new_process(HOLD_LOCK, home)
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(ServerStartError, match=r"Another process .* try again later"):
        embedded.ensure_running(home, timeout_s=0.5)
    holder.kill()

    assert not embedded.ensure_running(home).started


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
