"""What clients have said of a record: by ask and question, what counts, what counted before, what is not confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from caseline.feedback import forms
from caseline.feedback.forms import LANGUAGES, Kind

_MOMENT: Final = timedelta(seconds=1)
"""An answer and what is made of it are kept with the time at which it came."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating that counts, or counted."""

    question: str
    value: int
    lowest: int
    highest: int
    at: datetime
    superseded: bool
    entered_by: str | None
    """The login that entered it by phone."""


@dataclass(frozen=True, slots=True)
class Click:
    """The last click for a question that has no rating."""

    question: str
    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What was said to one question of an ask."""

    label: str
    now: Rating | None
    """What counts."""
    before: Sequence[Rating] = ()
    """Earlier ones, the newest first: of other days, or superseded."""
    click: Click | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask about the record."""

    id: int
    campaign: str
    state: str
    reason: str | None
    state_at: datetime
    questions: Sequence[Question] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """All asks about a record, the newest first."""

    asks: Sequence[Ask] = ()
    running: bool = False
    """Whether any campaign is switched on, so that it can be missed."""

    @property
    def rated(self) -> bool:
        """Whether somebody has clicked or rated anything."""
        return any(one.questions for one in self.asks)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it came."""

    at: datetime
    entered_by: str | None
    document: Mapping[str, Any]


def asked(listed: object, ratings: Sequence[Rating], clicks: Sequence[Click], language: str) -> tuple[Question, ...]:
    """What was said, by question in the order of the form. `listed`: its questions as its document has them."""
    labels = _labels(listed, language)
    there = {one.question for one in ratings} | {one.question for one in clicks}
    keys = [*labels, *sorted(there - labels.keys())]
    found = []
    for key in keys:
        own = sorted((one for one in ratings if one.question == key), key=lambda one: one.at, reverse=True)
        now = next((one for one in own if not one.superseded), None)
        click = next((one for one in clicks if one.question == key), None)
        if own or click:
            found.append(Question(labels.get(key, key), now, [one for one in own if one is not now], click))
    return tuple(found)


def comment(listed: object, answers: Sequence[Written]) -> str:
    """What was said last to each question that is answered in words."""
    said: dict[str, Any] = {}
    for one in sorted(answers, key=lambda each: each.at):
        said.update(one.document)
    texts = [one["key"] for one in _questions(listed) if one.get("kind") == Kind.TEXT and "key" in one]
    return " · ".join(words for key in texts if isinstance(words := said.get(key), str) and words)


def entered_by(at: datetime, answers: Sequence[Written]) -> str | None:
    """Who has entered what came then; None: the client himself."""
    return next((one.entered_by for one in answers if one.entered_by and abs(one.at - at) <= _MOMENT), None)


def _labels(listed: object, language: str) -> dict[str, str]:
    found = {}
    for one in _questions(listed):
        label = one.get("label")
        texts = {LANGUAGES[0]: label} if isinstance(label, str) else label if isinstance(label, Mapping) else {}
        found[str(one.get("key"))] = forms.words(texts, language) or str(one.get("key"))
    return found


def _questions(listed: object) -> list[Mapping[str, Any]]:
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
