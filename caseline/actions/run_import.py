"""Imports an export through the staging table: opened once, worked on in slices, restartable at any point."""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from caseline.actions.wiring import House
from staging import blocks, mapping_file, register, report, resume, survey, work
from staging.faults import NotConfirmed
from staging.mapping import Mapping
from staging.register import Options
from staging.survey import Survey

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants imported."""

    paths: tuple[Path, ...]
    """Folders, zips or files; empty: nothing is loaded, only what waits is tried again."""
    mapping: str
    """Name of a shipped mapping or path of a YAML file."""
    options: Options = field(default_factory=Options)
    workers: int = 2
    confirmed: bool = False
    """Somebody agreed to import into a CRM that holds records of others."""
    block_size: int = blocks.SIZE
    """Bytes of a file that are loaded in one transaction, into one batch; smaller ones are for tests."""


@dataclass(frozen=True, slots=True)
class Import:
    """An open run and what is needed to work on it."""

    job: work.Job
    survey: Survey
    resumed: bool

    @property
    def run_id(self) -> int:
        """Number of the run."""
        return self.job.run_id


def start(house: House, order: Order, *, clock: Clock) -> Import:
    """Look at all files, register them and open the run, or join the one that was interrupted.

    Raises `MappingFault`, `FileFault` or `NotConfirmed` before anything is loaded.
    """
    mapping = mapping_file.load(order.mapping)
    options = replace(order.options, only=mapping.neighbours(order.options.only))
    with house.engine.begin() as connection:
        ids = register.part_ids(connection, mapping)
        loaded = register.loaded_parts(connection, mapping, ids)
    surveyed = Survey()
    if order.paths:
        surveyed = survey.look(order.paths, mapping, options.only, loaded=loaded)
    with house.engine.begin() as connection:
        if not order.confirmed:
            _refuse_strangers(connection, house, mapping)
        found = surveyed.found
        run_id, resumed = register.prepare(connection, mapping, found, options, crm=house.crm, now=clock())
        resume.settle_begun(connection, run_id, found, now=clock())
    job = work.Job(
        engine=house.engine,
        crm=house.crm,
        mapping=mapping,
        options=options,
        run_id=run_id,
        ids=ids,
        found=found,
        workers=order.workers,
        owner=f"{socket.gethostname()}:{os.getpid()}",
        lease_seconds=house.settings.lease_seconds,
        block_size=order.block_size,
        clock=clock,
    )
    return Import(job, surveyed, resumed)


def go_on(
    running: Import, *, budget: int | None = None, watch: Callable[[report.Progress], None] | None = None
) -> bool:
    """Work until the run is finished (True) or about `budget` rows are settled (False); `watch` sees the progress."""
    if watch is None:
        return work.work(running.job, budget=budget)
    with running.job.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def look() -> None:
            watch(report.progress(connection, running.run_id))

        return work.work(running.job, budget=budget, watch=look)


def retry(house: House, source: str, *, code: str | None, parts: Sequence[str], clock: Clock) -> Import:
    """Open a run that loads nothing and tries FAILED rows of a source again, by the mapping of its last run."""
    with house.engine.connect() as connection:
        mapping = report.last_mapping(connection, source)
    return retry_with(house, mapping, Options(retry_code=code, only=tuple(parts)), clock=clock)


def retry_with(house: House, mapping: Mapping, options: Options, *, clock: Clock) -> Import:
    """The same with a mapping at hand."""
    with house.engine.begin() as connection:
        run_id, resumed = register.prepare(connection, mapping, (), options, crm=house.crm, now=clock())
        resume.settle_begun(connection, run_id, (), now=clock())
        ids = register.part_ids(connection, mapping)
    settings = house.settings
    job = work.Job(
        house.engine,
        house.crm,
        mapping,
        options,
        run_id,
        ids,
        (),
        workers=settings.workers,
        lease_seconds=settings.lease_seconds,
        clock=clock,
    )
    return Import(replace(job, owner=f"{socket.gethostname()}:{os.getpid()}"), Survey(), resumed)


def _refuse_strangers(connection: sa.Connection, house: House, mapping: Mapping) -> None:
    """An import into a CRM that holds records of other origin must be meant; a run that was open goes on unasked."""
    if report.open_run(connection, mapping.source) is not None:
        return
    others = sum(
        number
        for by_source in house.crm.count().values()
        for source, number in by_source.items()
        if source != mapping.source
    )
    if others and not report.fresh_backup(house.settings.home):
        raise NotConfirmed(
            f"the CRM holds {others:,} records that do not come from {mapping.source}:"
            " make a backup first (`caseline backup FILE`), or say --yes (in Prefect: Import beside other records)"
        )
