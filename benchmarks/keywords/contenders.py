"""Ways to find the phrases of a dictionary in letters: ours, others on text from the same normaliser, and a limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import ahocorasick_rs
import flashtext

from keywords import reading
from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.expansion import expand
from keywords.rules import Rules
from keywords.scoring import Decision, Evidence
from keywords.vocabulary import Kind, Nested
from keywords.words import places

Way = Callable[[str], object]
Found = Callable[[str], set[int]]

_RULES: Final = Rules(nested=Nested.ALL)
_NONE: Final[frozenset[int]] = frozenset()
_CYRILLIC: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to handle one letter."""

    title: str
    way: Way
    found: Found | None = None
    """The entries that it finds, by their place; None: not all of them, as flashtext knows no overlap."""


class _Normalised(dict[str, str]):
    """Our own normaliser as text: folded words with a space between, cached by chunk as ours is."""

    def __missing__(self, chunk: str) -> str:
        self[chunk] = made = " ".join(place.keys[0][0] if place.keys else "\n" for place in places(chunk))
        return made

    def text(self, mail: str) -> str:
        look_up = self.__getitem__
        found = (" ".join(map(look_up, chunks)) for chunks in reading.paragraphs(mail, new_only=True))
        return " " + " \n ".join(found) + " "


class Matchers:
    """All contenders for one dictionary."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        exact = [expand(replace(entry, kind=Kind.EXACT)) for entry in entries]
        self.forms: Final[list[Expanded]] = [expand(entry) for entry in entries]
        self._exact: Final = Classifier(exact, _RULES)
        self._by_forms: Final = Classifier(self.forms, Rules())
        self._normalised: Final = _Normalised()
        self._phrases: Final = [" ".join(slot.keys[0] for slot in each.slots) for each in exact]
        self._automaton: Final = ahocorasick_rs.AhoCorasick([f" {phrase} " for phrase in self._phrases])
        self._flash: Final = self._flashtext()

    def every(self) -> dict[str, Contender]:
        """Contenders by a short name."""
        return {
            "limit": Contender("limit: one casefold pass", str.casefold),
            "normaliser": Contender("our normaliser alone, as text", self._normalised.text),
            "ours": Contender("caseline, words as written", self._exact.decide, self._ours_found),
            "forms": Contender("caseline, words in all forms", self._by_forms.decide),
            "explained": Contender("caseline, all forms, with explanation and spans", self._by_forms.classify),
            "aho": Contender("same normaliser and scoring + ahocorasick_rs", self._aho_decide, self._aho_found),
            "flash": Contender("same normaliser and scoring + flashtext", self._flash_decide),
        }

    def _ours_found(self, mail: str) -> set[int]:
        ends = self._exact.trie.ends
        return {index for each in self._exact.in_body(mail) for index in ends[each[2]]}

    def _aho_found(self, mail: str) -> set[int]:
        matches = self._automaton.find_matches_as_indexes(self._normalised.text(mail), overlapping=True)
        return {index for index, _start, _end in matches}

    def _aho_decide(self, mail: str) -> Decision:
        return self._exact.scales.weigh(Evidence(frozenset(self._aho_found(mail)), _NONE, _NONE))

    def _flash_decide(self, mail: str) -> Decision:
        found = frozenset(self._flash.extract_keywords(self._normalised.text(mail)))
        return self._exact.scales.weigh(Evidence(found, _NONE, _NONE))

    def _flashtext(self) -> flashtext.KeywordProcessor:
        made = flashtext.KeywordProcessor(case_sensitive=True)
        for letter in _CYRILLIC:
            made.add_non_word_boundary(letter)
        for index, phrase in enumerate(self._phrases):
            made.add_keyword(phrase, index)
        return made
