"""The deployment `learn-keywords`: proposes entries from requests whose category people have set."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.settings import load
from flows import on_dask
from flows.keyword_options import LearnOptions
from tasks.sorting import learn, publish_learned


@flow(name="learn-keywords", timeout_seconds=7200)
def learn_keywords(options: LearnOptions) -> None:
    """Learn entries with weights and keep them as a draft, which somebody accepts, one by one or all, at the desk."""
    settings = load()
    with open_house(settings) as house:
        if settings.dask is None:
            learned = learn(house, options.entries_per_category, options.scoring)
        else:
            learned = on_dask.learn(settings.dask, options)
    publish_learned(learned)


if __name__ == "__main__":
    learn_keywords(LearnOptions())
