"""The deployment `categorise-requests`: gives requests the category that the dictionary finds, on demand."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from flows import on_dask
from flows.keyword_options import SortOptions
from tasks.sorting import publish_sorted, sort_again, sort_new, sorted_new


@flow(name="categorise-requests", timeout_seconds=14_400)
def categorise_requests(options: SortOptions) -> None:
    """Sort requests without a category; with days named, those that the dictionary has sorted once more."""
    settings = load()
    with open_house(settings) as house:
        again = sort_again(house, options.again_since, options.again_until) if options.again_since else None
        if settings.dask is None:
            found = sort_new(house, options.processes)
        else:
            found = sorted_new(house, options.processes, on_dask.work(settings.dask))
    publish_sorted(found, again)


if __name__ == "__main__":
    categorise_requests(SortOptions())
