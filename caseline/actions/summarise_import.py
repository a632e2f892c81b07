"""Puts together what is told at the end of an import."""

from dataclasses import dataclass
from typing import Any

from caseline.actions.report_errors import by_code, discreet
from caseline.actions.run_import import Import
from staging import columns, history, report
from staging.columns import ColumnChange
from staging.history import Pace
from staging.report import ErrorGroup, Totals


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import came to."""

    run_id: int
    source: str
    totals: dict[str, Totals]
    paces: dict[str, Pace]
    """Parts that had something to do in this run."""
    created: int
    """Records that this run made in the CRM."""
    codes: dict[str, int]
    """Errors of the source's FAILED rows by code."""
    commonest: tuple[ErrorGroup, ...]
    """With shortened samples."""
    not_imported: dict[str, int]
    unknown: tuple[str, ...]
    lacking: dict[str, tuple[str, ...]]
    """Mapped columns that a file does not have."""
    changes: tuple[ColumnChange, ...]

    @property
    def failed(self) -> int:
        """FAILED rows of the source."""
        return sum(part.failed for part in self.totals.values())

    def as_dict(self) -> dict[str, Any]:
        """As the command prints it with --json."""
        return {
            "run": self.run_id,
            "source": self.source,
            "entities": {name: part.as_dict() for name, part in self.totals.items()},
            "errors": self.codes,
            "seconds": round(sum(pace.seconds for pace in self.paces.values()), 3),
        }


def summarise(imported: Import, *, groups: int = 5) -> Summary:
    """Ask the staging tables about a run and its source; `groups` of errors are named."""
    job, survey = imported.job, imported.survey
    with job.engine.connect() as connection:
        found = report.error_groups(connection, job.mapping.source, samples=1)
        return Summary(
            run_id=job.run_id,
            source=job.mapping.source,
            totals=report.totals(connection, job.mapping.source),
            paces=history.paces(connection, job.run_id),
            created=sum(run.created for run in history.runs(connection, run_id=job.run_id)),
            codes=by_code(found),
            commonest=tuple(discreet(group) for group in found[:groups]),
            not_imported=survey.not_imported,
            unknown=survey.unknown,
            lacking={item.file.name: item.lacking for item in survey.found if item.lacking},
            changes=tuple(columns.changes(connection, job.run_id, survey.found, job.ids)),
        )
