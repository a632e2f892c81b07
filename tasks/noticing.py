"""The steps of telling people what concerns them as Prefect tasks."""

from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from caseline.actions import mail_notices, tell_notices
from caseline.actions.counted import counted
from caseline.actions.wiring import House


@task(name="say-what-is-late", task_run_name="what is late", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def say_what_is_late(house: House) -> None:
    """Write events for what is late or waits too long. Run twice, it writes none twice: each is marked."""
    watched = tell_notices.watch(house, now=datetime.now(UTC))
    overdue = counted(len(watched.overdue), "assignment")
    waiting = counted(len(watched.waiting), "request")
    get_run_logger().info("%s past the deadline, %s without category for too long", overdue, waiting)


@task(name="tell-people", task_run_name="notices", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def tell_people(house: House) -> None:
    """Keep notices of what has happened. Run twice, the second time finds nothing: it reads on from where it was."""
    count = tell_notices.tell(house, now=datetime.now(UTC))
    get_run_logger().info("%s", counted(count, "notice"))


@task(name="write-letters", task_run_name="letters of notices", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def write_letters(house: House) -> None:
    """Queue the letters that are wanted. Run twice, it queues none twice: each notice has at most one."""
    count = mail_notices.write(house, now=datetime.now(UTC))
    get_run_logger().info("%s queued", counted(count, "letter"))
