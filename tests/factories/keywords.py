"""Dictionaries for tests, with defaults; a test says only what it is about."""

from typing import Any

from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.expansion import expand
from keywords.explanation import Answer
from keywords.rules import Rules
from keywords.vocabulary import Kind, Nested, Scoring

RULES = [(scoring, nested) for scoring in Scoring for nested in Nested]


def entry(keyword: str, weight: int = 50, category: str = "a", **changes: Any) -> Expanded:  # noqa: ANN401 - any field
    """An entry for category a, expanded."""
    return expand(Entry(keyword, weight, category, **changes))


def block(keyword: str, category: str = "a", kind: Kind = Kind.FORMS) -> Expanded:
    """An entry that forbids a category."""
    return expand(Entry(keyword, 0, category, kind, blocking=True))


def classifier(*entries: Expanded, **rules: Any) -> Classifier:  # noqa: ANN401 - any rule
    """A dictionary of these entries."""
    return Classifier(entries, Rules(**rules))


def found(answer: Answer) -> list[str]:
    """Keywords of the entries that count."""
    return sorted(match.entry.keyword for match in answer.matches if match.silence is None)


def pieces(answer: Answer, text: str) -> dict[str, list[str]]:
    """What stands in the original text where each entry was found."""
    return {m.entry.keyword: [text[span.start : span.end] for span in m.spans] for m in answer.matches}
