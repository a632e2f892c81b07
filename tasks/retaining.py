"""Taking away what has grown old, as Prefect tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import retain_personal
from caseline.actions.counted import counted
from caseline.actions.retain_personal import Aged
from caseline.actions.wiring import House


@task(name="retain", task_run_name="what has grown old", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=30)
def take_away(house: House, *, dry_run: bool) -> list[Aged]:
    """Take it away, some rows in each transaction. Run twice, the second time finds nothing to do."""
    found = list(retain_personal.run(house, now=datetime.now(UTC), dry_run=dry_run))
    rows = counted(sum(one.rows for one in found), "row")
    get_run_logger().info("%s %s", rows, "would go" if dry_run else "taken away")
    return found


@task(name="publish-retained", task_run_name="what went", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_retained(found: Sequence[Aged], *, dry_run: bool) -> None:
    """Put up what went. Run twice, it writes a newer version of the same table."""
    what = "would go" if dry_run else "went"
    create_table_artifact(
        [
            {"kind": one.kind, "kept for days": "for good" if one.days is None else str(one.days), what: one.rows}
            for one in found
        ],
        key="retained",
        description="What is older than CASELINE_RETAIN_… let it be kept",
    )
