"""Opens the database: one SQLAlchemy engine, checked at start."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

MINIMUM: Final = 160_000


class DatabaseUnfit(Exception):
    """The database answers but cannot serve caseline; the message names the remedy."""


def open_engine(url: str) -> sa.Engine:
    """Engine over psycopg for a `postgresql://` URL; every connection is its own.

    Workers keep session locks and temporary tables, so a connection that is given back must really end.
    """
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        # What people have typed stays out of the messages of database errors, and so out of logs.
        hide_parameters=True,
        # Statements are planned each time: a plan kept from an almost empty table would ruin a first load.
        connect_args={
            "prepare_threshold": None,
            "application_name": "caseline",
            "connect_timeout": 15,
            "options": "-c timezone=UTC -c datestyle=ISO",
        },
    )


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
