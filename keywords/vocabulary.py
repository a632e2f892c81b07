"""Frozen words of the room: kinds of entries, scorings, nesting, outcomes, and why a found entry did not count."""

from enum import StrEnum


class Kind(StrEnum):
    """How the words of an entry meet the words of a text."""

    FORMS = "forms"
    """In every inflected form: `возврат` meets `возвратами`, `card` meets `cards`."""
    EXACT = "exact"
    """As written, but for case, ё and look-alike letters of codes."""
    PREFIX = "prefix"
    """Each word of the entry is the beginning of a word of the text."""


class Scoring(StrEnum):
    """How weights are compared."""

    MAX = "max"
    """The heaviest entry decides."""
    SUM = "sum"
    """The weights of the distinct entries of a category add up."""


class Nested(StrEnum):
    """What becomes of an entry found inside a longer one that was found too."""

    LONGEST = "longest"
    """It does not count there, whatever its category: `возврат` inside `возврат НДС`."""
    ALL = "all"
    """It counts as well."""


class Outcome(StrEnum):
    """Why a text has its category, or none; without one a person decides."""

    DECIDED = "decided"
    NOTHING_FOUND = "nothing_found"
    BLOCKED = "blocked"
    """Every category with found entries is blocked."""
    BELOW_MIN_SCORE = "below_min_score"
    BELOW_MIN_MARGIN = "below_min_margin"
    TIE = "tie"
    """Two categories are equal in every respect."""


class Tiebreak(StrEnum):
    """What decides between categories of the same score, in this order."""

    HEAVIEST = "heaviest"
    """The heaviest entry, where weights add up."""
    TOTAL = "total"
    """The sum of the weights, where the heaviest entry decides."""
    WORDS = "words"
    ENTRIES = "entries"
    ORDER = "order"
    """The administrators' order of categories."""


class Silence(StrEnum):
    """Why a found entry did not count."""

    NESTED = "nested"
    """Each of its places lies inside a longer entry."""
    BLOCKED = "blocked"
    """Its category is blocked."""


class Part(StrEnum):
    """Where in a request a span lies."""

    SUBJECT = "subject"
    BODY = "body"
