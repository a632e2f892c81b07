"""Telling our server's process from strangers by its command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from caseline.db import postmaster


def postgres(*words: str | Path) -> list[str]:
    return ["/opt/pg/bin/postgres", *map(str, words)]


def test_postgres_with_our_data_folder_is_ours(tmp_path: Path) -> None:
    assert postmaster._serves(postgres("-D", tmp_path, "-c", "port=5432"), tmp_path)
    assert not postmaster._is_stranger(postgres("-D", tmp_path), tmp_path)


def test_our_data_folder_by_another_path_is_ours(tmp_path: Path) -> None:
    data, link = tmp_path / "data", tmp_path / "link"
    data.mkdir()
    link.symlink_to(data)

    assert postmaster._serves(postgres("-D", link), data)


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["/bin/sleep", "600"],
        ["sh", "-c", "postgres -D /somewhere"],
        ["postgres: checkpointer "],
        postgres("-D", "/nowhere"),
        postgres("-D", "/"),
    ],
)
def test_everything_else_is_a_stranger(command: list[str], tmp_path: Path) -> None:
    assert not postmaster._serves(command, tmp_path)
    assert postmaster._is_stranger(command, tmp_path)


@pytest.mark.parametrize("command", [postgres(), postgres("-D"), postgres("-D", "data"), postgres("-p", "5432")])
def test_postgres_of_unknown_folder_is_neither_signalled_nor_cleared_away(command: list[str], tmp_path: Path) -> None:
    assert not postmaster._serves(command, tmp_path)
    assert not postmaster._is_stranger(command, tmp_path)


def test_ended_process_does_not_live_before_it_is_waited_for() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert postmaster._exists(child.pid)
    assert not postmaster.lives(child.pid)
    assert postmaster._command_by_ps(child.pid) == []

    child.wait()
    assert not postmaster._exists(child.pid)
    assert not postmaster.lives(child.pid)


def test_ps_tells_the_data_folder_where_there_is_no_proc() -> None:
    sleeping = ["-c", "import time; time.sleep(600)"]
    with subprocess.Popen([sys.executable, *sleeping, "-D", "/a folder/with blanks", "-c", "port=1"]) as child:
        command = postmaster._command_by_ps(child.pid)
        child.kill()

    assert command[1:] == ["-D", "/a folder/with blanks"]
