"""What the embedded server refuses: other users, homes of others, full disks; each refusal with its remedy."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from caseline.db import embedded
from caseline.db.embedded_errors import HomeNotUsableError

NewHome = Callable[..., Path]
InNewProcess = Callable[..., subprocess.Popen[str]]
StartElsewhere = Callable[..., tuple[str, str | bool]]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@needs_root
def test_other_users_cannot_connect(running_home: Path, in_new_process: InNewProcess) -> None:
    server = embedded.ensure_running(running_home)

    child = in_new_process("import sys, psycopg; psycopg.connect(sys.argv[1])", server.url, user="nobody")
    _, complaint = child.communicate(timeout=60)

    assert child.returncode != 0
    assert "Permission denied" in complaint


@needs_root
def test_kernel_s_word_counts_even_where_the_socket_is_open(made_home: NewHome, in_new_process: InNewProcess) -> None:
    server = embedded.ensure_running(made_home(), settings={"unix_socket_permissions": "0777"})
    (server.data.parent / "run").chmod(0o755)

    child = in_new_process("import sys, psycopg; psycopg.connect(sys.argv[1])", server.url, user="nobody")
    _, complaint = child.communicate(timeout=60)

    assert child.returncode != 0
    assert "Peer authentication failed" in complaint


@needs_root
def test_home_of_another_user_is_refused_with_the_remedy(running_home: Path, start_elsewhere: StartElsewhere) -> None:
    kind, message = start_elsewhere(running_home, user="nobody")

    assert kind == "HomeNotUsableError"
    assert "belongs to the user" in str(message)
    assert "or choose another CASELINE_HOME" in str(message)


@needs_root
def test_missing_rights_are_said_with_the_remedy(new_home: NewHome, start_elsewhere: StartElsewhere) -> None:
    home = new_home()

    kind, message = start_elsewhere(home, user="nobody")

    assert kind == "HomeNotUsableError"
    assert f"Permission denied ({home})" in str(message)
    assert "Choose a CASELINE_HOME that you may write" in str(message)


@needs_root
@pytest.mark.parametrize("megabytes", [1, 20])
def test_full_disk_is_said_with_the_remedy(new_home: NewHome, start_elsewhere: StartElsewhere, megabytes: int) -> None:
    home = new_home()
    home.mkdir()
    # the small disk exists in a name space of its own and goes away with it
    own_space = ["/usr/bin/env", "unshare", "--mount", "/bin/sh", "-c"]
    small_disk = f"mount -t tmpfs -o mode=755,size={megabytes}m none {home}"
    if subprocess.run([*own_space, small_disk], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root")  # and one who may mount: root of a container may not

    _, message = start_elsewhere(home, by=[*own_space, f'{small_disk} && exec "$0" "$@"'])

    assert "No space left on device" in str(message)
    assert "Free some space there" in str(message)


@needs_root
def test_root_who_may_not_change_users_is_told_what_to_do(new_home: NewHome, start_elsewhere: StartElsewhere) -> None:
    bound = ["/usr/bin/env", "setpriv", "--bounding-set", "-setuid,-setgid"]

    kind, message = start_elsewhere(new_home(), by=bound)

    assert kind == "NoSystemUserError"
    assert "run caseline as an ordinary user or let CASELINE_DATABASE_URL" in str(message)


def test_a_file_in_the_home_s_place_is_said(new_home: NewHome) -> None:
    home = new_home()
    home.write_text("not a folder")

    with pytest.raises(HomeNotUsableError, match="A folder is needed there"):
        embedded.ensure_running(home)

    home.unlink()
