"""Entries of the dictionary as administrators write them, and the same with their words expanded for matching."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from keywords.vocabulary import Kind

LEAST_WEIGHT: Final = 1
GREATEST_WEIGHT: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A keyword or phrase that speaks for a category, or forbids it."""

    keyword: str
    weight: int
    """1 to 100; 0 for a blocking entry, which has none."""
    category: str
    kind: Kind = Kind.FORMS
    blocking: bool = False
    """A text with it never gets this category."""
    enabled: bool = True
    note: str = ""
    id: int | None = None
    """Of whoever keeps the entries."""


class Slot(NamedTuple):
    """A word of an entry: what a text may have at its place."""

    keys: tuple[str, ...]
    """Folded, sorted."""
    prefix: bool = False
    """Whether a key need only be the beginning of the text's word."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """An entry with its words; made when it is saved, so that matching needs no morphology."""

    entry: Entry
    slots: tuple[Slot, ...]
