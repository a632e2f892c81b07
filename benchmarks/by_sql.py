"""Contenders written in SQL by hand, over psycopg: raw COPY, the bare expert, the script with our duties."""

import csv
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from benchmarks.contender import Job
from benchmarks.exports import CASES

_CHUNK: Final = 1 << 20
_SCRIPTS: Final = Path(__file__).parent / "sql"
_COPY: Final = "-- COPY\n"
"""Line of a script at which the file is copied."""


def raw(job: Job) -> tuple[int, dict[str, Any]]:
    """COPY into a table of text columns without keys: nothing in PostgreSQL is faster with the data kept."""
    return _run(job, "raw")


def expert(job: Job) -> tuple[int, dict[str, Any]]:
    """COPY into an unlogged text table, then one typed INSERT..SELECT: no checks, no references, no statuses."""
    return _run(job, "bare_expert")


def same_duties(job: Job) -> tuple[int, dict[str, Any]]:
    """What caseline owes for each row, in one plain script over whole sets."""
    return _run(job, "same_duties")


def _run(job: Job, script: str) -> tuple[int, dict[str, Any]]:
    before, _, after = (_SCRIPTS / f"{script}.sql").read_text(encoding="utf-8").partition(_COPY)
    with psycopg.connect(job.url, options="-c timezone=UTC") as connection, connection.cursor() as cursor:
        cursor.execute(before.encode())
        connection.commit()
        rows = _copy(cursor, Path(job.folder, CASES))
        connection.commit()
        if after.strip():
            cursor.execute(after.encode())
    return rows, {}


def _copy(cursor: psycopg.Cursor[Any], path: Path) -> int:
    with path.open("rb") as file:
        header = next(csv.reader([file.readline().decode()]))
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in header)
        command = sql.SQL("COPY bench.landed ({columns}) FROM STDIN WITH (FORMAT csv, FORCE_NULL ({columns}))")
        with cursor.copy(command.format(columns=columns)) as stream:
            while chunk := file.read(_CHUNK):
                stream.write(chunk)
    return int(cursor.rowcount)
