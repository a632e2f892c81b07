"""The deployment `notify`: every minute, people are told what concerns them."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.noticing import say_what_is_late, tell_people, write_letters


@flow(name="notify", timeout_seconds=240)
def notify() -> None:
    """Say which assignments are late and which requests wait for a category; tell people; queue letters of notices."""
    with open_house(load()) as house:
        say_what_is_late(house)
        tell_people(house)
        write_letters(house)


if __name__ == "__main__":
    notify()
