"""The steps of an import as Prefect tasks."""

from datetime import UTC, datetime
from typing import Any, Final

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from caseline.actions import run_import, sort_requests, summarise_import
from caseline.actions.run_import import Import, Order
from caseline.actions.summarise_import import Summary
from caseline.actions.wiring import House
from caseline.crm.port import TryLater
from staging.faults import DatabaseLost
from tasks import keyword_words, wording
from tasks.reporting import Board

RETRIES: Final = 3
"""On top of the engine's own patience: about a minute more."""


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether waiting may cure the failure: the database or the CRM did not answer."""
    return isinstance(state.result(raise_on_failure=False), DatabaseLost | TryLater)


@task(name="look-at-files", task_run_name="look at the files", cache_policy=NO_CACHE)
def open_import(house: House, order: Order) -> Import:
    """Register all files and open the run. Run twice, it joins the run that is open and knows files by their content.

    Raises `MappingFault`, `FileFault` or `NotConfirmed` before anything is loaded.
    """
    return run_import.start(house, order, clock=lambda: datetime.now(UTC))


@task(
    name="settle-rows",
    task_run_name="rows from {first:,}",
    cache_policy=NO_CACHE,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(10),
    retry_condition_fn=_may_pass,
)
def settle_rows(running: Import, board: Board, *, first: int) -> bool:  # noqa: ARG001 - names the task run
    """Load and settle a slice of the rows; True when the run is finished.

    Run twice, or by two flow runs at once, it does nothing twice: every batch is claimed in the database, and settled
    in the transaction that writes its rows to the CRM.
    """
    finished = run_import.go_on(running, budget=board.slice, watch=board.watch)
    if finished:
        board.close()
    return finished


@task(
    name="sort-and-count",
    task_run_name="keywords and time spent on stages",
    cache_policy=NO_CACHE,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(10),
    retry_condition_fn=_may_pass,
)
def sort_and_count(house: House) -> None:
    """Sort requests without a category by keywords, count times and deadlines. Run twice, it does nothing twice."""
    logger = get_run_logger()
    said = keyword_words.Tenths(logger.info)
    found = sort_requests.sort(house, processes=house.settings.workers, now=datetime.now(UTC), watch=said.look)
    if found.looked_at:
        logger.info(keyword_words.sorted_requests(found))


@task(name="sum-up", task_run_name="sum up", cache_policy=NO_CACHE)
def sum_up(running: Import) -> Summary:
    """Count the rows and group their errors. It only reads, so it may run any number of times."""
    return summarise_import.summarise(running, groups=wording.MOST_GROUPS)
