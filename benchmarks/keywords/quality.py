"""Measures how good a learned dictionary is: on real texts with categories, against a linear SVM over TF-IDF."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keywords import text_file
from keywords.classifier import Classifier
from keywords.expansion import expand
from keywords.learning import ceiling, judging, proposing
from keywords.learning.corpus import Example
from keywords.learning.judging import Judgement
from keywords.rules import Rules
from keywords.vocabulary import Scoring

SIZES: Final = (10, 30, 100)


@dataclass(frozen=True, slots=True)
class Quality:
    """How a dictionary, or the ceiling, does on the test texts."""

    title: str
    entries: int
    judgement: Judgement
    seconds: float
    """Of the processor, to learn it."""


def measured(folder: Path) -> Iterator[Quality]:
    """The ceiling first, then dictionaries of several sizes for both scorings; learned from `train.csv` alone."""
    train, test = _examples(folder / "train.csv"), _examples(folder / "test.csv")
    truth = [example.category for example in test]
    begun = time.process_time()
    answers = ceiling.answers(train, [example.text for example in test])
    yield Quality("TF-IDF + LinearSVC", 0, judging.judge(truth, answers), time.process_time() - begun)
    for scoring in (Scoring.SUM, Scoring.MAX):
        for size in SIZES:
            begun = time.process_time()
            learned = proposing.learn(train, Rules(scoring=scoring), entries_per_category=size)
            seconds = time.process_time() - begun
            classifier = Classifier([expand(proposal.entry) for proposal in learned.proposals], learned.rules)
            given = [classifier.decide(example.text).category for example in test]
            title = f"{scoring.value}, {size} entries a category"
            yield Quality(title, len(learned.proposals), judging.judge(truth, given), seconds)


def goals(found: Sequence[Quality]) -> Iterator[str]:
    """A line for each goal."""
    best = found[0].judgement.accuracy
    for scoring, least in (("sum", 0.95), ("max", 0.80)):
        ratio = next(q for q in found if q.title == f"{scoring}, 100 entries a category").judgement.accuracy / best
        yield f"{scoring}: at least {least} of the ceiling: {'met' if ratio >= least else 'NOT met'} ({ratio:.3f})"


def _examples(path: Path) -> list[Example]:
    return [Example(each.text, each.category, each.sender) for each in text_file.training(path.read_bytes(), path.name)]
