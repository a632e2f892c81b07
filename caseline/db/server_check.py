"""Makes the database on a running embedded server and proves that both can serve caseline."""

import subprocess
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from caseline.db import binaries
from caseline.db.embedded_errors import ServerUnfitError
from caseline.db.first_start import ROLE
from caseline.db.postmaster import Postmaster

_OLDEST: Final = 160_000
_NO_CONNECTION: Final = 2  # psql's exit code for it; 3 is a failed statement

# template0, because nobody is ever connected to it: a session in template1 would make this fail. It may fail all the
# same, when somebody who was killed while he made the database has left a server process that makes it at this moment;
# what counts is that it is there afterwards.
_MAKE_AND_ASK: Final = r"""
\set ON_ERROR_STOP 0
SELECT format('CREATE DATABASE %I TEMPLATE template0', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
\set ON_ERROR_STOP 1
\connect :"name"
SELECT current_setting('server_version_num'), current_setting('server_version'), 'Ё' ILIKE 'ё',
    to_tsvector('russian', '«Договоры»') @@ to_tsquery('russian', 'договор')
"""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The server does not take connections at the moment; `reason` is in psql's words."""

    reason: str


def url(server: Postmaster, database: str) -> str:
    """Address of a database in libpq's form; no password is in it, for the server needs none."""
    return (
        f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(server.socket_folder), safe='/')}&port={server.port}"
    )


def prepare(server: Postmaster, database: str, *, timeout_s: float) -> str | NoAnswer:
    """Make the database if it is missing, check it, and return the server's version, "18.4" for example.

    Raises `ServerUnfitError` when the server is too old or does not know Cyrillic letters.
    """
    answer = _psql(server, _MAKE_AND_ASK, database, timeout_s=timeout_s)
    if isinstance(answer, NoAnswer):
        return answer
    number, version, folds_case, finds_words = answer.split("|")
    if int(number) < _OLDEST:
        raise ServerUnfitError(f"PostgreSQL {version} is too old: caseline needs 16 or newer. Install a newer one.")
    if (folds_case, finds_words) != ("t", "t"):
        lack = (
            "the letter case of Cyrillic ('Ё' ILIKE 'ё')" if folds_case != "t" else "which signs are Cyrillic letters"
        )
        raise ServerUnfitError(
            f"The database {database} does not know {lack}: searches would miss what is there. Save it with "
            "`caseline backup`, and restore it into a fresh CASELINE_HOME, which is made with the right locale."
        )
    return version


def version(server: Postmaster, *, timeout_s: float) -> str | NoAnswer:
    """Ask a running server for its version."""
    return _psql(server, "SELECT current_setting('server_version')", "postgres", timeout_s=timeout_s)


def _psql(server: Postmaster, script: str, name: str, *, timeout_s: float) -> str | NoAnswer:
    """Run a script in the database `postgres` by psql; its variable `name` is `name`.

    By psql and not by a driver: a child process can be given an environment without PG* variables.
    """
    program, role, folder, port = str(binaries.binary("psql")), ROLE, str(server.socket_folder), str(server.port)
    command = [program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}", "-h", folder, "-p", port, "-U", role]
    try:
        ran = subprocess.run(  # noqa: S603 - our own words, and no shell between
            [*command, "-w", "-d", "postgres"],
            input=script,
            env=binaries.environment() | {"LC_ALL": "C", "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        return NoAnswer(f"no answer within {timeout_s:.0f} s")
    if ran.returncode == _NO_CONNECTION:
        return NoAnswer(ran.stderr.strip())
    if ran.returncode != 0:
        raise ServerUnfitError(f"The server refused to make or check the database {name}: {ran.stderr.strip()}")
    return ran.stdout.strip()
