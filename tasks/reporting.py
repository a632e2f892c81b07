"""Shows an import in the Prefect UI: log lines, progress, table of errors, summary."""

import time
from typing import Final
from uuid import UUID

from prefect import get_run_logger, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from caseline.actions.run_import import Import
from caseline.actions.watch_import import Outcome, look_ahead
from staging.report import Progress
from tasks import wording
from tasks.milestones import Milestones

SLICES: Final = 8
SMALLEST_SLICE: Final = 5_000


class Board:
    """What the operator sees of an attempt at an import; every method is cheap enough to be called at any time."""

    def __init__(self, running: Import, *, artifact: UUID, milestones: Milestones) -> None:
        self._running = running
        self._artifact = artifact
        self._milestones = milestones
        self.settled = milestones.outlook.settled

    @classmethod
    def put_up(cls, running: Import) -> "Board":
        """Write the first lines and begin the progress where the import goes on."""
        outlook = look_ahead(running)
        log = get_run_logger()
        log.info(wording.first_line(running, outlook))
        for line in wording.remarks(running):
            log.info(line)
        milestones = Milestones(outlook, time.monotonic())
        source = running.job.mapping.source
        attempt = f"Rows of {source} settled, attempt {flow_run.run_count} at run {running.run_id}"
        percent = milestones.percent(outlook.settled)
        artifact = create_progress_artifact(percent, key=wording.key(source, "progress"), description=attempt)
        return cls(running, artifact=UUID(str(artifact)), milestones=milestones)

    @property
    def slice(self) -> int:
        """Rows for the next task run: an eighth of all, and not so few that task runs cost more than they show."""
        return max(self._milestones.outlook.expected // SLICES, SMALLEST_SLICE)

    def watch(self, progress: Progress) -> None:
        """Note progress; each 2 % a line and one call of the API."""
        self.settled = progress.settled
        line = self._milestones.due(progress, now_s=time.monotonic())
        if line is not None:
            get_run_logger().info(line)
            self._show(self._milestones.percent(progress.settled))

    def close(self) -> None:
        """All rows are settled."""
        self._show(100.0)

    def _show(self, percent: float) -> None:
        update_progress_artifact(self._artifact, progress=percent)


@task(name="publish-errors", task_run_name="table of errors", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_errors(outcome: Outcome) -> None:
    """Put up the table of error groups. Run twice, it writes a newer version of the same table."""
    rows = wording.error_rows(outcome.groups)
    left = len(outcome.groups) - len(rows)
    more = f" ({left:,} rarer groups are not shown: `caseline errors`)" if left > 0 else ""
    create_table_artifact(
        rows,
        key=wording.key(outcome.source, "errors"),
        description=f"Errors of FAILED rows of {outcome.source}, commonest first; personal values are shortened{more}",
    )


@task(name="publish-summary", task_run_name="summary", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_summary(outcome: Outcome, max_failed: float) -> None:
    """Put up the summary with what to do now. Run twice, it writes a newer version of the same text."""
    create_markdown_artifact(
        wording.summary(outcome, max_failed),
        key=wording.key(outcome.source, "summary"),
        description=f"Import of {outcome.source}: figures and what to do now",
    )
