"""The steps of sending letters as Prefect tasks."""

from datetime import UTC, datetime
from typing import Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import assign, keep_letters
from caseline.actions import send_letters as action
from caseline.actions.wiring import House
from caseline.outbox.letters import State
from caseline.outbox.sending import Done
from tasks import sending_words

KEY: Final = "outbox"


@task(name="remind-assignments", task_run_name="reminders that are due", cache_policy=NO_CACHE)
def remind_assignments(house: House) -> int:
    """Write the reminders of assignments that are due. Run twice, the second time finds none: each is written once."""
    logger = get_run_logger()
    count = assign.remind(house, now=datetime.now(UTC), tell=logger.warning)
    logger.info("%s reminders written", count)
    return count


@task(name="send-letters", task_run_name="letters that are due", cache_policy=NO_CACHE)
def send_letters(house: House) -> Done:
    """Send what is due. Run twice, the second time finds what the first has left; a letter keeps its Message-ID."""
    done = action.send(house, clock=lambda: datetime.now(UTC))
    logger = get_run_logger()
    logger.info(sending_words.line(done))
    for text in done.failures[: sending_words.MOST]:
        logger.warning(text)
    if done.problem is not None:
        logger.error(done.problem)
    return done


@task(name="count-letters", task_run_name="letters in each state", cache_policy=NO_CACHE)
def count_letters(house: House) -> dict[State, int]:
    """Count letters; run twice, it only reads."""
    return keep_letters.lines(house, most=1)[1]


@task(name="publish-letters", task_run_name="what has left", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_letters(done: Done, counts: dict[State, int]) -> None:
    """Put up what has left and what waits. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(sending_words.page(done, counts), key=KEY, description="Letters of the outbox")
