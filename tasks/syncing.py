"""The steps of keeping in step with a portal as Prefect tasks."""

from datetime import UTC, datetime
from typing import Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import sync_portal as action
from caseline.actions.sync_portal import Synced
from caseline.actions.wiring import House
from tasks import syncing_words

KEY: Final = "bitrix24-sync"


@task(name="sync-portal", task_run_name="in step with the portal", cache_policy=NO_CACHE)
def sync_portal(house: House) -> Synced:
    """Sync once. Run twice, the second time finds nothing; what the portal does not answer now, the next run asks."""
    found = action.sync(house, now=datetime.now(UTC))
    logger = get_run_logger()
    logger.info(syncing_words.line(found))
    for text in found.failed[: syncing_words.MOST]:
        logger.warning(text)
    return found


@task(name="publish-sync", task_run_name="what came and went", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_sync(found: Synced) -> None:
    """Put up what came and what was written. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(syncing_words.page(found), key=KEY, description="Register and Bitrix24 portal in step")
