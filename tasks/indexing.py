"""The steps of making requests searchable as Prefect tasks."""

from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import index_texts as action
from caseline.actions.index_texts import Indexed
from caseline.actions.wiring import House
from tasks import indexing_words, keyword_words


@task(name="index-texts", task_run_name="requests not yet searchable", cache_policy=NO_CACHE, retries=2)
def index_texts(house: House) -> Indexed:
    """Make vectors of what waits. Run twice, the second time finds nothing to do."""
    logger = get_run_logger()
    said = keyword_words.Tenths(logger.info)
    done = action.index(house, now=datetime.now(UTC), watch=said.look)
    logger.info(indexing_words.line(done))
    return done


@task(name="publish-index", task_run_name="what became searchable", cache_policy=NO_CACHE, retries=2)
def publish_index(done: Indexed) -> None:
    """Put up how many became searchable. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(
        indexing_words.line(done), key="search-index", description="Requests that became searchable"
    )
