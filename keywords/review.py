"""Reports what is odd in a dictionary: conflicts, doubles, entries inside others, too general ones, dead ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.rules import Rules
from keywords.tally import Tally
from keywords.vocabulary import Nested

TOO_GENERAL: Final = 0.2
"""Share of texts above which an entry tells nothing."""


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
    too_general: tuple[Entry, ...]
    """Found in more than a fifth of the texts that were counted."""
    dead: tuple[Entry, ...]
    """Found in none of them."""
    idle: tuple[Entry, ...]
    """Found, but never part of a decision: always hidden, blocked or outweighed."""


def review(entries: Sequence[Expanded], counts: Tally | None = None, *, too_general: float = TOO_GENERAL) -> Review:
    """The findings on a dictionary; the last three need counts over texts, by a classifier of the same entries.

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
    general, dead, idle = _by_counts(classifier, counts, too_general) if counts else ((), (), ())
    return Review(tuple(conflicts), tuple(doubles), tuple(dict.fromkeys(nested)), general, dead, idle)


def _meets(classifier: Classifier, one: int, other: int) -> bool:
    """Whether the keyword of `one` is met by `other` as well, so that the pair is told when its turn comes."""
    found = classifier.in_body(classifier.entries[one].entry.keyword)
    last = min((minus_end for _, minus_end, _ in found), default=0)
    return any(other in classifier.trie.ends[number] for start, end, number in found if (start, end) == (0, last))


def _by_counts(
    classifier: Classifier, counts: Tally, too_general: float
) -> tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[Entry, ...]]:
    entries = [each.entry for each in classifier.entries]
    general = tuple(e for e, hits in zip(entries, counts.found, strict=True) if hits > too_general * counts.texts)
    dead = tuple(e for e, hits in zip(entries, counts.found, strict=True) if not hits)
    every = zip(entries, counts.found, counts.decided, strict=True)
    idle = tuple(e for e, hits, decided in every if hits and not decided and not e.blocking)
    return general, dead, idle
