"""Tells how an import stands: what is before it when it is opened, and what came of it."""

from dataclasses import dataclass

from caseline.actions.run_import import Import
from caseline.actions.wiring import House
from staging import outlook, report
from staging.outlook import Outlook
from staging.report import ErrorGroup, Totals

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rows of a source by part and status, and why the FAILED ones failed."""

    run_id: int
    source: str
    totals: dict[str, Totals]
    groups: tuple[ErrorGroup, ...]
    """Commonest first; their samples are as the source has them and may be personal."""

    @property
    def sum(self) -> Totals:
        """All parts together."""
        return sum(self.totals.values(), Totals())

    @property
    def failed_percent(self) -> float:
        """FAILED rows among all that are settled, from 0 to 100; 0 when there are none."""
        settled = self.sum.success + self.sum.failed
        return 100 * self.sum.failed / settled if settled else 0.0


def look_ahead(running: Import) -> Outlook:
    """What an open import has done and what is left of it."""
    with running.job.engine.connect() as connection:
        return outlook.look(connection, running.run_id, running.survey.found, running.job.mapping)


def sum_up(house: House, running: Import) -> Outcome:
    """What all imports of the source came to, this one included: figures that a repeated run does not change."""
    source = running.job.mapping.source
    with house.engine.connect() as connection:
        totals = report.totals(connection, source)
        groups = report.error_groups(connection, source, samples=SAMPLES)
    return Outcome(running.run_id, source, totals, tuple(groups))
