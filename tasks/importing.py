"""The steps of an import as Prefect tasks."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from caseline.actions import run_import, watch_import
from caseline.actions.run_import import Import, Order
from caseline.actions.watch_import import Outcome
from caseline.actions.wiring import House
from caseline.crm.port import TryLater
from staging.faults import DatabaseLost
from tasks.reporting import Board

RETRIES: Final = 3
"""On top of what the engine itself waits for: about two minutes in all."""


def _later(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the failure may pass by itself: the database or the CRM does not answer."""
    return isinstance(state.data, DatabaseLost | TryLater) or isinstance(
        state.result(raise_on_failure=False), DatabaseLost | TryLater
    )


def _now() -> datetime:
    return datetime.now(UTC)


@task(name="look-at-files", task_run_name="look at the files", cache_policy=NO_CACHE)
def open_import(house: House, order: Order) -> Import:
    """Register all files and open the run. Run twice, it joins the run that is open and knows files by their content.

    Raises `MappingFault`, `FileFault` or `NotConfirmed` before anything is loaded.
    """
    return run_import.start(house, order, clock=_now)


@task(
    name="settle-rows",
    task_run_name="rows from {first:,}",
    cache_policy=NO_CACHE,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(10),
    retry_jitter_factor=0.2,
    retry_condition_fn=_later,
)
def settle_rows(running: Import, board: Board, *, first: int) -> bool:
    """Load and settle a slice of rows; True when the run is finished.

    Run twice, or by two flow runs at once, it does nothing twice: every batch is claimed in the database and settled in
    the transaction that writes it to the CRM. `first` only names the task run.
    """
    finished = run_import.go_on(running, budget=board.slice, watch=board.watch)
    if finished:
        board.close()
    return finished


@task(name="count-rows", task_run_name="count the rows", cache_policy=NO_CACHE)
def sum_up(house: House, running: Import) -> Outcome:
    """Count rows by part and status, and group the errors. It only reads, so it may run any number of times."""
    return watch_import.sum_up(house, running)
