"""Says what an import is doing at a moment, by what its connections are doing in the server."""

import re
from dataclasses import dataclass
from typing import Any, Final

import psycopg

WORK: Final = ("load", "convert", "write", "settle")
"""Phases that a test of crashes must hit."""
_STATEMENTS: Final = (
    # First fit counts. An `idle in transaction` connection shows the statement that it has just done.
    (
        "write",
        re.compile(
            r"INSERT INTO (crm|people)\.|UPDATE (crm|people)\.|(RELEASE |ROLLBACK TO )?SAVEPOINT", re.IGNORECASE
        ),
    ),
    (
        "settle",
        re.compile(r"UPDATE staging\.row SET|INSERT INTO staging\.ledger|UPDATE staging\.batch|COMMIT", re.IGNORECASE),
    ),
    ("convert", re.compile(r"\btake_\d+_\d+\b|\bAS seen\b|SET LOCAL", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of an import, as the server sees it."""

    pid: int
    worker: str
    """loader, converter-1, ...; empty for the main thread."""
    state: str
    query: str

    @property
    def phase(self) -> str | None:
        """What it is in the middle of; None between two transactions, or while it looks for work."""
        if self.state == "idle" or not self.worker:
            return None
        if self.worker == "loader":
            return "load"
        return next((phase for phase, statement in _STATEMENTS if statement.match(self.query)), None) or next(
            (phase for phase, statement in _STATEMENTS if statement.search(self.query)), None
        )


def connections(observer: psycopg.Connection[Any], database: str) -> list[Connection]:
    """All connections of imports into a database."""
    query = """SELECT pid, application_name, coalesce(state, ''), query FROM pg_stat_activity
               WHERE datname = %s AND application_name ~ '^caseline' ORDER BY pid"""
    return [
        Connection(pid, name.removeprefix("caseline").strip(), state, text.strip())
        for pid, name, state, text in observer.execute(query, [database])
    ]


def phases(observer: psycopg.Connection[Any], database: str) -> set[str]:
    """Phases that a living import is in, one for each worker that is in the middle of something."""
    found = connections(observer, database)
    if not any(connection.worker for connection in found):
        return {"register"}
    return {connection.phase for connection in found if connection.phase} or {"between"}
