"""Says faults of entries, and why the dictionary was saved, in the language of the page."""

from collections.abc import Iterable
from typing import Final

from caseline.actions import furnish_desk
from caseline.web.language import Texts, later
from keywords.faults import Fault

FIELDS: Final = {
    "keyword": later("keyword or phrase"),
    "weight": later("weight"),
    "category": later("category"),
    "kind": later("kind"),
    "enabled": later("on"),
    "note": later("note"),
    "blocking": later("blocks"),
}
SETTINGS: Final = {
    "scoring": later("comparison of weights"),
    "nested": later("entries inside longer ones"),
    "min_score": later("least score"),
    "min_margin": later("least lead"),
    "subject_factor": later("weight of the subject"),
    "category_order": later("order of categories"),
}
"""Names of what history tells of settings."""
REASONS: Final = {furnish_desk.REASON: later("the sample")}
"""Reasons of saves that nobody has typed."""


def said(texts: Texts, faults: Iterable[Fault]) -> list[str]:
    """Field, what is wrong, and what helps."""
    language = 1 if texts.language == "ru" else 0
    return [f"{texts.say(FIELDS.get(one.field, one.field))}: {one.said(language)}" for one in faults]


def reason(texts: Texts, given: str) -> str:
    """Why the dictionary was saved: in the words of whoever saved it, if it was a person."""
    return texts.say(REASONS[given]) if given in REASONS else given


def with_rows(texts: Texts, faults: Iterable[Fault]) -> list[str]:
    """The same with the line of the file before it."""
    return [
        texts.say("line %(number)s, %(rest)s", number=one.row, rest=words)
        for one in faults
        for words in said(texts, [one])
    ]
