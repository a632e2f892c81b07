"""The deployment `categorise-requests`: gives requests the category that the dictionary finds, on demand."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from flows.keyword_options import SortOptions
from tasks.sorting import publish_sorted, sort_again, sort_new


@flow(name="categorise-requests", timeout_seconds=14_400)
def categorise_requests(options: SortOptions) -> None:
    """Sort requests without a category; with days named, those that the dictionary has sorted once more."""
    with open_house(load()) as house:
        again = sort_again(house, options.again_since, options.again_until) if options.again_since else None
        found = sort_new(house, options.processes)
    publish_sorted(found, again)


if __name__ == "__main__":
    categorise_requests(SortOptions())
