"""Opens the database: one SQLAlchemy engine, checked at start."""

import select
import sys
import time
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg.pq import ExecStatus
from sqlalchemy.pool import NullPool, PoolResetState

MINIMUM: Final = 160_000
KEPT: Final = 4
"""Connections that are kept by a process that writes many records into a CRM over the network.

Each step asks the register for a moment, and a new connection costs both sides as much as several such questions.
"""
_NO_END: Final = -1
"""Whoever needs a connection gets one: each thread of a process has few, and none may wait for one that waits."""
_TRUSTED_S: Final = 30.0
"""A connection that has lain longer is asked whether it still answers: a network forgets without a word."""
_AS_NEW: Final = (
    b"ROLLBACK; CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
    b"SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES"
)
"""What `DISCARD ALL` does after a rollback, in one message instead of two; prepared statements are the driver's own."""
_SPOKEN: Final = "-c timezone=UTC -c datestyle=ISO"
_BY_INDEX: Final = " -c enable_seqscan=off -c jit=off"
"""A plan that is kept was made when its table may have been empty: it must not read all of what has come since."""
_WHERE_SAID: Final = sys.maxsize
"""So often the driver lets a statement come before it prepares it of its own accord."""


class DatabaseUnfit(Exception):
    """The database answers but cannot serve caseline; the message names the remedy."""


def open_engine(url: str, *, keep: int = 0, prepares: bool = False) -> sa.Engine:
    """Engine over psycopg for a `postgresql://` URL; every connection is its own.

    Workers keep session locks and temporary tables, so a connection that is given back must really end. `keep`: so many
    stay open, for a process that answers at once: opening one takes longer than a page needs. What is given back is as
    good as new there, too; one that the server has closed meanwhile is replaced unseen.

    `prepares`: statements of `caseline.db.fixed` are planned once for each connection that is kept, and again when
    their tables were analyzed; they go by indexes wherever there is one. It is for a process that runs the same few,
    each about one thing: whatever is rolled back forgets them.
    """
    kept = {"pool_size": keep, "max_overflow": _NO_END, "pool_reset_on_return": None}
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        **(kept if keep else {"poolclass": NullPool}),
        # What people have typed stays out of the messages of database errors, and so out of logs.
        hide_parameters=True,
        connect_args={
            # Else they are planned each time: a plan kept from an almost empty table would ruin a first load.
            "prepare_threshold": _WHERE_SAID if prepares else None,
            "application_name": "caseline",
            "connect_timeout": 15,
            "options": _SPOKEN + (_BY_INDEX if prepares else ""),
        },
    )
    if keep:
        sa.event.listen(engine, "reset", _as_new)
        sa.event.listen(engine, "checkout", _alive)
    return engine


def _as_new(connection: psycopg.Connection[Any], record: Any, state: PoolResetState) -> None:  # noqa: ANN401 - SQLAlchemy's
    """End the transaction, and forget settings, locks and temporary tables of whoever had the connection.

    One that does not answer any more is closed, and another one is opened when it is needed. That is said by whoever
    used it: a fault raised from here would be written into the log with all its lines, and change nothing else.
    """
    try:
        if state.terminate_only:
            connection.rollback()
            return
        answers = connection.pgconn.exec_(_AS_NEW).status != ExecStatus.FATAL_ERROR
    except psycopg.OperationalError:
        answers = False
    if answers:
        record.info["lies_since"] = time.monotonic()
    elif record is not None:
        record.invalidate()


def _alive(connection: psycopg.Connection[Any], record: Any, _proxy: object) -> None:  # noqa: ANN401 - SQLAlchemy's
    """Let another connection be opened instead of one that the server has closed.

    A server that closes one says so, and what it has said can be read: this asks the operating system, not the server.
    """
    since = record.info.pop("lies_since", None)
    if since is None:  # it was opened just now
        return
    told = select.poll()
    told.register(connection.fileno(), select.POLLIN)
    if not told.poll(0) and time.monotonic() - since < _TRUSTED_S:
        return
    try:
        answers = connection.pgconn.exec_(b"SELECT 1").status == ExecStatus.TUPLES_OK
    except psycopg.OperationalError:
        answers = False
    if not answers:
        raise sa.exc.InvalidatePoolError("the server has closed its connections")


def check(connection: sa.Connection) -> None:
    """Refuse a server that is too old or that cannot fold Cyrillic case (cluster made with locale C)."""
    version = connection.execute(sa.text("SELECT current_setting('server_version_num')::int")).scalar_one()
    if version < MINIMUM:
        message = f"PostgreSQL {version // 10_000} is too old: caseline needs 16 or newer"
        raise DatabaseUnfit(message)
    if (
        connection.execute(
            sa.text("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
        != "UTF8"
    ):
        message = "the database is not UTF-8: create it with ENCODING 'UTF8' TEMPLATE template0"
        raise DatabaseUnfit(message)
    if not connection.execute(sa.text("SELECT 'Ё' ILIKE 'ё'")).scalar_one():
        message = (
            "the database does not know Cyrillic letter case:"
            " create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0"
        )
        raise DatabaseUnfit(message)
