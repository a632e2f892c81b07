"""The deployment `evaluate-keywords`: how the dictionary fares on requests whose category people have set."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from tasks.sorting import evaluate, publish_evaluation


@flow(name="evaluate-keywords", timeout_seconds=3600)
def evaluate_keywords() -> None:
    """Judge the dictionary on the newest fifth, against a machine that learned from the older requests."""
    with open_house(load()) as house:
        judged = evaluate(house)
    publish_evaluation(judged)


if __name__ == "__main__":
    evaluate_keywords()
