"""Brings a database to the tables that this version needs, and compares both."""

from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from caseline.db.engine import check, open_engine

LOCK = 7_205_758
VERSIONS = "caseline_version"
"""The table that knows which migrations were made."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    return config


@cache
def newest() -> str | None:
    """The newest migration's number."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(connection: sa.Connection) -> str | None:
    """The number of the last migration that a database has seen; None where it has seen none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSIONS}).get_current_revision()


def upgrade(url: str) -> None:
    """Check the server, then run what migrations are missing; several processes at once agree by a lock."""
    engine = open_engine(url)
    with engine.begin() as connection:
        check(connection)
        found = current(connection)
    if found != newest():
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    engine.dispose()


def downgrade(url: str) -> None:
    """Undo all migrations, data included; for checks on a database of their own."""
    engine = open_engine(url)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()


def differences(connection: sa.Connection, metadata: sa.MetaData, schemas: frozenset[str]) -> list[Any]:
    """What the tables in the code and those in the database do not agree on."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "schema" or name in schemas

    options = {"version_table": VERSIONS, "include_schemas": True, "include_name": ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
