"""Reports what is odd in a dictionary by itself: conflicts, doubles, entries inside others."""

from collections.abc import Sequence
from dataclasses import dataclass

from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.rules import Rules
from keywords.vocabulary import Nested


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that concern one another."""

    one: Entry
    other: Entry


@dataclass(frozen=True, slots=True)
class Review:
    """Findings; none of them is forbidden, all are worth a look."""

    conflicts: tuple[Pair, ...]
    """The same words, in some form, speak for two categories."""
    doubles: tuple[Pair, ...]
    """The same words, in some form, speak for one category twice: under `sum` they count twice."""
    nested: tuple[Pair, ...]
    """`one` is found wherever `other` is, as a part of it; by the rule `longest` it does not count there."""


def review(entries: Sequence[Expanded]) -> Review:
    """The findings on a dictionary.

    Which entries meet is asked of the matcher itself, by giving it the keyword of each as a text.
    """
    classifier = Classifier(entries, Rules(nested=Nested.ALL, new_text_only=False))
    conflicts: list[Pair] = []
    doubles: list[Pair] = []
    nested: list[Pair] = []
    for index, expanded in enumerate(classifier.entries):
        found = classifier.in_body(expanded.entry.keyword)
        last = min((minus_end for _, minus_end, _ in found), default=0)
        for start, minus_end, number in found:
            whole = start == 0 and minus_end == last
            for other in classifier.trie.ends[number]:
                pair = Pair(classifier.entries[other].entry, expanded.entry)
                if other == index:
                    continue
                if not whole:
                    nested.append(pair)
                elif other < index or not _meets(classifier, other, index):
                    (doubles if pair.one.category == pair.other.category else conflicts).append(pair)
    return Review(tuple(conflicts), tuple(doubles), tuple(dict.fromkeys(nested)))


def _meets(classifier: Classifier, one: int, other: int) -> bool:
    """Whether the keyword of `one` is met by `other` as well, so that the pair is told when its turn comes."""
    found = classifier.in_body(classifier.entries[one].entry.keyword)
    last = min((minus_end for _, minus_end, _ in found), default=0)
    return any(other in classifier.trie.ends[number] for start, end, number in found if (start, end) == (0, last))
