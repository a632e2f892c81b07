"""Fills an empty database from a backup; one that holds anything is never touched."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from caseline.actions.back_up import arguments, last_line, program
from caseline.db import schema
from caseline.db.engine import check, open_engine

_ANYTHING: Final = sa.text("""
SELECT n.nspname || '.' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 1 LIMIT 1
""")
_COUNTED: Final = ("crm.record", "crm.message", "staging.row", "mail.mail", "feedback.ask")


class NotRestored(Exception):
    """Nothing was restored; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    migration: str
    """That of the backup; the tables are those of this version by now."""
    rows: dict[str, int]
    """By table, of those that say most."""


def restore(url: str, file: Path) -> Restored:
    """Restore all of it, or nothing; then bring its tables up to this version. Raises `NotRestored`."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            check(connection)
            there = connection.execute(_ANYTHING).scalar_one_or_none()
        if there is not None:
            raise NotRestored(
                f"the database is not empty (there is a table {there}): restore into a fresh CASELINE_HOME, or into an"
                " empty database that CASELINE_DATABASE_URL names; this one stays as it is"
            )
        _run(url, file)
        with engine.connect() as connection:
            found = schema.current(connection)
        if found is None:
            raise NotRestored(f"{file} is no backup of caseline: it was restored, but its tables are others")
        schema.upgrade(url)
        with engine.connect() as connection:
            counted = {name: sa.select(sa.func.count()).select_from(sa.text(name)) for name in _COUNTED}
            rows = {name: int(connection.execute(query).scalar_one()) for name, query in counted.items()}
    finally:
        engine.dispose()
    return Restored(found, rows)


def _run(url: str, file: Path) -> None:
    """In one transaction: a file that ends too early leaves the database as empty as it was."""
    address, environment = arguments(url)
    command = [
        str(program("pg_restore")),
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"),
        *(f"--dbname={address}", str(file)),
    ]
    done = subprocess.run(  # noqa: S603 - our own words, and no shell between
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotRestored(f"pg_restore could not restore {file}: {last_line(done.stderr)}")
