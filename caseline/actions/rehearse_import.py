"""Rehearses an import: everything is read, checked and reported, and nothing of it stays in the database."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa

from caseline.actions import run_import
from caseline.actions.run_import import Clock, Order
from caseline.actions.wiring import House
from caseline.crm import connect
from staging import mapping_file, profile, register, report, scratch, survey, tables, work
from staging.faults import ImportFault
from staging.mapping import Mapping
from staging.survey import Survey


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the import would do to the CRM, by part."""

    create: int
    update: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an import would come to."""

    survey: Survey
    totals: dict[str, report.Totals]
    errors: list[report.ErrorGroup]
    outlook: dict[str, Outlook]
    profile: dict[str, list[profile.ColumnProfile]]
    """Columns by part, from a sample of the rows."""


def rehearse(
    house: House,
    order: Order,
    *,
    clock: Clock,
    watch: Callable[[report.Progress], None] | None = None,
    see: connect.See = lambda _connection, _incoming: None,
) -> Rehearsal:
    """Run the whole import against scratch tables and a CRM that writes nothing; the scratch tables are dropped.

    `see` is shown each set of records that the CRM would take, in any thread. References are resolved within the export
    and, for a delta, among what earlier runs have imported.
    """
    mapping = mapping_file.load(order.mapping)
    options = replace(order.options, retry_failed=False, reconvert=False, only=mapping.neighbours(order.options.only))
    crm = connect.rehearsal(house.settings.crm, see)
    with _scratch(house.engine) as engine:
        with engine.begin() as connection:
            if report.open_run(connection, mapping.source) is not None:
                raise ImportFault(
                    f"an import of {mapping.source} is not finished: start it again and let it end, then rehearse"
                )
            ids = register.part_ids(connection, mapping)
            loaded = register.loaded_parts(connection, mapping, ids)
            if order.options.reconvert:
                scratch.forget(connection, mapping.source, [ids[name] for name in options.chosen(mapping)])
        surveyed = survey.look(order.paths, mapping, options.only, loaded=loaded)
        with engine.begin() as connection:
            run_id, _ = register.prepare(connection, mapping, surveyed.found, options, crm=crm, now=clock())
        job = work.Job(engine, crm, mapping, options, run_id, ids, surveyed.found, workers=order.workers, clock=clock)
        run_import.go_on(run_import.Import(job, surveyed, resumed=False), watch=watch)
        with engine.connect() as connection:
            return _report(connection, mapping, surveyed, ids)


def _report(connection: sa.Connection, mapping: Mapping, surveyed: Survey, ids: dict[str, int]) -> Rehearsal:
    return Rehearsal(
        surveyed,
        report.totals(connection, mapping.source),
        report.error_groups(connection, mapping.source),
        {name: _outlook(connection, ids[name]) for name in mapping.parts},
        profile.columns(connection, mapping, ids),
    )


def _outlook(connection: sa.Connection, part_id: int) -> Outlook:
    ledger, row = tables.ledger, tables.row
    query = sa.select(sa.func.count().filter(ledger.c.created), sa.func.count().filter(sa.not_(ledger.c.created)))
    create, update = connection.execute(
        query.join(row, row.c.id == ledger.c.row_id).where(row.c.part_id == part_id)
    ).one()
    good = sa.select(sa.func.count()).where(row.c.part_id == part_id, row.c.status == tables.SUCCESS)
    return Outlook(create, update, connection.execute(good).scalar_one() - create - update)


@contextmanager
def _scratch(engine: sa.Engine) -> Iterator[sa.Engine]:
    """An engine whose staging tables are scratch ones of our own."""
    name = f"{scratch.PREFIX}{os.getpid()}_{secrets.token_hex(4)}"
    names = {tables.SCHEMA: f"{name}_s", tables.LANDING: f"{name}_l"}
    with engine.connect() as guard:
        with guard.begin():
            scratch.guard(guard, names)
        with engine.begin() as connection:
            scratch.make(connection, names)
        try:
            yield engine.execution_options(schema_translate_map=names)
        finally:
            with engine.begin() as connection:
                scratch.drop(connection, names)
