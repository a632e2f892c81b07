"""Turns a text into a category by a dictionary, and explains why."""

from collections.abc import Iterable, Sequence
from typing import Final

from keywords import explanation, reading
from keywords.entries import Expanded
from keywords.explanation import Answer
from keywords.rules import Rules
from keywords.scoring import Decision, Evidence, Scales
from keywords.trie import Found, Trie
from keywords.vocabulary import Nested

_DEFAULT: Final = Rules()


class Classifier:
    """A dictionary ready for texts; compiled once, changed by making another.

    `classify` explains and `decide` does not; both find and weigh by the same code. Disabled entries are left out.
    """

    def __init__(self, entries: Iterable[Expanded], rules: Rules = _DEFAULT) -> None:
        self.rules: Final = rules
        self.entries: Final[Sequence[Expanded]] = [each for each in entries if each.entry.enabled]
        """What indices in `Evidence` point at."""
        self.scales: Final = Scales(self.entries, rules)
        self.trie: Final = Trie(self.entries)
        blocks = {index for index, each in enumerate(self.entries) if each.entry.blocking}
        self.speaking: Final = [tuple(index for index in end if index not in blocks) for end in self.trie.ends]
        """By the number of an end: entries that speak for their category."""
        self.blocking: Final = [tuple(index for index in end if index in blocks) for end in self.trie.ends]
        """The same for entries that block theirs."""
        self._any_blocks: Final = bool(blocks)

    def decide(self, body: str, subject: str = "") -> Decision:
        """The category of a request without the places of the entries: for many texts."""
        return self.scales.weigh(self.find(body, subject))

    def classify(self, body: str, subject: str = "") -> Answer:
        """The category of a request with everything that led to it."""
        return explanation.explain(self, body, subject)

    def find(self, body: str, subject: str = "") -> Evidence:
        """What a request says; `scales.weigh` of it is the decision, so changed weights need no second look."""
        return self.evidence(self.in_body(body), self.in_subject(subject))

    def in_body(self, body: str) -> list[Found]:
        """Every occurrence of every entry in the body of a letter."""
        return self.trie.find(reading.paragraphs(body, new_only=self.rules.new_text_only))

    def in_subject(self, subject: str) -> list[Found]:
        """The same for the subject, unless the rules leave it out."""
        if not subject or not self.rules.subject_factor:
            return []
        return self.trie.find(reading.paragraphs(subject, new_only=False))

    def evidence(self, body: list[Found], subject: list[Found]) -> Evidence:
        """The entries of occurrences that count."""
        return Evidence(
            self._spoken(body),
            self._spoken(subject) if subject else _NONE,
            frozenset(index for each in (*body, *subject) for index in self.blocking[each[2]])
            if self._any_blocks
            else _NONE,
        )

    def counting(self, found: list[Found]) -> list[Found]:
        """The occurrences that lie inside no longer one; with `nested = all`, all of them.

        Entries that block neither hide others nor are hidden. `found` is in order: earlier first, longer first.
        """
        if self.rules.nested is Nested.ALL:
            return found
        counted: list[Found] = []
        begin, reach = -1, 1
        for each in found:
            start, minus_end, number = each
            if not self.speaking[number]:
                continue
            if minus_end < reach:
                begin, reach = start, minus_end
                counted.append(each)
            elif minus_end == reach and start == begin:
                counted.append(each)
        return counted

    def _spoken(self, found: list[Found]) -> frozenset[int]:
        speaking = self.speaking
        return frozenset([index for each in self.counting(found) for index in speaking[each[2]]])


_NONE: Final[frozenset[int]] = frozenset()
