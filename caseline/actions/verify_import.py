"""Checks what was imported against the source files, by a second reading that shares no code with the import."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from caseline.actions.wiring import House
from staging import report
from staging.audit import audit, page
from staging.audit.verdict import Verdict

Clock = Callable[[], datetime]
Watch = Callable[[int, int, str], None]
"""Told (bytes read, bytes to read in all, part)."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants checked."""

    source: str | None = None
    """None: the source of the newest run."""
    paths: tuple[Path, ...] = ()
    """Folders, zips or files where the imported files lie now, if they were moved."""
    parts: tuple[str, ...] = ()
    """Parts to check; empty = all."""
    sample: int = 10
    """Records to show side by side."""
    seed: int = 0
    """What the sample is drawn by."""


def verify(house: House, order: Order, *, clock: Clock, watch: Watch) -> Verdict:
    """Compare files and CRM both ways; reads only.

    Raises `staging.report.NothingImported` or `staging.audit.faulty.AuditFault` when that is not possible.
    """
    with house.engine.connect() as connection:
        mapping = report.last_mapping(connection, order.source)
        request = audit.Request(mapping, order.paths, order.parts, order.sample, order.seed)
        return audit.run(connection, house.crm, request, clock=clock, watch=watch)


def write_report(verdict: Verdict, path: Path, *, show_values: bool, version: str) -> None:
    """Write the sign-off report, an HTML page that needs no other file; `version` is the caseline that checked."""
    path.write_text(page.render(verdict, show_values=show_values, version=version), encoding="utf-8")
