"""Databases that are copies of others; each of them takes some hundred files, so where the server's files lie counts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy import make_url

_WAITING: Final = sa.text("""
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()
""")


def create(connection: psycopg.Connection[Any], name: str, template: str) -> None:
    """Make a copy; `connection` commits by itself."""
    # File by file: through the log, which is the default, takes several times as long for a database as small as ours.
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Remove a database with whoever is still connected: what a killed worker left must keep nobody waiting."""
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def copied(server_url: str, template: str = "template1") -> Iterator[str]:
    """A database for as long as the context lasts; the value is its address."""
    name = f"caseline_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        create(connection, name, template)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            drop(connection, name)


def name_of(url: str) -> str:
    """The database that an address means."""
    return str(make_url(url).database)


def waiting(connection: sa.Connection) -> int:
    """How many locks somebody waits for, as a new transaction sees it.

    On this database only, since others may work beside it on the same server.
    """
    return int(connection.execute(_WAITING).scalar_one())
