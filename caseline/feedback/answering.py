"""Checks what somebody has answered against the form that he was sent, and says how good or bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caseline.feedback.forms import LONGEST_TEXT, RATED, Form, Kind, Question

Value = int | str
_GOOD_OF_TEN: Final = 9


class Why(StrEnum):
    """What is wrong with an answer; pages say it in their language."""

    MISSING = "missing"
    NOT_ON_SCALE = "not on the scale"
    NOT_OFFERED = "not offered"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable"
    NOT_ASKED = "not asked"
    """There is no such question in this version, or these answers do not lead to it."""


class Grade(StrEnum):
    """How good an answer is, by its worst rating."""

    BAD = "bad"
    NEUTRAL = "neutral"
    GOOD = "good"


WORSE: Final = {Grade.GOOD: 0, Grade.NEUTRAL: 1, Grade.BAD: 2}
"""The greater, the worse."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers that hold, and what is wrong with the others; nothing that was typed is thrown away."""

    answers: Mapping[str, Value]
    faults: Mapping[str, Why]
    """By question; those without one of their own are unknown questions."""

    @property
    def complete(self) -> bool:
        """Whether everything that must be answered is."""
        return not self.faults


def check(form: Form, given: Mapping[str, str]) -> Checked:
    """Read what a page or a program has sent, text by question. Empty texts are no answers."""
    answers: dict[str, Value] = {}
    faults: dict[str, Why] = {}
    for question in form.questions:
        text = given.get(question.key, "").strip()
        if text:
            value, fault = _read(question, text)
            if fault is not None:
                faults[question.key] = fault
            elif value is not None:
                answers[question.key] = value
    asked = {question.key for question in form.asked(answers)}
    for question in form.questions:
        if question.key not in asked:
            # Without a script a page shows all questions: what these answers do not lead to is no answer, nor a fault.
            answers.pop(question.key, None)
            faults.pop(question.key, None)
        elif question.required and question.key not in answers:
            faults.setdefault(question.key, Why.MISSING)
    known = {question.key for question in form.questions}
    faults |= {key: Why.NOT_ASKED for key in given if key not in known}
    return Checked(answers, faults)


def _read(question: Question, text: str) -> tuple[Value | None, Why | None]:
    if question.kind is Kind.TEXT:
        if len(text) > LONGEST_TEXT:
            return None, Why.TOO_LONG
        return (None, Why.UNREADABLE) if "\x00" in text or _torn(text) else (text, None)
    if question.kind is Kind.CHOICE:
        return (text, None) if text in {code for code, _label in question.options} else (None, Why.NOT_OFFERED)
    # Nothing but ASCII digits: `int` would also read other scripts, underscores and blanks.
    if not (text.isascii() and text.isdigit()) or int(text[:4]) not in question.values or len(text) > 3:  # noqa: PLR2004
        return None, Why.NOT_ON_SCALE
    return int(text), None


def _torn(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def grade(form: Form, answers: Mapping[str, Value]) -> Grade | None:
    """By the worst rating; None where nothing is rated."""
    grades = [
        _grade(question, value)
        for question in form.questions
        if question.kind in RATED and isinstance(value := answers.get(question.key), int)
    ]
    return max(grades, key=WORSE.__getitem__, default=None)


def _grade(question: Question, value: int) -> Grade:
    assert question.bad_to is not None  # noqa: S101 - rated questions have one
    if value <= question.bad_to:
        return Grade.BAD
    good_from = _GOOD_OF_TEN if question.kind is Kind.NPS else max(question.bad_to + 1, question.highest - 1)
    return Grade.GOOD if value >= good_from else Grade.NEUTRAL


def mean(answers: Mapping[str, Value], form: Form) -> float | None:
    """The mean of the ratings, never rounded; None without one. Raises `ValueError` when their scales differ."""
    rated = [one for one in form.questions if one.kind in RATED and isinstance(answers.get(one.key), int)]
    if not rated:
        return None
    if len({(one.lowest, one.highest) for one in rated}) > 1:
        raise ValueError("ratings on different scales have no mean")
    values = [value for one in rated if isinstance(value := answers[one.key], int)]
    return sum(values) / len(values)
