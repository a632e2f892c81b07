"""Judges the dictionary by requests whose category people have set, and keeps the result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from caseline.actions import wiring
from caseline.actions.wiring import House
from keywords import scored
from keywords.classifier import Classifier
from keywords.faults import NothingToJudge
from keywords.learning import ceiling, judging
from keywords.learning.corpus import Example
from keywords.learning.judging import Judgement
from keywords.scored import Evaluation

MOST: Final = 50_000
_SHARE: Final = 0.2
_FEW: Final = 50
"""With fewer texts to judge by, the comparison with the ceiling says nothing."""


def evaluate(house: House, *, now: datetime, most: int = MOST) -> dict[str, Any]:
    """Judge the dictionary on the newest fifth of the requests; the ceiling learns from the older ones. Keeps it."""
    with house.engine.connect() as connection:
        found = wiring.intake(house).cards.labelled(connection, most)
        loaded = house.words.now(connection)
    if not found:
        raise NothingToJudge(
            "there is no request whose category people or an import have set: set some, or give files (--test)"
        )
    older, newest = judging.by_time([each.at.isoformat() for each in found], _SHARE)
    if not newest:  # all of one moment: there is nothing older to compare with
        older, newest = [], older
    taught = [Example(f"{found[n].subject}\n\n{found[n].description}", found[n].category) for n in older]
    truth = [found[n].category for n in newest]
    given = [loaded.classifier.decide(found[n].description, found[n].subject).category for n in newest]
    texts = [f"{found[n].subject}\n\n{found[n].description}" for n in newest]
    data = plain(judging.judge(truth, given)) | {"ceiling": _ceiling(taught, texts, truth)}
    with house.engine.begin() as connection:
        scored.keep_evaluation(connection, loaded.version, data, at=now)
    return data | {"version": loaded.version}


def judge(classifier: Classifier, taught: Sequence[Example], tests: Sequence[Example]) -> dict[str, Any]:
    """Judge any dictionary on texts of a file; with texts to teach the ceiling by, that too."""
    truth, texts = [each.category for each in tests], [each.text for each in tests]
    given = [classifier.decide(text).category for text in texts]
    return plain(judging.judge(truth, given)) | {"ceiling": _ceiling(taught, texts, truth)}


def kept(house: House, most: int = 10) -> list[Evaluation]:
    """Evaluations, newest first."""
    with house.engine.connect() as connection:
        return scored.evaluations(connection, most)


def plain(found: Judgement) -> dict[str, Any]:
    """A judgement as it is kept and printed."""
    return {
        "texts": found.texts,
        "accuracy": found.accuracy,
        "coverage": found.coverage,
        "precision_when_answered": found.precision_when_answered,
        "macro_f1": found.macro_f1,
        "categories": [
            {
                "category": each.category,
                "texts": each.texts,
                "answered": each.answered,
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
            }
            for each in found.categories
        ],
        "names": list(found.names),
        "confusion": found.confusion.tolist(),
        "confused": [list(each) for each in judging.confused(found)],
    }


def _ceiling(taught: Sequence[Example], texts: Sequence[str], truth: Sequence[str]) -> dict[str, Any] | None:
    if len(texts) < _FEW or len({example.category for example in taught}) < 2:  # noqa: PLR2004 - nothing to tell apart
        return None
    found = judging.judge(truth, ceiling.answers(taught, texts))
    return {"accuracy": found.accuracy, "macro_f1": found.macro_f1}
