"""The steps of sorting by keywords, learning and judging as Prefect tasks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import evaluate_keywords, learn_keywords, sort_requests
from caseline.actions.sort_requests import Sorted, Work
from caseline.actions.wiring import House
from keywords.vocabulary import Scoring
from tasks import keyword_words

BY: Final = "learn-keywords"


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where what was learned waits for somebody."""

    draft: int
    entries: int
    texts: int
    too_small: tuple[str, ...]


@task(name="sort-new", task_run_name="requests without a category", cache_policy=NO_CACHE, retries=2)
def sort_new(house: House, processes: int) -> Sorted:
    """Sort requests without a category. Run twice, the second time finds nothing to do."""
    return sorted_new(house, processes)


def sorted_new(house: House, processes: int, work: Work | None = None) -> Sorted:
    """The same by whoever works off the parts; processes of this machine unless given.

    No task of its own: what hands out tasks to a cluster takes the values of the one around it along.
    """
    logger = get_run_logger()
    said = keyword_words.Tenths(logger.info)
    found = sort_requests.sort(house, processes=processes, now=datetime.now(UTC), watch=said.look, work=work)
    logger.info(keyword_words.sorted_requests(found))
    return found


@task(name="sort-again", task_run_name="requests since {since}", cache_policy=NO_CACHE, retries=2)
def sort_again(house: House, since: date, until: date | None) -> Sorted:
    """Ask the dictionary once more about requests of these days, both included; run twice, it says the same."""
    end = None if until is None else _midnight(until) + timedelta(days=1)
    return sort_requests.sort_again(house, _midnight(since), end, now=datetime.now(UTC))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@task(name="learn", task_run_name="learn", cache_policy=NO_CACHE)
def learn(house: House, entries_per_category: int, scoring: Literal["max", "sum"] | None) -> Proposed:
    """Learn, and keep it as a draft. Run twice, it makes two drafts, of which one can be thrown away."""
    return learned(house, entries_per_category, scoring)


def learned(house: House, entries_per_category: int, scoring: Literal["max", "sum"] | None) -> Proposed:
    """The same wherever it is done."""
    taught = learn_keywords.examples(house)
    rules = learn_keywords.rules(house, None if scoring is None else Scoring(scoring))
    found = learn_keywords.learn(taught, rules, entries_per_category=entries_per_category)
    number = learn_keywords.propose(house, found, taught, by=BY, now=datetime.now(UTC))
    return Proposed(number, len(found.proposals), len(taught), found.too_small)


@task(name="evaluate", task_run_name="judge the dictionary", cache_policy=NO_CACHE)
def evaluate(house: House) -> dict[str, Any]:
    """Judge the dictionary and keep the result for the desk. Run twice, it is kept twice."""
    return evaluate_keywords.evaluate(house, now=datetime.now(UTC))


@task(name="publish-sorted", task_run_name="what was sorted", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_sorted(found: Sorted, again: Sorted | None) -> None:
    """Put up how many got a category. Run twice, it writes a newer version of the same page."""
    page = keyword_words.sorted_page(found, again)
    create_markdown_artifact(page, key="keywords-sorted", description="Requests that keywords gave a category")


@task(name="publish-learned", task_run_name="what was learned", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_learned(found: Proposed) -> None:
    """Put up where the draft is. Run twice, it writes a newer version of the same page."""
    page = keyword_words.learned_page(found.draft, found.entries, found.texts, found.too_small)
    create_markdown_artifact(page, key="keywords-learned", description="Entries proposed for the keyword dictionary")


@task(name="publish-evaluation", task_run_name="quality", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_evaluation(found: dict[str, Any]) -> None:
    """Put up how the dictionary fares. Run twice, it writes a newer version of the same page."""
    page = keyword_words.judged_page(found)
    create_markdown_artifact(page, key="keywords-quality", description="How the keyword dictionary fares")
