"""Says how things stand: rows by part and source, the open runs with their progress, the last runs."""

from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions.wiring import House
from staging import history, report, tables
from staging.history import Run
from staging.report import Progress, Totals


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand."""

    totals: dict[str, Totals]
    """By part, all sources together."""
    by_source: dict[str, dict[str, Totals]]
    runs: tuple[Run, ...]
    """Newest first."""
    open: dict[int, Progress]
    """Progress of unfinished runs by their number."""


def status(house: House, *, runs: int = 5) -> Status:
    """Ask the staging tables; changes nothing."""
    with house.engine.connect() as connection:
        last = tuple(history.runs(connection, limit=runs))
        unfinished = {run.id: report.progress(connection, run.id) for run in last if run.state == "open"}
        names = connection.execute(sa.select(tables.part.c.source).distinct().order_by(tables.part.c.source)).scalars()
        by_source = {source: report.totals(connection, source) for source in list(names)}
    together: dict[str, Totals] = {}
    for parts in by_source.values():
        for name, found in parts.items():
            together[name] = together.get(name, Totals()) + found
    return Status(together, by_source, last, unfinished)
