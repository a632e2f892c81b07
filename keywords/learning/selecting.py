"""Chooses the phrases of each category: those a linear classifier leans on, longer ones only where they are surer."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from keywords.learning.phrases import Phrase, Phrases
from keywords.vocabulary import Scoring

_STRENGTH = 0.1
"""C of the classifier; facts of the prototype, not tuned."""
_SURER_BY = {Scoring.SUM: 0.5, Scoring.MAX: 0.3}
"""By how much a phrase must be surer than each of its parts, which it hides where nested entries do not count.

Found by splits of the training texts of Banking77; a sum needs the parts more than a maximum does."""


def wilson(hits: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lower bound of a share by Wilson's score interval with z = 1: 5 of 5 are 0.83, 88 of 100 are 0.85."""
    of = np.maximum(of, 1)
    share = hits / of
    bound: NDArray[np.float64] = (share + 0.5 / of - np.sqrt(share * (1 - share) / of + 0.25 / of**2)) / (1 + 1 / of)
    return bound


def select(
    phrases: Phrases, labels: NDArray[np.int64], usable: NDArray[np.bool_], entries: int, scoring: Scoring, seed: int
) -> list[list[int]]:
    """For each category the numbers of at most so many phrases, best first.

    Ranked by coefficient of a one-against-rest linear SVM x root of the texts of the category that hold the phrase.
    """
    categories = int(labels.max()) + 1
    if not phrases.names:
        return [[] for _ in range(categories)]
    hits = np.vstack([np.asarray(phrases.presence[labels == k].sum(axis=0)).ravel() for k in range(categories)])
    coefficients = _coefficients(phrases, labels, seed)
    sure = wilson(hits, hits.sum(axis=0))
    number = {phrase: index for index, phrase in enumerate(phrases.names)}
    parts = [[number[part] for part in _parts(phrase) if part in number] for phrase in phrases.names]
    chosen = []
    for category in range(categories):
        rank = np.where(usable, coefficients[category] * np.sqrt(hits[category]), 0)
        found: list[int] = []
        for phrase in np.argsort(-rank, kind="stable").tolist():
            if rank[phrase] <= 0 or len(found) == entries:
                break
            best_part = max((sure[category, part] for part in parts[phrase]), default=-1)
            if sure[category, phrase] >= best_part + _SURER_BY[scoring]:
                found.append(phrase)
        chosen.append(found)
    return chosen


def _coefficients(phrases: Phrases, labels: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    machine = LinearSVC(C=_STRENGTH, random_state=seed).fit(phrases.presence, labels)
    found: NDArray[np.float64] = machine.coef_
    return np.vstack((-found, found)) if len(found) == 1 else found


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    for length in range(1, len(phrase)):
        for at in range(len(phrase) - length + 1):
            yield phrase[at : at + length]
