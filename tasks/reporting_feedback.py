"""The weekly letter about feedback as Prefect tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import report_feedback
from caseline.actions.counted import counted
from caseline.actions.report_feedback import Told
from caseline.actions.wiring import House
from caseline.reports import feedback_letter


@task(
    name="write-feedback-reports",
    task_run_name="letters to heads",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=5,
)
def write_reports(house: House) -> list[Told]:
    """Queue the letters about the last whole week. Run twice, it queues none twice: each has its week as occasion."""
    told = report_feedback.write(house, now=datetime.now(UTC))
    letters = counted(sum(one.letter_id is not None for one in told), "letter")
    get_run_logger().info("%s for %s", letters, counted(len(told), "head"))
    for one in told:
        if one.why:
            get_run_logger().info("%s gets none: %s", one.leader.name, one.why)
    return told


@task(name="publish-feedback", task_run_name="figures", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_reports(told: Sequence[Told]) -> None:
    """Put up what the letters say. Run twice, it writes a newer version of the same table."""
    create_table_artifact(
        [_row(one) for one in told],
        key="feedback-report",
        description="What clients have said in the last whole week, as heads and directors were written it",
    )


def _row(one: Told) -> dict[str, str]:
    now = one.account.now
    return {
        "to": one.leader.name,
        "divisions": ", ".join(one.account.divisions) or "all",
        "asked": str(now.asked),
        "answered of sent": f"{now.answers.hits} of {now.answers.number}",
        "NPS": feedback_letter.score(now.nps, "en"),
        "average": feedback_letter.average(one.account.means[0], "en"),
        "bad": str(one.account.bad_number),
        "not confirmed": str(now.unconfirmed),
        "letter": one.why or str(one.letter_id),
    }
