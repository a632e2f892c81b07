"""Homes for tests of the embedded server: each with a server of its own, all stopped and removed at the end."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
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

START = """
import json, sys
from pathlib import Path
from caseline.db import embedded
from caseline.db.embedded_errors import EmbeddedServerError
try:
    server = embedded.ensure_running(Path(sys.argv[1]))
    print(json.dumps([server.url, server.started]))
except EmbeddedServerError as error:
    print(json.dumps([type(error).__name__, str(error)]))
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
        cluster = find(home) if home.is_dir() else None
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


@pytest.fixture(scope="session")
def made_data() -> Iterator[Path]:
    """Make one data folder of which homes get copies: a second less for each test that is not about the first start."""
    with _homes() as name:
        home = name()
        embedded.ensure_running(home)
        embedded.stop(home)
        yield home / "postgres"


@pytest.fixture
def made_home(new_home: Callable[..., Path], made_data: Path) -> Callable[..., Path]:
    """Name paths like `new_home`, of homes whose server was started before and stopped."""

    def name(*parts: str) -> Path:
        home = new_home(*parts)
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["/bin/cp", "-a", made_data, home], check=True)
        return home

    return name


@pytest.fixture(scope="module")
def running_home() -> Iterator[Path]:
    """Give the tests of a file one home with a server that they only ask."""
    with _homes() as name:
        home = name()
        embedded.ensure_running(home)
        yield home


@pytest.fixture
def kill_server() -> Callable[[Path], None]:
    """Kill a home's server so that it can tidy up nothing."""

    def kill(home: Path) -> None:
        pid = embedded.status(home).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.005)

    return kill


@pytest.fixture
def in_new_process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python on a few lines of code in a process and session of its own; killed at the end if it still runs.

    As another user if named, and by way of another program (`setpriv`, `unshare`) if its words are given.
    """
    children: list[subprocess.Popen[str]] = []

    def start(
        code: str, *arguments: str | Path, user: str | None = None, by: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        if user is not None:
            code = BECOME.format(user=user, programs=_reachable_programs(user)) + code
        child = subprocess.Popen(
            [*by, sys.executable, "-c", code, *map(str, arguments)],
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


@pytest.fixture
def start_elsewhere(in_new_process: Callable[..., subprocess.Popen[str]]) -> Callable[..., tuple[str, str | bool]]:
    """Start a home's server in another process: its address and whether it was started, or the error and its words."""

    def start(home: Path, *, before: str = "", **how: object) -> tuple[str, str | bool]:
        out, err = in_new_process(f"{before}\n{START}", home, **how).communicate(timeout=120)
        assert out, err
        first, second = json.loads(out)
        return first, second

    return start


def _reachable_programs(user: str) -> str:
    """Folder of the wheel's package, or of its copy where the user can execute it."""
    entry = pwd.getpwnam(user)
    account = Account(entry.pw_uid, entry.pw_gid, user)
    return str(server_binary("postgres", account).parents[3])
