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

from caseline.actions.foresee_import import foresee
from caseline.actions.run_import import Import
from caseline.actions.summarise_import import Summary
from staging.report import Progress
from tasks import wording
from tasks.milestones import Milestones
from tasks.verdict import Verdict

SLICES: Final = 8
SMALLEST_SLICE: Final = 5_000


class Board:
    """What the operator sees of an attempt at an import; its methods are cheap enough to be called at any time."""

    def __init__(self, artifact: UUID, milestones: Milestones) -> None:
        self._artifact = artifact
        self._milestones = milestones
        self.settled = milestones.outlook.settled
        """Rows of the run that are settled."""

    @classmethod
    def put_up(cls, running: Import) -> "Board":
        """Write the first line, and begin the progress where the import goes on."""
        outlook = foresee(running)
        get_run_logger().info(wording.first_line(running, outlook))
        milestones = Milestones(outlook, time.monotonic())
        source = running.job.mapping.source
        artifact = create_progress_artifact(
            milestones.percent(outlook.settled),
            key=wording.key(source, "progress"),
            description=f"Rows of {source} settled in run {running.run_id}, attempt {flow_run.run_count}",
        )
        return cls(UUID(str(artifact)), milestones)

    @property
    def slice(self) -> int:
        """Rows for the next task run: an eighth of all, but not so few that the task runs would be what takes time."""
        return max(self._milestones.outlook.records // SLICES, SMALLEST_SLICE)

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
def publish_errors(summary: Summary) -> None:
    """Put up the table of errors. Run twice, it writes a newer version of the same table."""
    create_table_artifact(
        wording.error_rows(summary.commonest),
        key=wording.key(summary.source, "errors"),
        description=f"Errors of the FAILED rows of {summary.source}, commonest first; values that may be personal are "
        "shortened (`caseline errors --show-values` shows them)",
    )


@task(name="publish-summary", task_run_name="summary", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_summary(summary: Summary, verdict: Verdict) -> None:
    """Put up the figures and what to do now. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(
        wording.page(summary, verdict),
        key=wording.key(summary.source, "summary"),
        description=f"Import of {summary.source}: figures and what to do now",
    )
