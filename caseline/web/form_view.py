"""Questions of a form as pages show them: in the reader's language, with what was said and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.feedback.answering import Why
from caseline.feedback.forms import LONGEST_TEXT, Form, Kind, Question, words
from caseline.web.language import Texts, later

_FACES: Final[Mapping[int, Sequence[int]]] = {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
"""Which of the five faces stand for how many values: as in the letter."""
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
    chosen: bool
    face: int | None = None
    """Of smileys, from 1 (worst) to 5."""

    @property
    def sign(self) -> str:
        """The face as a sign; empty: none."""
        return "" if self.face is None else _SIGNS[self.face - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is shown."""

    key: str
    kind: str
    label: str
    hint: str
    required: bool
    options: tuple[Option, ...]
    text: str
    wrong: str
    """What is wrong with the answer; empty when nothing is."""
    leads: str
    """The question on which it depends; empty for one that is always asked."""
    by: str
    """By which of its answers, parted by blanks."""
    when: str
    """On which answer it depends, in words; empty: on none."""

    @property
    def first_field(self) -> str:
        """Where a link to it goes."""
        return f"q-{self.key}-0" if self.options else f"q-{self.key}"


def questions(
    form: Form, given: Mapping[str, Any], faults: Mapping[str, Why], texts: Texts
) -> tuple[list[Asked], list[str]]:
    """The questions in order, and what is wrong with no question of its own."""
    shown = [_asked(form, one, given.get(one.key), faults.get(one.key), texts) for one in form.questions]
    known = {one.key for one in form.questions}
    strange = [texts.say("Something was sent that this page does not ask.")] if set(faults) - known else []
    return shown, strange


def _asked(form: Form, question: Question, said: object, fault: Why | None, texts: Texts) -> Asked:
    text = "" if said is None else str(said)
    return Asked(
        key=question.key,
        kind=question.kind.value,
        label=words(question.label, texts.language),
        hint=words(question.hint, texts.language),
        required=question.required,
        options=tuple(_options(question, text.strip(), texts)),
        text=text if question.kind is Kind.TEXT else "",
        wrong="" if fault is None else texts.say(_WRONG[fault], most=texts.number(LONGEST_TEXT)),
        leads=question.when.question if question.when else "",
        by=" ".join(sorted(question.when.answers)) if question.when else "",
        when=_when(form, question, texts),
    )


def _when(form: Form, question: Question, texts: Texts) -> str:
    if question.when is None:
        return ""
    other = form.question(question.when.question)
    labels = {code: words(label, texts.language) for code, label in other.options} if other else {}
    return texts.say(
        "only if “%(question)s” is answered with %(answers)s",
        question=words(other.label, texts.language) if other else question.when.question,
        answers=", ".join(labels.get(answer, answer) for answer in sorted(question.when.answers)),
    )


def _options(question: Question, chosen: str, texts: Texts) -> list[Option]:
    if question.kind is Kind.TEXT:
        return []
    if question.kind is Kind.CHOICE:
        return [Option(code, words(label, texts.language), code == chosen) for code, label in question.options]
    if question.kind is not Kind.SMILEYS:
        return [Option(str(one), str(one), str(one) == chosen) for one in question.values]
    own = {code: words(label, texts.language) for code, label in question.options}
    faces = _FACES[len(question.values)]
    return [
        Option(str(one), own.get(str(one)) or texts.say(_WORDS[face - 1]), str(one) == chosen, face)
        for one, face in zip(question.values, faces, strict=True)
    ]
