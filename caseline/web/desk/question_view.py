"""Questions of a form as a page of the desk shows them: in the reader's language, with what was typed and is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.feedback.answering import Why
from caseline.feedback.forms import LONGEST_TEXT, Form, Kind, Question, words
from caseline.web.language import Texts, later

FACES: Final = {2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
"""Which of the five words stand for how many smileys."""
_WORDS: Final = (later("very bad"), later("bad"), later("all right"), later("good"), later("excellent"))
_SIGNS: Final = ("\U0001f61e", "\U0001f61f", "\U0001f610", "\U0001f60a", "\U0001f600")
_WRONG: Final = {
    Why.MISSING: later("Please answer this question."),
    Why.NOT_ON_SCALE: later("Please choose one of the values."),
    Why.NOT_OFFERED: later("Please choose one of the answers."),
    Why.TOO_LONG: later("The text is too long: %(most)s characters are kept at most. Please shorten it."),
    Why.UNREADABLE: later("The text holds signs that cannot be kept. Please take them out."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen."""

    value: str
    label: str
    sign: str
    """The face of a smiley; empty: none."""
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A question."""

    key: str
    kind: Kind
    label: str
    hint: str
    required: bool
    options: Sequence[Option]
    text: str
    wrong: str
    when: str
    """On which answer it depends, in words; empty: on none."""


def shown(texts: Texts, form: Form, typed: Mapping[str, Any], faults: Mapping[str, Why]) -> list[Shown]:
    """The questions in order."""
    found = []
    for one in form.questions:
        said = str(typed.get(one.key, ""))
        wrong = faults.get(one.key)
        found.append(
            Shown(
                key=one.key,
                kind=one.kind,
                label=words(one.label, texts.language),
                hint=words(one.hint, texts.language),
                required=one.required,
                options=_options(texts, one, said),
                text=said,
                wrong="" if wrong is None else texts.say(_WRONG[wrong], most=texts.number(LONGEST_TEXT)),
                when=_when(texts, form, one),
            )
        )
    return found


def _options(texts: Texts, one: Question, said: str) -> list[Option]:
    if one.kind is Kind.CHOICE:
        return [Option(code, words(label, texts.language), "", code == said) for code, label in one.options]
    if one.kind is Kind.SMILEYS:
        faces = zip(one.values, FACES[len(one.values)], strict=True)
        own = {code: words(label, texts.language) for code, label in one.options}
        usual = [(str(value), texts.say(_WORDS[face]), _SIGNS[face]) for value, face in faces]
        return [Option(value, own.get(value) or word, sign, value == said) for value, word, sign in usual]
    return [Option(str(value), str(value), "", str(value) == said) for value in one.values if one.kind is not Kind.TEXT]


def _when(texts: Texts, form: Form, one: Question) -> str:
    if one.when is None:
        return ""
    other = form.question(one.when.question)
    labels = {code: words(label, texts.language) for code, label in other.options} if other else {}
    return texts.say(
        "only if “%(question)s” is answered with %(answers)s",
        question=words(other.label, texts.language) if other else one.when.question,
        answers=", ".join(labels.get(answer, answer) for answer in sorted(one.when.answers)),
    )
