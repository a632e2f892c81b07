"""Work that needs nothing but processors, shared among the workers of a Dask cluster (CASELINE_DASK)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.task_runners import TaskRunner

from caseline.actions import sort_requests, wiring
from caseline.actions.sort_requests import Sorted, Work
from caseline.actions.wiring import Blueprint, House
from caseline.db import embedded
from caseline.settings import SettingsError, load
from flows.keyword_options import LearnOptions
from tasks import sorting
from tasks.sorting import Proposed

_PATIENCE_S: Final = 14_400


def work(address: str) -> Work:
    """What hands out the parts of an archive to the cluster; each is one transaction of whoever gets it."""
    return lambda parts: sort_on_dask.with_options(task_runner=_runner(address))(parts, datetime.now(UTC))


def learn(address: str, options: LearnOptions) -> Proposed:
    """Learn on a worker of the cluster, which reads the examples and writes the draft itself."""
    return learn_on_dask.with_options(task_runner=_runner(address))(options)


def _sort_part(first: int, last: int, at: datetime) -> Sorted:
    """Sort a part on the machine of a Dask worker; run twice, the second time finds nothing to do."""
    house = _house()
    return sort_requests.sort_part(house, wiring.intake(house), (first, last), at)


def _learn_there(options: LearnOptions) -> Proposed:
    """Learn on the machine of a Dask worker."""
    return sorting.learned(_house(), options.entries_per_category, options.scoring)


# Not as decorators: a worker must find the function itself under its name.
sort_part = task(name="sort-part", task_run_name="requests {first} to {last}", cache_policy=NO_CACHE, retries=2)(
    _sort_part
)
learn_there = task(name="learn-there", task_run_name="learn", cache_policy=NO_CACHE)(_learn_there)


@flow(name="sort-on-dask", validate_parameters=False, timeout_seconds=_PATIENCE_S)
def sort_on_dask(parts: Sequence[tuple[int, int]], at: datetime) -> Iterator[Sorted]:
    """Sort the requests between these ids; answers for each part as it is done."""
    futures = [sort_part.submit(first, last, at) for first, last in parts]
    for done in as_completed(futures):
        yield done.result()


@flow(name="learn-on-dask", validate_parameters=False, timeout_seconds=_PATIENCE_S)
def learn_on_dask(options: LearnOptions) -> Proposed:
    """Learn, and keep it as a draft."""
    return learn_there.submit(options).result()


@cache
def _house() -> House:
    """The house of this process: its dictionary is made ready once, and not for every part.

    A worker starts no database of its own: it would be an empty one, of whatever machine it is on.
    """
    settings = load()
    url = settings.database() or embedded.status(settings.home).url
    if url is None:
        raise SettingsError("CASELINE_DATABASE_URL: a Dask worker must be told the address of the database")
    return Blueprint(settings, url).join()


def _runner(address: str) -> TaskRunner[Any]:
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - installed only where a cluster is wanted
    except ImportError as error:
        raise ImportError(
            "CASELINE_DASK is set, but prefect-dask is not installed: pip install prefect-dask"
        ) from error
    return DaskTaskRunner(address=address)
