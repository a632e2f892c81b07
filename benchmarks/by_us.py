"""Our own import, called as the `caseline import` command calls it."""

import importlib
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from benchmarks.contender import Job
from benchmarks.exports import CASES
from benchmarks.meter import Backend
from benchmarks.server import MAPPING
from caseline.actions import run_import
from caseline.actions.wiring import House, open_house
from caseline.settings import load
from staging import report, tables
from staging.register import Options

_FOREIGN_KEYS: Final = """
SELECT format('ALTER TABLE crm.record ALTER CONSTRAINT %I ', conname)
FROM pg_constraint WHERE conrelid = 'crm.record'::regclass AND contype = 'f'
"""


def _now() -> datetime:
    return datetime.now(UTC)


def run(job: Job, *, workers: int = 2) -> tuple[int, dict[str, Any]]:
    """Import the cases with `workers` converters beside the loader."""
    with open_house(load()) as house:
        return _import(house, job, workers)


def trusting(job: Job) -> tuple[int, dict[str, Any]]:
    """The same with the foreign keys of the target not enforced meanwhile, and checked as a whole afterwards."""
    with psycopg.connect(job.url, autocommit=True) as connection:
        keys = [row[0] for row in connection.execute(_FOREIGN_KEYS)]
        for key in keys:
            connection.execute(key + "NOT ENFORCED")
        rows, extra = run(job)
        begun = time.perf_counter()
        for key in keys:
            connection.execute(key + "ENFORCED")
    return rows, extra | {"enforcing_s": time.perf_counter() - begun}


def rehearse(job: Job) -> tuple[int, dict[str, Any]]:
    """The dry run: everything checked, nothing written into the CRM."""
    action: Any = importlib.import_module("caseline.actions.rehearse_import")
    with open_house(load()) as house:
        found = action.rehearse(house, _order(job, 2), clock=_now)
    return sum(part.read for part in found.parts.values()), {}


def profiled(job: Job) -> tuple[int, dict[str, Any]]:
    """The import with one converter, and the server's processor seconds for each kind of statement."""
    with open_house(load()) as house, _Ledger.kept(house.engine) as ledger:
        rows, extra = _import(house, job, 1)
    return rows, extra | {"steps": dict(ledger.steps), "calls": dict(ledger.calls)}


def _import(house: House, job: Job, workers: int) -> tuple[int, dict[str, Any]]:
    running = run_import.start(house, _order(job, workers), clock=_now)
    # With somebody watching, as on the command line.
    finished = run_import.go_on(running, watch=lambda progress: None)
    if not finished:
        raise RuntimeError("the import ended before everything was settled")
    row = tables.row
    query = sa.select(row.c.status, sa.func.count()).join(tables.part, tables.part.c.id == row.c.part_id)
    query = query.where(tables.part.c.name == "request").group_by(row.c.status)
    with house.engine.connect() as connection:
        counts = {status: number for status, number in connection.execute(query)}
        progress = report.progress(connection, running.run_id)
    return counts.get(tables.SUCCESS, 0), {"failed": counts.get(tables.FAILED, 0), "settled": progress.settled}


def _order(job: Job, workers: int) -> run_import.Order:
    options = Options(only=("request",))
    # The folder and not the file: an export of three million cases has its Case.csv in pieces.
    files = sorted(Path(job.folder).rglob(CASES))
    return run_import.Order(tuple(files), MAPPING, options, workers=workers, confirmed=True)


_KINDS: Final = (
    ("COPY", "copy into landing"),
    (r"INSERT INTO staging\.row", "staging rows"),
    (r"INSERT INTO \S*take", "checks and references"),
    (r"INSERT INTO crm\.record", "records, indexes, foreign keys, events"),
    (r"UPDATE staging\.row", "settle rows"),
    (r"INSERT INTO staging\.ledger", "ledger"),
    ("", "everything else"),
)


@dataclass
class _Ledger:
    """Processor seconds of the server by kind of statement."""

    steps: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    @contextmanager
    def kept(cls, engine: sa.Engine) -> Iterator["_Ledger"]:
        """Listen to every statement of an engine."""
        ledger = cls()
        listeners = {"before_cursor_execute": ledger.before, "after_cursor_execute": ledger.after}
        for name, listener in listeners.items():
            sa.event.listen(engine, name, listener)
        try:
            yield ledger
        finally:
            for name, listener in listeners.items():
                sa.event.remove(engine, name, listener)

    def before(self, connection: Any, *_: Any) -> None:
        """A statement begins. What the server did since the last one was the COPY, or a commit."""
        backend = Backend(connection.connection.driver_connection.info.backend_pid)
        used = backend.cpu_s()
        self.steps["copy, commits, idle"] += used - connection.info.get("used", used)
        connection.info["used"] = used

    def after(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A statement ended."""
        kind = next(name for pattern, name in _KINDS if re.search(pattern, statement))
        used = Backend(connection.connection.driver_connection.info.backend_pid).cpu_s()
        self.steps[kind] += used - connection.info["used"]
        self.calls[kind] += 1
        connection.info["used"] = used
