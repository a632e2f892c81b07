"""The deployment `retain`: every night, what is older than the settings let it be kept is taken away."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.retaining import publish_retained, take_away


@flow(name="retain", timeout_seconds=14_400)
def retain(*, dry_run: bool = False) -> None:
    """Take away what has grown old, and say how much of what; with `dry_run` say it only."""
    with open_house(load()) as house:
        found = take_away(house, dry_run=dry_run)
    publish_retained(found, dry_run=dry_run)


if __name__ == "__main__":
    retain()
