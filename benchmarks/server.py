"""The server of a benchmark: one cluster in a home of its own, a fresh copy of the same database for each contender."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from caseline.db import embedded

BASE: Final = "base"
MAPPING: Final = "salesforce-sample"
_ENDED: Final = (0, 3)
"""Exit codes of an import that came to its end; 3 means that some rows are bad."""


@dataclass(frozen=True)
class Server:
    """A running server and its home."""

    home: Path
    url: str

    @property
    def pid(self) -> int:
        """The postmaster."""
        pid = embedded.status(self.home).pid
        if pid is None:
            raise RuntimeError(f"the server of {self.home} does not run any more: see its log in {self.home}")
        return pid

    def database(self, name: str) -> str:
        """URL of a database."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def copy(self, name: str, *, of: str = BASE) -> str:
        """Make database `name` anew as a copy; answers its URL. Everything written before stands on disk after it."""
        self.drop(name)
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(of)))
        self._run(sql.SQL("CHECKPOINT"))
        return self.database(name)

    def drop(self, name: str) -> None:
        """Remove a database."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def say(self, query: str) -> Any:  # noqa: ANN401 - whatever the query answers
        """The one value that a query answers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def _run(self, command: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(command)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server with the settings of the product; afterwards it is stopped and its home removed."""
    home = Path(tempfile.mkdtemp(prefix="caseline-bench-"))
    home.chmod(0o755)  # as root the server runs under an account of its own, which must get in
    try:
        yield Server(home, embedded.ensure_running(home).url)
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def prepare(server: Server, export: Path, parents: tuple[str, ...]) -> None:
    """Make the base: the product's tables with users, groups, companies and contacts imported."""
    url = server.copy(BASE, of="template0")
    paths = [str(export / name) for name in parents]
    command = [sys.executable, "-m", "caseline.cli", "import", *paths, "--mapping", MAPPING, "--json"]
    done = subprocess.run(  # noqa: S603 - our own program
        command, env=environment(server, url), capture_output=True, text=True, check=False
    )
    if done.returncode not in _ENDED:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")


def environment(server: Server, url: str) -> dict[str, str]:
    """Variables for a process that works in the database `url`."""
    return os.environ | {"CASELINE_HOME": str(server.home), "CASELINE_DATABASE_URL": url}
