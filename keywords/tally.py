"""Counts how often entries are found in texts and how often they decide, for the report on a dictionary."""

from collections.abc import Iterable
from dataclasses import dataclass

from keywords.classifier import Classifier
from keywords.scoring import Decision, Evidence
from keywords.vocabulary import Outcome, Scoring


@dataclass(frozen=True, slots=True)
class Tally:
    """By the index of an entry in `Classifier.entries`."""

    texts: int
    found: tuple[int, ...]
    """Texts that hold an entry, be it inside a longer one."""
    counted: tuple[int, ...]
    """Texts in which it counted, or blocked."""
    decided: tuple[int, ...]
    """Texts that got its category, with it among the heaviest (`max`) or at all (`sum`)."""


def tally(classifier: Classifier, bodies: Iterable[str]) -> Tally:
    """Counts over texts."""
    size = len(classifier.entries)
    found, counted, decided, texts = [0] * size, [0] * size, [0] * size, 0
    for body in bodies:
        texts += 1
        occurrences = classifier.in_body(body)
        evidence = classifier.evidence(occurrences, [])
        for index in {index for each in occurrences for index in classifier.trie.ends[each[2]]}:
            found[index] += 1
        for index in evidence.body | evidence.blocking:
            counted[index] += 1
        for index in _deciding(classifier, evidence, classifier.scales.weigh(evidence)):
            decided[index] += 1
    return Tally(texts, tuple(found), tuple(counted), tuple(decided))


def _deciding(classifier: Classifier, evidence: Evidence, decision: Decision) -> list[int]:
    if decision.outcome is not Outcome.DECIDED:
        return []
    own = [i for i in evidence.body if classifier.entries[i].entry.category == decision.category]
    if classifier.rules.scoring is Scoring.SUM:
        return own
    return [i for i in own if classifier.entries[i].entry.weight == decision.ranking[0].heaviest]
