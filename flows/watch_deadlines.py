"""The deployment `watch-deadlines`: every five minutes, what is near its deadline or past it."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.watching import publish_overdue, sound_alarms


@flow(name="watch-deadlines", timeout_seconds=240)
def watch_deadlines() -> None:
    """Say as events which requests have used 75 % or all of their business time, each once, and list those overdue."""
    with open_house(load()) as house:
        watched = sound_alarms(house)
    publish_overdue(watched)


if __name__ == "__main__":
    watch_deadlines()
