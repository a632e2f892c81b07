"""Homes for tests of the embedded server: each with a server of its own, all stopped and removed at the end."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caseline.db import embedded
from caseline.db.binaries import server_binary
from caseline.db.cluster import find
from caseline.db.system_user import Account

REPOSITORY = Path(__file__).resolve().parents[3]

# The process changes its user only after its imports: Python itself may lie where that user cannot read it.
BECOME = """
import importlib.metadata, json, os, pwd, sys
import psycopg
from caseline.db import embedded
sys.path.insert(0, {programs!r})
user = pwd.getpwnam({user!r})
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
"""


@contextmanager
def _homes() -> Iterator[Callable[..., Path]]:
    folder = Path(tempfile.mkdtemp(prefix="caseline-test-"))
    folder.chmod(0o755)
    homes: list[Path] = []

    def name(*parts: str) -> Path:
        homes.append(folder.joinpath(*parts or ("home",)))
        return homes[-1]

    yield name
    for home in homes:
        cluster = find(home) if home.exists() else None
        if cluster is not None:
            embedded.stop(home, mode="immediate")
            shutil.rmtree(cluster.socket_folder, ignore_errors=True)
            shutil.rmtree(cluster.place)
    shutil.rmtree(folder)


@pytest.fixture
def new_home() -> Iterator[Callable[..., Path]]:
    """Name paths of homes that do not exist yet, below a folder that every user may enter.

    Not below `tmp_path`: pytest closes that to all others, and the server of root runs as another user.
    """
    with _homes() as name:
        yield name


@pytest.fixture(scope="module")
def running_home() -> Iterator[Path]:
    """Give the tests of a file one home with a server that they only ask."""
    with _homes() as name:
        home = name()
        embedded.ensure_running(home)
        yield home


def _reachable_programs(user: str) -> str:
    """Folder of the wheel's package, or of its copy where the user can execute it."""
    entry = pwd.getpwnam(user)
    account = Account(entry.pw_uid, entry.pw_gid, user)
    return str(server_binary("postgres", account).parents[3])


@pytest.fixture
def in_new_process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python on a few lines of code in a process and session of its own; killed at the end if it still runs."""
    children: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str | Path, user: str | None = None) -> subprocess.Popen[str]:
        if user is not None:
            code = BECOME.format(user=user, programs=_reachable_programs(user)) + code
        child = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()
