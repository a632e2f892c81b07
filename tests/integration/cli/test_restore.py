"""A backup fills an empty database with exactly what was saved, and never touches one that holds anything."""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.factories import databases
from tests.integration.cli.conftest import Command, Query

if TYPE_CHECKING:
    from caseline.db.embedded import Server

TABLES = """
SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1
"""


def content(url: str) -> dict[str, str]:
    """Each table with a digest of its rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        found = {}
        for name in names:
            query = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} AS t"
            (row,) = connection.execute(query).fetchall()
            found[name] = row[0]
    return found


@pytest.fixture
def saved(caseline: Command, tmp_path: Path) -> Path:
    """A backup of a house with a request in it."""
    for words in (("request", "new", "Насос течёт", "--description", "Вода на полу"), ("status",)):
        assert caseline(*words).code == 0
    assert caseline("backup", tmp_path / "saved.dump").code == 0
    return tmp_path / "saved.dump"


def test_what_was_saved_comes_back_whole(
    caseline: Command, saved: Path, database_url: str, server: "Server", monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(database_url)
    assert len(before) > 100
    with databases.copied(server.url, "template0") as empty:
        monkeypatch.setenv("CASELINE_DATABASE_URL", empty)
        answer = caseline("restore", saved)
        assert answer.code == 0, answer.err
        assert content(empty) == before
        assert "1 crm.record" in answer.out
        # It is a house to work in: numbers go on, and nothing is missing.
        assert caseline("request", "new", "Ещё один").code == 0
        listed = caseline("request", "list", "--json").object["requests"]
        assert {one["subject"] for one in listed} == {"Насос течёт", "Ещё один"}


def test_a_database_that_holds_anything_is_refused_and_stays(
    caseline: Command, saved: Path, database_url: str, query: Query
) -> None:
    before = content(database_url)
    answer = caseline("restore", saved)
    assert answer.code == 1
    assert "not empty" in answer.err
    assert "fresh CASELINE_HOME" in answer.err
    assert content(database_url) == before
    assert query("SELECT count(*) FROM crm.record") == [(1,)]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_a_file_that_ends_too_early_leaves_nothing_behind(
    caseline: Command, saved: Path, server: "Server", monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * share)])
    with databases.copied(server.url, "template0") as empty:
        monkeypatch.setenv("CASELINE_DATABASE_URL", empty)
        answer = caseline("restore", saved)
        assert answer.code == 1
        assert "pg_restore could not restore" in answer.err
        assert content(empty) == {}


def test_a_file_that_is_none_is_named(
    caseline: Command, tmp_path: Path, server: "Server", monkeypatch: pytest.MonkeyPatch
) -> None:
    assert caseline("restore", tmp_path / "none.dump").code == 2
    (tmp_path / "other.dump").write_text("no backup\n", encoding="utf-8")
    with databases.copied(server.url, "template0") as empty:
        monkeypatch.setenv("CASELINE_DATABASE_URL", empty)
        answer = caseline("restore", tmp_path / "other.dump")
        assert answer.code == 1
        assert "other.dump" in answer.err
