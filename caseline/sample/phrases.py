"""The shape of the phrase books from which the texts of the sample are built."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """What clients write about one matter; `{words}` in braces are filled from the book's slots."""

    name: str
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """Everything said in one language; themes stand in the same order in every book."""

    slots: Mapping[str, tuple[str, ...]]
    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    asides: tuple[str, ...]
    """Rare sentences with signs that careless readers of files stumble over; all are valid text."""
    themes: tuple[Theme, ...]
    replies: tuple[str, ...]
    notes: tuple[str, ...]
    outcomes: tuple[str, ...]
