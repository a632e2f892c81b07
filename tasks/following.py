"""The steps beside answers as Prefect tasks: bonuses, other systems, and Prefect's own events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.events.worker import EventsWorker

from caseline.actions import relay_events as relaying
from caseline.actions import send_hooks, use_bonus
from caseline.actions.counted import counted
from caseline.actions.relay_events import News
from caseline.actions.wiring import House


@task(name="use-bonuses", task_run_name="bonuses", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def use_bonuses(house: House) -> None:
    """Keep bonuses for the next visits, take them from prices, end them. Run twice, it finds nothing to do."""
    done = use_bonus.run(house, now=datetime.now(UTC))
    logger = get_run_logger()
    logger.info("%s with a bonus, %s ended", counted(done.records, "record"), counted(done.ended, "bonus", "bonuses"))
    for record_id in done.failed:
        logger.error("record %s: its bonus was refused by the database; its next change is looked at again", record_id)


@task(name="tell-systems", task_run_name="webhooks", cache_policy=NO_CACHE)
def tell_systems(house: House) -> None:
    """Send what waits for other systems. Run twice, the second time sends what the first could not."""
    done = send_hooks.run(house, clock=lambda: datetime.now(UTC))
    get_run_logger().info("%s taken, %s refused", counted(done.sent, "call"), counted(done.failed, "call"))


@task(name="relay-events", task_run_name="events for Prefect", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def relay_events(house: House) -> None:
    """Emit closed requests and answers as events of Prefect. Run twice, the second time finds none."""
    count = relaying.run(house, _emit, now=datetime.now(UTC))
    get_run_logger().info("%s", counted(count, "event"))


def _emit(news: Sequence[News]) -> None:
    """An event that is emitted again has the same id, by which Prefect knows it."""
    for one in news:
        emit_event(
            event=one.event,
            resource=dict(one.resource),
            occurred=one.at,
            payload=dict(one.payload),
            id=uuid5(NAMESPACE_URL, one.key),
        )
    EventsWorker.instance().wait_until_empty()
