"""The deployment `trigger-feedback`: every other minute, campaigns ask about what has happened."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.feedback import ask_for_addresses, make_asks, send_asks


@flow(name="trigger-feedback", timeout_seconds=900)
def trigger_feedback() -> None:
    """Make the asks that are due, ask managers for addresses, queue letters; where no campaign is on, do nothing."""
    with open_house(load()) as house:
        faults = make_asks(house)
        ask_for_addresses(house)
        send_asks(house)
    if faults:
        raise RuntimeError("; ".join(f"{code}: {fault}" for code, fault in faults.items()))


if __name__ == "__main__":
    trigger_feedback()
