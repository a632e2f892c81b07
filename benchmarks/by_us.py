"""Our own import, called as the `caseline import` command calls it."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from benchmarks.contender import Job
from benchmarks.exports import CASES
from benchmarks.server import MAPPING
from benchmarks.steps import Steps
from caseline.actions import rehearse_import, run_import, settle_times
from caseline.actions.wiring import House, open_house
from caseline.crm.embedded.adapter import EmbeddedCrm
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
        rows, extra = _import(house, job, workers)
    return rows, extra | {"run_s": run_seconds(job)}


def counted(job: Job) -> tuple[int, dict[str, Any]]:
    """The same with the step after it: the business time of every visit to a stage."""
    with open_house(load()) as house:
        rows, extra = _import(house, job, 2)
        begun = time.perf_counter()
        found = settle_times.settle(house, now=_now())
    if not found.stage_rows:
        raise RuntimeError("no visit was counted")
    return rows, extra | {"times_s": time.perf_counter() - begun, "visits": found.stage_rows}


def run_seconds(job: Job) -> float:
    """Seconds from the opening of the run in the staging tables to its end."""
    with psycopg.connect(job.url) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM finished_at - started_at)::float8 FROM staging.run ORDER BY id DESC LIMIT 1"
        ).fetchone()
    if row is None:
        raise RuntimeError("no run stands in the staging tables")
    return float(row[0])


def row_by_row(job: Job) -> tuple[int, dict[str, Any]]:
    """The same as for a login that may not leave out the check of each reference: PostgreSQL checks row by row."""
    with open_house(load()) as house:
        return _import(replace(house, crm=EmbeddedCrm(house.engine, trusted=False)), job, 2)


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
    with open_house(load()) as house:
        found = rehearse_import.rehearse(house, _order(job, 2), clock=_now)
    return found.totals["request"].success, {}


def profiled(job: Job) -> tuple[int, dict[str, Any]]:
    """The import with one converter, and the server's processor seconds for each kind of statement."""
    with open_house(load()) as house, Steps.of(house.engine) as steps:
        rows, extra = _import(house, job, 1)
    return rows, extra | {"steps": dict(steps.cpu_s), "calls": dict(steps.calls)}


def _import(house: House, job: Job, workers: int) -> tuple[int, dict[str, Any]]:
    running = run_import.start(house, _order(job, workers), clock=_now)
    # With somebody watching, as on the command line.
    finished = run_import.go_on(running, watch=lambda _: None)
    if not finished:
        raise RuntimeError("the import ended before everything was settled")
    row = tables.row
    query = sa.select(row.c.status, sa.func.count()).join(tables.part, tables.part.c.id == row.c.part_id)
    query = query.where(tables.part.c.name == "request").group_by(row.c.status)
    with house.engine.connect() as connection:
        counts = {status: int(number) for status, number in connection.execute(query)}
        progress = report.progress(connection, running.run_id)
    return counts.get(tables.SUCCESS, 0), {"failed": counts.get(tables.FAILED, 0), "settled": progress.settled}


def _order(job: Job, workers: int) -> run_import.Order:
    options = Options(only=("request",))
    # The folder and not the file: an export of three million cases has its Case.csv in pieces.
    files = sorted(Path(job.folder).rglob(CASES))
    return run_import.Order(tuple(files), MAPPING, options, workers=workers, confirmed=True)
