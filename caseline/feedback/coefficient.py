"""What an NPS record is called and counts as: +100 who recommends, −100 who warns others, 0 who does neither."""

import re
from collections.abc import Mapping
from typing import Any, Final

from caseline.feedback.forms import Form, Kind, Question, words

PROMOTER, PASSIVE, DETRACTOR = 100, 0, -100
_PROMOTES_FROM, _DETRACTS_TO = 9, 6
_MINUS: Final = "−"
_GRADES: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {"bad": "плохо", "neutral": "нейтрально", "good": "хорошо"},
    "en": {"bad": "bad", "neutral": "neutral", "good": "good"},
}
_TAG: Final = re.compile(r"%(number|номер|value|значение)%", re.IGNORECASE)
_NUMBERS: Final = {"number", "номер"}


def coefficient(form: Form, values: Mapping[str, Any]) -> int | None:
    """What the first answered question of that kind counts as; None where a form has none."""
    for question in form.questions:
        value = values.get(question.key)
        if question.kind is Kind.NPS and isinstance(value, int):
            if value >= _PROMOTES_FROM:
                return PROMOTER
            return DETRACTOR if value <= _DETRACTS_TO else PASSIVE
    return None


def said(value: int | None, grade: str | None, language: str) -> str:
    """The coefficient as people write it, or the grade where there is none."""
    if value is not None:
        return f"+{value}" if value > 0 else str(value).replace("-", _MINUS)
    return _GRADES.get(language, _GRADES["en"]).get(grade or "", "—")


def name(template: str, number: str, value: str) -> str:
    """What a record is called by the rule of its campaign: %Number% of what was rated, %Value% of the answer."""
    return _TAG.sub(lambda found: number if found[1].casefold() in _NUMBERS else value, template)


def names(template: str, number: str, language: str) -> frozenset[str]:
    """All that a record can be called by such a rule, whatever was answered."""
    values = [said(value, None, language) for value in (PROMOTER, PASSIVE, DETRACTOR)]
    grades = [said(None, grade, language) for grade in (None, *_GRADES["en"])]
    return frozenset(name(template, number, value) for value in (*values, *grades))


def shown(question: Question, value: Any, language: str) -> Any:  # noqa: ANN401 - an answer of any kind
    """An answer as people read it: of what is chosen its label."""
    if question.kind is Kind.CHOICE:
        return words(dict(question.options).get(str(value), {}), language) or str(value)
    return value
