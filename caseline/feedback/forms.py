"""Forms as administrators write them, in versions that never change: questions, scales, when which is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

LANGUAGES: Final = ("ru", "en")
"""The first of them must be there; it stands in for the others."""
MOST_QUESTIONS: Final = 50
LONGEST_TEXT: Final = 10_000
"""Characters of a written answer; what is longer is refused, and nothing of it is lost on the page."""
_LONGEST_LABEL: Final = 2_000
_SCALE: Final = {"nps": (0, 10), "smileys": (1, 5), "scale": (1, 5)}
_SMILEYS: Final = range(2, 6)
_WIDEST: Final = 11


class FormUnfit(ValueError):
    """A form cannot be used as it is written; the message names the question, the part and the remedy."""


class Kind(StrEnum):
    """What is answered."""

    SCALE = "scale"
    SMILEYS = "smileys"
    NPS = "nps"
    """From 0 to 10, whether somebody would recommend."""
    CHOICE = "choice"
    TEXT = "text"


RATED: Final = frozenset({Kind.SCALE, Kind.SMILEYS, Kind.NPS})
Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only when another one has one of these answers."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a form."""

    key: str
    kind: Kind
    label: Words
    hint: Words
    required: bool
    lowest: int = 0
    highest: int = 0
    bad_to: int | None = None
    """Ratings up to it are bad ones; None: of what is no rating."""
    options: tuple[tuple[str, Words], ...] = ()
    """Codes with their labels; of smileys: values with their words, where they are not the usual ones."""
    target: str | None = None
    """Key of the field of the record into which the answer is written, too."""
    when: Condition | None = None

    @property
    def values(self) -> range:
        """Ratings that can be given."""
        return range(self.lowest, self.highest + 1)


@dataclass(frozen=True, slots=True)
class Form:
    """A version of a form."""

    title: Words
    thanks: Words
    questions: tuple[Question, ...]

    def asked(self, answers: Mapping[str, Any]) -> tuple[Question, ...]:
        """The questions that these answers leave; a condition over one that is not asked itself does not hold."""
        found: list[Question] = []
        there: dict[str, str] = {}
        for question in self.questions:
            if question.when is not None and there.get(question.when.question) not in question.when.answers:
                continue
            found.append(question)
            given = answers.get(question.key)
            if given is not None and given != "":
                there[question.key] = str(given)
        return tuple(found)

    def question(self, key: str) -> Question | None:
        """The question of that key."""
        return next((one for one in self.questions if one.key == key), None)


def words(texts: Words, language: str) -> str:
    """A text in a language, or in the first one where it has none."""
    return texts.get(language) or texts.get(LANGUAGES[0], "")


def read(document: object) -> Form:
    """A form from the JSON in which it is kept. Raises `FormUnfit`."""
    whole = _mapping(document, "form")
    listed = whole.get("questions")
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise FormUnfit("form, questions: there are none; add one")
    if len(listed) > MOST_QUESTIONS:
        raise FormUnfit(f"form, questions: {len(listed)} are more than {MOST_QUESTIONS}; take some out")
    questions: list[Question] = []
    for number, one in enumerate(listed, 1):
        made = _question(_mapping(one, f"question {number}"), f"question {number}")
        if any(made.key == earlier.key for earlier in questions):
            raise FormUnfit(f"question {number}, key: {made.key!r} is the key of another one; give it its own")
        _follows(made, questions, f"question {number}")
        questions.append(made)
    return Form(
        _words(whole.get("title"), "form, title"),
        _words(whole.get("thanks"), "form, thanks", needed=False),
        tuple(questions),
    )


def _question(one: Mapping[str, Any], where: str) -> Question:
    key = one.get("key")
    if not isinstance(key, str) or not key.isidentifier() or len(key) > 40:  # noqa: PLR2004 - it is a column of a file
        raise FormUnfit(f"{where}, key: {key!r} is none; take letters, digits and _")
    try:
        kind = Kind(str(one.get("kind")))
    except ValueError as error:
        known = ", ".join(Kind)
        raise FormUnfit(f"{where}, kind: {one.get('kind')!r} is not known; take one of {known}") from error
    target = one.get("target")
    if target is not None and (not isinstance(target, str) or not target):
        raise FormUnfit(f"{where}, target: {target!r} is no field; name one, or leave it out")
    required = one.get("required", False)
    if not isinstance(required, bool):
        raise FormUnfit(f"{where}, required: {required!r} is neither true nor false")
    return Question(
        key=key,
        kind=kind,
        label=_words(one.get("label"), f"{where}, label"),
        hint=_words(one.get("hint"), f"{where}, hint", needed=False),
        required=required,
        options=_options(one.get("options"), where) if kind is Kind.CHOICE or _captioned(one, kind) else (),
        target=target,
        when=_condition(one.get("when"), where),
        **(_scale(one, kind, where) if kind in RATED else {}),
    )


def _captioned(one: Mapping[str, Any], kind: Kind) -> bool:
    """Whether it says itself what its smileys mean, by their values as codes."""
    return kind is Kind.SMILEYS and bool(one.get("options"))


def _scale(one: Mapping[str, Any], kind: Kind, where: str) -> dict[str, int]:
    usual = _SCALE[kind]
    lowest, highest = one.get("from", usual[0]), one.get("to", usual[1])
    if type(lowest) is not int or type(highest) is not int or lowest < 0 or not 0 < highest - lowest < _WIDEST:
        raise FormUnfit(f"{where}, from, to: {lowest!r} to {highest!r} is no scale of 2 to {_WIDEST} whole numbers")
    if kind is Kind.NPS and (lowest, highest) != usual:
        raise FormUnfit(f"{where}, from, to: whether somebody would recommend is answered from 0 to 10")
    if kind is Kind.SMILEYS and (lowest != 1 or highest not in _SMILEYS):
        raise FormUnfit(f"{where}, to: there are 2 to 5 smileys, from 1 on")
    if _captioned(one, kind) and [code for code, _ in _options(one["options"], where)] != [
        str(value) for value in range(1, highest + 1)
    ]:
        raise FormUnfit(f"{where}, options: name the words of 1 to {highest} in this order, or leave them out")
    bad_to = one.get("bad_to", _bad_to(lowest, highest))
    if type(bad_to) is not int or not lowest <= bad_to < highest:
        raise FormUnfit(f"{where}, bad_to: {bad_to!r} is not on the scale, or leaves no good rating")
    return {"lowest": lowest, "highest": highest, "bad_to": bad_to}


def _bad_to(lowest: int, highest: int) -> int:
    """The lower two fifths: 2 of 1 to 5; six of 0 to 10, as recommending is judged."""
    if (lowest, highest) == _SCALE["nps"]:
        return 6
    return max(lowest, lowest - 1 + (highest - lowest + 1) * 2 // 5)


def _options(listed: object, where: str) -> tuple[tuple[str, Words], ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str) or len(listed) < 2:  # noqa: PLR2004 - to choose from
        raise FormUnfit(f"{where}, options: two at least are needed to choose from")
    found: dict[str, Words] = {}
    for one in listed:
        option = _mapping(one, f"{where}, options")
        code = option.get("code")
        if not isinstance(code, str) or not code or code in found:
            raise FormUnfit(f"{where}, options, code: {code!r} is none, or there twice")
        found[code] = _words(option.get("label"), f"{where}, option {code}")
    return tuple(found.items())


def _condition(given: object, where: str) -> Condition | None:
    if given is None:
        return None
    one = _mapping(given, f"{where}, when")
    question, answers = one.get("question"), one.get("is")
    if not isinstance(question, str) or not isinstance(answers, Sequence) or isinstance(answers, str) or not answers:
        raise FormUnfit(f"{where}, when: it names a question and the answers by which this one is asked")
    return Condition(question, frozenset(map(str, answers)))


def _follows(made: Question, earlier: Sequence[Question], where: str) -> None:
    """A condition looks back: what comes later has no answer yet."""
    if made.when is None:
        return
    other = next((one for one in earlier if one.key == made.when.question), None)
    if other is None:
        raise FormUnfit(f"{where}, when: no question before it has the key {made.when.question!r}")
    if other.kind is Kind.TEXT:
        raise FormUnfit(f"{where}, when: {other.key!r} is answered in words; name one with answers to choose from")
    known = {code for code, _ in other.options} if other.kind is Kind.CHOICE else {str(one) for one in other.values}
    if strange := sorted(made.when.answers - known):
        raise FormUnfit(f"{where}, when: {other.key!r} has no answer {strange[0]!r}")


def _mapping(given: object, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise FormUnfit(f"{where}: {type(given).__name__} stands where a set of names and values is expected")
    return given


def _words(given: object, where: str, *, needed: bool = True) -> Words:
    texts = {LANGUAGES[0]: given} if isinstance(given, str) else given
    if texts is None and not needed:
        return {}
    found = _mapping(texts, where)
    for language, text in found.items():
        if language not in LANGUAGES:
            raise FormUnfit(f"{where}: {language!r} is no language of ours; take {' or '.join(LANGUAGES)}")
        if not isinstance(text, str) or len(text) > _LONGEST_LABEL:
            raise FormUnfit(f"{where}, {language}: a text of up to {_LONGEST_LABEL} characters is expected")
    if needed and not found.get(LANGUAGES[0], "").strip():
        raise FormUnfit(f"{where}, {LANGUAGES[0]}: it is empty; write something")
    return dict(found)
