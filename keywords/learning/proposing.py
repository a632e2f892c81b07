"""Proposes entries for a dictionary from texts with known categories, each with what speaks for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.expansion import expand
from keywords.faults import NothingToLearn
from keywords.learning import additive, corpus, decisive, guards, phrases, selecting
from keywords.learning.corpus import Example
from keywords.rules import Rules
from keywords.scoring import Decision, Evidence
from keywords.vocabulary import Scoring

ENTRIES_PER_CATEGORY: Final = 30
_MOST_EXAMPLES: Final = 3
_ROUNDS: Final = 4
_SHORTEST: Final = 2
_DEFAULT: Final = Rules()


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that may be accepted."""

    entry: Entry
    hits: int
    """Training texts in which it counts."""
    right: int
    """Those of them that are of its category."""
    examples: tuple[int, ...]
    """Up to three of these, by their number."""
    gained: int
    """Training texts that are right with it and would be wrong without it, everything else unchanged."""
    lost: int
    """The other way round."""

    @property
    def precision(self) -> float:
        """Share of the texts with the entry that are of its category."""
        return self.right / self.hits


@dataclass(frozen=True, slots=True)
class Learned:
    """A dictionary as it was learned, for the rules that it was learned for."""

    proposals: tuple[Proposal, ...]
    """By category, heaviest first."""
    rules: Rules
    too_small: tuple[str, ...]
    """Categories for which nothing could be proposed."""


def learn(
    examples: Iterable[Example],
    rules: Rules = _DEFAULT,
    *,
    entries_per_category: int = ENTRIES_PER_CATEGORY,
    least_texts: int = guards.LEAST_TEXTS,
    seed: int = 0,
) -> Learned:
    """The proposals for a scoring and nesting; the same examples and seed give the same proposals.

    Weights learned for one scoring do badly under the other, so `rules` must be those that will be in force. They are
    fitted to what the matcher itself finds in the texts.
    """
    read = corpus.read(examples)
    categories = sorted({example.category for example in read.examples})
    if len(categories) < 2:  # noqa: PLR2004 - nothing to tell apart
        raise NothingToLearn("texts of at least two categories are needed: add examples of another one")
    number = {category: index for index, category in enumerate(categories)}
    labels = np.array([number[example.category] for example in read.examples])
    counted = phrases.count(read, least_texts, guards.allowed(read))
    usable = guards.by_enough_senders(counted.presence, read.examples)
    usable &= np.array([len(keyword) >= _SHORTEST for keyword in counted.keywords], dtype=bool)
    chosen = selecting.select(counted, labels, usable, entries_per_category, rules.scoring, seed)
    entries = [
        expand(Entry(counted.keywords[phrase], 1, category))
        for category, found in zip(categories, chosen, strict=True)
        for phrase in found
    ]
    weighed = _weighed(_distinct(entries), read.examples, labels, rules, seed)
    proposals = _with_reasons(weighed, read.examples, rules)
    served = {proposal.entry.category for proposal in proposals}
    return Learned(proposals, rules, tuple(category for category in categories if category not in served))


def _distinct(entries: Sequence[Expanded]) -> list[Expanded]:
    return list({(each.entry.category, each.slots): each for each in reversed(entries)}.values())[::-1]


def _weighed(
    entries: list[Expanded], examples: Sequence[Example], labels: NDArray[np.int64], rules: Rules, seed: int
) -> list[Expanded]:
    """Entries with weights; those of no use are left out and the others, no longer hidden by them, weighed again."""
    number = {category: index for index, category in enumerate(sorted({each.category for each in examples}))}
    for _ in range(_ROUNDS):
        owner = np.array([number[each.entry.category] for each in entries], dtype=np.int64)
        presence = _presence(entries, examples, rules)
        if rules.scoring is Scoring.SUM:
            weights = additive.weights(presence, labels, owner, len(number))
        else:
            weights = decisive.weights(presence, labels, owner, seed)
        before = len(entries)
        entries = [
            replace(each, entry=replace(each.entry, weight=weight))
            for each, weight in zip(entries, weights.tolist(), strict=True)
            if weight
        ]
        if len(entries) == before:
            break
    return entries


def _presence(entries: Sequence[Expanded], examples: Sequence[Example], rules: Rules) -> sparse.csr_matrix:
    classifier = Classifier(entries, rules)
    rows: list[int] = []
    columns: list[int] = []
    for text, example in enumerate(examples):
        found = sorted(classifier.find(example.text).body)
        rows += [text] * len(found)
        columns += found
    return phrases.matrix(rows, columns, (len(examples), len(entries)))


def _with_reasons(entries: Sequence[Expanded], examples: Sequence[Example], rules: Rules) -> tuple[Proposal, ...]:
    classifier = Classifier(entries, rules)
    hits: list[list[int]] = [[] for _ in entries]
    gained, lost = [0] * len(entries), [0] * len(entries)
    for text, example in enumerate(examples):
        evidence = classifier.find(example.text)
        decision = classifier.scales.weigh(evidence)
        right = decision.category == example.category
        swaying = _swaying(decision, example.category)
        for index in evidence.body:
            hits[index].append(text)
            if entries[index].entry.category not in swaying:
                continue
            without = classifier.scales.weigh(Evidence(evidence.body - {index}, evidence.subject, evidence.blocking))
            still = without.category == example.category
            gained[index] += right and not still
            lost[index] += still and not right
    found = [
        _proposal(each.entry, where, examples, gained[index], lost[index])
        for index, (each, where) in enumerate(zip(entries, hits, strict=True))
        if where
    ]
    found.sort(key=lambda proposal: (proposal.entry.category, -proposal.entry.weight, proposal.entry.keyword))
    return tuple(found)


def _swaying(decision: Decision, right: str) -> set[str]:
    """The categories whose loss of an entry can make a right text wrong, or a wrong one right."""
    if decision.category == right:
        return {right}
    return {standing.category for standing in decision.ranking[:2]} - {right}


def _proposal(entry: Entry, where: list[int], examples: Sequence[Example], gained: int, lost: int) -> Proposal:
    right = [text for text in where if examples[text].category == entry.category]
    return Proposal(entry, len(where), len(right), tuple(right[:_MOST_EXAMPLES]), gained, lost)
