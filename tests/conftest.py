"""What every test stands on: an environment without ways out, and a fresh database where one is asked for.

Nothing is imported from the house before a fixture needs it, so unit tests run with pytest and hypothesis alone.
"""

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from psycopg.sql import Composed

    from caseline.db.embedded import Server

TEST_DATABASE_URL: Final = "CASELINE_TEST_DATABASE_URL"
"""Names a PostgreSQL >= 16 to test on instead of the embedded one; its user must be allowed to create databases."""

ALLOWED_SKIPS: Final = {
    "needs root": "the checks run as an ordinary user too",
    "needs an ordinary user": "the checks run as root too",
    "needs the embedded server": f"{TEST_DATABASE_URL} names another one",
}
"""Reasons that may skip a test when CI is set, and why that is no loss; any other skip is a failure there."""

_SPEED: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def _open_folder(parent: Path | None = None) -> Path:
    """Make a short temporary folder that the embedded server's own user may enter when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="caseline-", dir=parent))
    folder.chmod(0o755)
    return folder


def _close_the_environment(root: Path) -> None:
    """Forget every address that the caller's environment knows; Prefect reads its own when it is first imported."""
    for name in list(os.environ):
        if name.startswith(("CASELINE_", "PREFECT_", "PG")) and name != TEST_DATABASE_URL:
            del os.environ[name]
    os.environ["CASELINE_HOME"] = str(root / "home")
    os.environ["PREFECT_HOME"] = str(root / "prefect")
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"


# Started in the background of a script, we ignore Ctrl-C, and so would every process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is slow, which is no failure of what is tested: time is measured in benchmarks only.
settings.register_profile("caseline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("caseline")

_ROOT: Final = _open_folder()
_close_the_environment(_ROOT)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_ROOT)


# ---------------------------------------------------------------------------------------------- unexpected skips


def _unexpected(reason: str) -> str | None:
    reason = reason.removeprefix("Skipped: ")
    if os.environ.get("CI", "").lower() not in {"1", "true"} or reason in ALLOWED_SKIPS:
        return None
    return f"Skipped although CI is set: {reason}\nInstall what is missing, or argue for it in tests/conftest.py."


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn an unexpected skip of a test into a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        complaint = _unexpected(report.longrepr[2])
        if complaint:
            report.outcome, report.longrepr = "failed", complaint
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn an unexpected skip of a whole file into an error."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        complaint = _unexpected(report.longrepr[2])
        if complaint:
            report.outcome, report.longrepr = "failed", complaint
    return report


# ------------------------------------------------------------------------------------------------ homes, databases


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a CASELINE_HOME of its own; a server that it leaves there is stopped."""
    folder = _open_folder(_ROOT)
    monkeypatch.setenv("CASELINE_HOME", str(folder))
    yield folder
    _stop(folder)


@pytest.fixture(scope="session")
def server() -> "Iterator[Server]":
    """Run one PostgreSQL for the whole session; do not kill it: a test that must, starts its own in `home`."""
    from caseline.db import embedded

    address = os.environ.get(TEST_DATABASE_URL)
    folder = _ROOT / "server"
    if address:
        yield embedded.Server(url=address, data=folder, started=False)
        return
    yield embedded.ensure_running(folder, settings=_SPEED)
    _stop(folder)


@pytest.fixture(scope="session")
def template(server: "Server") -> Iterator[str]:
    """Make the database with all migrations that every test's own is copied from; the value is its name."""
    from caseline.db import schema

    with _database(server) as (name, url):
        schema.upgrade(url)
        yield name


@pytest.fixture
def database_url(server: "Server", template: str) -> Iterator[str]:
    """Give the test an empty, migrated database of its own, as a `postgresql://` address."""
    with _database(server, template) as (_name, url):
        yield url


@contextmanager
def _database(server: "Server", template: str | None = None) -> Iterator[tuple[str, str]]:
    """A database for as long as the context lasts, as its name and its address."""
    from psycopg import sql
    from sqlalchemy import make_url

    name = f"caseline_test_{uuid.uuid4().hex[:12]}"
    origin = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    _execute(server, sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), origin))
    try:
        yield name, make_url(server.url).set(database=name).render_as_string(hide_password=False)
    finally:
        # FORCE: what a killed worker left connected must not keep the rest of the session waiting
        _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server: "Server", statement: "Composed") -> None:
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(statement)


def _stop(folder: Path) -> None:
    """Stop the server of a home, if one was started there."""
    if (folder / "postgres").exists():
        from caseline.db import embedded

        embedded.stop(folder, mode="immediate")
