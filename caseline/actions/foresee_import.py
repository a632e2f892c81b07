"""Says before the work begins what an import has to do."""

from dataclasses import dataclass

from caseline.actions.run_import import Import
from staging import forecast, history, reconvert, report
from staging.reconvert import Otherwise


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands before a run."""

    files: int
    """Files given."""
    size: int
    """Their bytes."""
    files_left: int
    """Files that this run has still to load, in part or whole."""
    settled: int
    """Rows that the run has settled already."""
    again: int
    """Rows of earlier runs, NEW or FAILED, that are tried again."""
    records: int
    """About how many rows the run will have settled at its end."""
    anew: int = 0
    """Rows that are SUCCESS by earlier runs and are converted once more."""
    otherwise: Otherwise | None = None
    """By which run the rows of these files were made, with another mapping; None: by the same."""


def foresee(imported: Import) -> Outlook:
    """Look at the beginning of each file and at what earlier runs left."""
    job, found = imported.job, imported.survey.found
    with job.engine.connect() as connection:
        done = report.progress(connection, job.run_id)
        files = {(file.name, file.sha256): file for file in history.files(connection, job.run_id)}
        again = history.tried_again(connection, job.run_id)
        anew = reconvert.left(connection, job.run_id)
        wanted = {(item.file.name, item.sha256): item.parts for item in found}
        otherwise = reconvert.mapped_otherwise(connection, job.run_id, wanted)
    records = again + anew
    for item in found:
        file = files.get((item.file.name, item.sha256))
        if file is not None:
            records += len(item.parts) * (file.read if file.loaded else forecast.records(item, job.mapping))
    return Outlook(
        files=len(found),
        size=sum(item.file.size for item in found),
        files_left=sum(not file.loaded for file in files.values()),
        settled=done.settled,
        again=again,
        anew=anew,
        records=max(records, done.settled + again + anew),
        otherwise=otherwise,
    )
