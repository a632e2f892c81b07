"""The deployment `index-requests`: every minute, requests that the search cannot find yet."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.indexing import index_texts, publish_index


@flow(name="index-requests", timeout_seconds=14_400)
def index_requests() -> None:
    """Make searchable what was imported, opened or changed since the last time; it may die at any point."""
    with open_house(load()) as house:
        done = index_texts(house)
    publish_index(done)


if __name__ == "__main__":
    index_requests()
