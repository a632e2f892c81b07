"""What every test stands on: an environment without ways out, and a fresh database where one is asked for.

Nothing is imported from the house before a fixture needs it, so unit tests run with pytest and hypothesis alone.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from caseline.db.embedded import Server

TEST_DATABASE_URL: Final = "CASELINE_TEST_DATABASE_URL"
"""Names a PostgreSQL >= 16 to test on instead of the embedded one; its user must be allowed to create databases."""

ALLOWED_SKIPS: Final = {
    "needs root": "the checks run as an ordinary user too",
    "needs an ordinary user": "the checks run as root too",
    "needs the embedded server": f"{TEST_DATABASE_URL} names another one",
}
"""Reasons that may skip a test when CI is set, and why that is no loss; any other skip is a failure there."""

_SPEED: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "1GB"}

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - whose folders below are made by mkdtemp
_ROOMY: Final = 3 << 30
"""Bytes; a run of everything takes about 600 MB at most."""


def _fast_place() -> Path | None:
    """Where files cost least: in memory, if there is plenty; each database is hundreds of files, and most tests make one.

    None for the usual place of temporary folders.
    """
    try:
        facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free = min(shutil.disk_usage(_MEMORY).free, int(facts["MemAvailable"].split()[0]) << 10)
    except (OSError, KeyError):
        return None  # a system without one of them
    return _MEMORY if free >= _ROOMY and os.access(_MEMORY, os.W_OK | os.X_OK) else None


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

_ROOT: Final = _open_folder(_fast_place())
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
    from tests.factories import databases

    with databases.copied(server.url) as url:
        schema.upgrade(url)
        yield databases.name_of(url)


@pytest.fixture
def database_url(server: "Server", template: str) -> Iterator[str]:
    """Give the test an empty, migrated database of its own, as a `postgresql://` address."""
    from tests.factories import databases

    with databases.copied(server.url, template) as url:
        yield url


def _stop(folder: Path) -> None:
    """Stop the server of a home, if one was started there."""
    if (folder / "postgres").exists():
        from caseline.db import embedded

        embedded.stop(folder, mode="immediate")
