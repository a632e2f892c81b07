"""The deployment `confirm-ratings`: every other minute, what came becomes what counts, and what follows is done."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.feedback import do_what_follows, judge_asks
from tasks.following import relay_events, tell_systems, use_bonuses


@flow(name="confirm-ratings", timeout_seconds=900)
def confirm_ratings() -> None:
    """Judge ratings whose quiet period is over, do what follows from answers, tell Prefect of what has happened."""
    with open_house(load()) as house:
        judge_asks(house)
        do_what_follows(house)
        use_bonuses(house)
        tell_systems(house)
        relay_events(house)


if __name__ == "__main__":
    confirm_ratings()
