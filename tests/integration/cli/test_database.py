"""The family `caseline db` on a home of its own, and the check of the migrations."""

from pathlib import Path

import pytest

from caseline.db import embedded
from tests.integration.cli.conftest import Command


@pytest.fixture
def inside(caseline: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command with the embedded server instead of the tests' own."""
    monkeypatch.delenv("CASELINE_DATABASE_URL")
    return caseline


def test_the_embedded_server_starts_tells_its_address_and_stops(inside: Command, home: Path) -> None:
    assert inside("db", "status").out.startswith(f"There is no database in {home} yet")
    assert inside("db", "start").out.startswith("PostgreSQL runs: postgresql://")
    assert inside("db", "url").out.strip() == embedded.ensure_running(home).url
    assert "PostgreSQL 18" in inside("db", "status").out
    assert inside("db", "stop").out == "PostgreSQL is stopped\n"
    assert inside("db", "stop").out == "PostgreSQL did not run\n"
    assert "is stopped" in inside("db", "status").out


@pytest.mark.parametrize("word", ["start", "stop", "status"])
def test_a_server_outside_is_left_alone(caseline: Command, word: str) -> None:
    answer = caseline("db", word)

    assert answer.code == 1
    assert "CASELINE_DATABASE_URL names a server outside" in answer.err


def test_a_home_that_cannot_be_written_is_named(inside: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("CASELINE_HOME", str(home / "file"))

    answer = inside("status")

    assert answer.code == 1
    assert "cannot hold the database" in answer.err
    assert "Traceback" not in answer.err


def test_migrations_and_tables_agree_and_migrations_can_be_undone(caseline: Command) -> None:
    answer = caseline("db", "check-migrations")

    assert answer.code == 0, answer.err
    assert "agree" in answer.out
