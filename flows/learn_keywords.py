"""The deployment `learn-keywords`: proposes entries from requests whose category people have set."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from flows.keyword_options import LearnOptions
from tasks.sorting import learn, publish_learned


@flow(name="learn-keywords", timeout_seconds=7200)
def learn_keywords(options: LearnOptions) -> None:
    """Learn entries with weights and keep them as a draft, which somebody accepts, one by one or all, at the desk."""
    with open_house(load()) as house:
        learned = learn(house, options.entries_per_category, options.scoring)
    publish_learned(learned)


if __name__ == "__main__":
    learn_keywords(LearnOptions())
