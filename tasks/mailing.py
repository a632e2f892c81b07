"""The steps of bringing mail in as Prefect tasks."""

from datetime import UTC, datetime
from typing import Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import fetch_mail as fetching
from caseline.actions import take_in_mail
from caseline.actions.fetch_mail import Fetched
from caseline.actions.take_in_mails import TakenIn
from caseline.actions.wiring import House, Post
from tasks import mailing_words

KEY: Final = "mail"


def _now() -> datetime:
    return datetime.now(UTC)


@task(name="fetch-mail", task_run_name="fetch mail", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def fetch_mail(house: House, post: Post) -> Fetched:
    """Store what the mailboxes have and the register has not. Run twice, the second time knows all of it."""
    found = fetching.fetch(house, post, clock=_now)
    logger = get_run_logger()
    logger.info(mailing_words.fetched_line(found))
    for trouble in found.troubles:
        logger.warning(mailing_words.trouble_line(trouble))
    return found


@task(name="take-in-mails", task_run_name="take in mails", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def take_in_mails(house: House) -> TakenIn:
    """Take in what waits. Run twice, the second time finds only what has come since: each mail is one transaction."""
    found = take_in_mail.take_in_waiting(house, clock=_now)
    logger = get_run_logger()
    if found.left is not None:
        logger.warning(mailing_words.left_line(found.left))
        return found
    logger.info(mailing_words.taken_line(found))
    for number, reason in found.reasons[: mailing_words.MOST]:
        logger.warning("Mail %d could not be taken in: %s", number, reason)
    return found


@task(name="publish-mail", task_run_name="what came", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_mail(fetched: Fetched, taken: TakenIn) -> None:
    """Put up what came and what did not work. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(mailing_words.page(fetched, taken), key=KEY, description="Mail that came in")
