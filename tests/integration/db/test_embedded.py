"""The embedded server on good days: first start, attaching, stopping, two homes side by side."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from caseline.db import embedded
from caseline.db.embedded_errors import ServerStartError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]

START = """
import json, sys, time
from pathlib import Path
from caseline.db import embedded
server = embedded.ensure_running(Path(sys.argv[1]))
print(json.dumps([server.url, server.started, embedded.status(Path(sys.argv[1])).pid]), flush=True)
"""


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_first_call_makes_a_database_that_knows_cyrillic(new_home: NewHome) -> None:
    server = embedded.ensure_running(new_home())

    assert server.started
    assert ask(server.url, "SELECT current_database()") == "caseline"
    assert ask(server.url, "SELECT 'Ё' ILIKE 'ё' AND lower('ДОГОВОРЫ') = 'договоры'") is True
    assert ask(server.url, "SELECT to_tsvector('russian', '«Договоры»') @@ to_tsquery('russian', 'договор')") is True
    assert ask(server.url, "SELECT current_setting('server_encoding')") == "UTF8"


def test_second_call_attaches_to_the_same_server(running_home: Path) -> None:
    first = embedded.ensure_running(running_home)
    begun = ask(first.url, "SELECT pg_postmaster_start_time()")

    second = embedded.ensure_running(running_home)

    assert (second.url, second.data, second.started) == (first.url, first.data, False)
    assert ask(second.url, "SELECT pg_postmaster_start_time()") == begun


def test_address_and_data_outlive_a_restart(made_home: NewHome) -> None:
    home = made_home()
    first = embedded.ensure_running(home)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")

    assert embedded.stop(home)
    second = embedded.ensure_running(home)

    assert second.started
    assert second.url == first.url
    assert ask(second.url, "SELECT n FROM kept") == 42


def test_four_processes_at_once_start_one_server(new_home: NewHome, in_new_process: InNewProcess) -> None:
    home = new_home()

    children = [in_new_process(START, home) for _ in range(4)]
    answers = [json.loads(child.communicate(timeout=120)[0]) for child in children]

    assert len({(url, pid) for url, _, pid in answers}) == 1
    assert sorted(started for _, started, _ in answers) == [False, False, False, True]


def test_server_outlives_its_starter_and_ctrl_c(made_home: NewHome, in_new_process: InNewProcess) -> None:
    home = made_home()
    starter = in_new_process(START + "time.sleep(600)", home)
    assert starter.stdout is not None
    url, started, pid = json.loads(starter.stdout.readline())

    os.killpg(starter.pid, signal.SIGINT)
    starter.wait(timeout=30)

    assert started
    assert embedded.status(home).pid == pid
    assert not embedded.ensure_running(home).started
    assert ask(url, "SELECT 1") == 1


def test_stopping_a_home_leaves_the_other_home_alone(made_home: NewHome) -> None:
    ours, theirs = made_home("ours"), made_home("theirs")
    embedded.ensure_running(ours)
    other = embedded.ensure_running(theirs)
    before = embedded.status(theirs).pid

    assert embedded.stop(ours)

    assert not embedded.status(ours).running
    assert embedded.status(theirs).pid == before
    assert ask(other.url, "SELECT 1") == 1


def test_stopping_what_does_not_run_is_said(made_home: NewHome) -> None:
    home = made_home()
    assert embedded.stop(home) is False

    embedded.ensure_running(home)

    assert embedded.stop(home) is True
    assert embedded.stop(home) is False


def test_asking_and_stopping_a_home_without_a_database_makes_nothing(new_home: NewHome) -> None:
    home = new_home()

    assert embedded.status(home) == embedded.Status(running=False)
    assert embedded.stop(home) is False
    assert not home.exists()


def test_status_tells_version_process_address_and_size(made_home: NewHome) -> None:
    home = made_home()

    server = embedded.ensure_running(home)
    running = embedded.status(home)
    embedded.stop(home)
    stopped = embedded.status(home)

    assert running.running
    assert running.pid is not None
    assert running.url == server.url
    assert running.version is not None
    assert running.version.startswith("18.")
    assert running.data_bytes > 10_000_000
    assert (stopped.running, stopped.pid, stopped.version, stopped.url) == (False, None, "18", None)


def test_long_home_path_gets_a_short_socket(new_home: NewHome) -> None:
    home = new_home("a" * 80, "b" * 80, "home")
    assert len(str(home)) > 150

    server = embedded.ensure_running(home)

    assert ask(server.url, "SELECT 1") == 1
    assert server.data == home / "postgres" / "data"
    assert embedded.stop(home)


def test_home_path_may_hold_blanks_quotes_and_cyrillic(new_home: NewHome) -> None:
    home = new_home("Мой дом, 'у' реки & 100%")

    server = embedded.ensure_running(home)

    assert ask(server.url, "SELECT 1") == 1
    assert not embedded.ensure_running(home).started
    assert embedded.stop(home)


def test_home_reached_by_a_link_is_the_same_home(running_home: Path, tmp_path: Path) -> None:
    server = embedded.ensure_running(running_home)
    link = tmp_path / "link"
    link.symlink_to(running_home)

    assert embedded.ensure_running(link) == embedded.Server(server.url, server.data, started=False)


def test_postgresql_variables_of_the_caller_are_ignored(made_home: NewHome, monkeypatch: pytest.MonkeyPatch) -> None:
    home = made_home()
    monkeypatch.setenv("PGHOST", "db.invalid")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGUSER", "nobody")
    monkeypatch.setenv("PGDATABASE", "nothing")
    monkeypatch.setenv("PGDATA", "/nowhere")

    server = embedded.ensure_running(home)

    assert ask(server.url, "SELECT current_database() || ' ' || current_user") == "caseline caseline"
    for name, value in {"PGSERVICE": "nowhere", "PGOPTIONS": "-c nonsense=1", "PGHOSTADDR": "192.0.2.1"}.items():
        monkeypatch.setenv(name, value)
    assert not embedded.ensure_running(home).started


def test_each_database_asked_for_is_made(running_home: Path) -> None:
    server = embedded.ensure_running(running_home, database='Prefect "3"')

    assert not server.started
    assert ask(server.url, "SELECT current_database()") == 'Prefect "3"'


def test_passed_settings_win_over_ours(made_home: NewHome) -> None:
    server = embedded.ensure_running(made_home(), settings={"work_mem": "7MB", "application_name": "ours"})

    assert ask(server.url, "SELECT current_setting('work_mem')") == "7MB"
    assert ask(server.url, "SELECT current_setting('jit')") == "off"
    assert ask(server.url, "SELECT current_setting('timezone')") == "UTC"
    assert ask(server.url, "SELECT current_setting('listen_addresses')") == ""


def test_a_wrong_setting_is_named_with_log_and_remedy(made_home: NewHome) -> None:
    home = made_home()

    with pytest.raises(ServerStartError) as caught:
        embedded.ensure_running(home, settings={"shared_bufers": "1MB"})

    assert 'unrecognized configuration parameter "shared_bufers"' in str(caught.value)
    assert str(home / "postgres" / "log") in str(caught.value)
    assert "Correct or drop that server setting." in str(caught.value)
    assert embedded.ensure_running(home).started
