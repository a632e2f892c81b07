"""The deployment `remind-feedback`: every quarter of an hour, reminders of asks, and the end of their links."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.feedback import remind_asks


@flow(name="remind-feedback", timeout_seconds=900)
def remind_feedback() -> None:
    """Queue the reminders that are due, one for each ask, and end the links whose time is over."""
    with open_house(load()) as house:
        remind_asks(house)


if __name__ == "__main__":
    remind_feedback()
