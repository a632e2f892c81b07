"""Reads texts with known categories as rows of words: by the same normaliser that the matcher reads texts by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keywords import english, reading, russian
from keywords.folding import has_digit
from keywords.units import SIGN
from keywords.words import places


@dataclass(frozen=True, slots=True)
class Example:
    """A text whose category is known."""

    text: str
    category: str
    sender: str = ""
    """Who wrote it, so that one client's way of speaking is not taken for a keyword; empty: unknown."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts as rows of lemmas; None stands where no phrase crosses, as between paragraphs."""

    examples: Sequence[Example]
    rows: list[list[str | None]]
    written: list[list[str | None]]
    """The same rows in the words as they were written, folded."""


def read(examples: Iterable[Example]) -> Corpus:
    """The rows of all texts, without quoted letters and signatures."""
    examples = list(examples)
    written = [_words(example.text) for example in examples]
    lemmas = _lemmas(Counter(word for row in written for word in row if word))
    return Corpus(examples, [[word and lemmas[word] for word in row] for row in written], written)


def _words(text: str) -> list[str | None]:
    row: list[str | None] = []
    for paragraph in reading.paragraphs(text, new_only=True):
        for chunk in paragraph:
            row += [_word(place.keys) if place.keys else None for place in places(chunk)]
        row.append(None)
    return row


def _word(keys: Sequence[tuple[str, int]]) -> str:
    """A place as a word: without 's, and a unit by its letters."""
    return [key for key, length in keys if length == 1 and not key.startswith(SIGN)][-1]


def _lemmas(counts: Counter[str]) -> dict[str, str]:
    """A lemma for each word: Russian by the dictionary, English by what the texts hold.

    Of all words that an English word can be a form of, it is the one most often written; rules alone cannot know that
    `charg` is no word.
    """
    lemmas = {}
    for word in counts:
        if russian.speaks(word) and not has_digit(word):
            lemmas[word] = russian.lemma(word)
        elif english.speaks(word):
            lemmas[word] = _english(word, counts)
        else:
            lemmas[word] = word
    return lemmas


def _english(word: str, counts: Counter[str]) -> str:
    family = english.family(word)
    if family:
        return family
    others = sorted(english.bases(word) - {word})
    known = [base for base in others if counts[base]]
    if known:
        return max(known, key=lambda base: (counts[base], base))
    return others[0] if others else word
