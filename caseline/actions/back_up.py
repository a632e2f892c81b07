"""Saves the whole database into one file by PostgreSQL's own pg_dump."""

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from caseline.actions.replace_file import drafted
from caseline.actions.wiring import House
from caseline.db import embedded
from caseline.db.binaries import environment
from caseline.db.embedded_errors import BinariesMissingError
from staging import report


class BackupFailed(Exception):
    """pg_dump could not save the database; the message is its own."""


def back_up(house: House, out: Path) -> int:
    """Write a backup in pg_dump's custom format and answer its size in bytes; `out` is whole or not there.

    The home remembers when it was, for imports into a CRM that is not empty. Raises `BackupFailed`.
    """
    address, surroundings = arguments(house.url)
    with drafted(out) as draft:
        draft.touch(mode=0o600)  # personal data: nobody else reads along
        command = [
            str(program("pg_dump")),
            "--format=custom",
            "--no-password",
            f"--file={draft}",
            f"--dbname={address}",
        ]
        done = subprocess.run(  # noqa: S603 - our own words, and no shell between
            command, env=surroundings, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise BackupFailed(f"pg_dump could not save the database: {last_line(done.stderr)}")
        size = draft.stat().st_size
    stamp = house.settings.home / report.LAST_BACKUP
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    os.utime(stamp)
    return size


def arguments(url: str) -> tuple[str, dict[str, str]]:
    """The address of a database for PostgreSQL's programs, and what stands around them, the password among it."""
    parts = sa.make_url(url)
    password = {"PGPASSWORD": parts.password} if parts.password else {}
    return parts.set(password=None).render_as_string(hide_password=False), environment() | password


def program(name: str) -> Path:
    """One of PostgreSQL's programs: the one that came with caseline, else the machine's."""
    try:
        return embedded.binary(name)
    except BinariesMissingError:
        found = shutil.which(name)
        if found is None:
            raise
        return Path(found)


def last_line(said: str) -> str:
    """What a program said last before it gave up, without its name."""
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].partition(": ")[2] or lines[-1] if lines else "it gave no reason"
