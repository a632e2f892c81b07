"""A dialogue that asks one rated question after the other; what is said, and what a reply changes. It knows no clock.

A reply is heard once, and only as an answer to the question that was on the table when it came: what is sent twice,
late or out of order changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from caseline.feedback import spoken
from caseline.feedback.forms import RATED, Form, Question

MOST_QUESTIONS: Final = 5
"""Nobody answers more of them in a chat."""


class CannotAsk(ValueError):
    """A form cannot be asked in a chat; the message says why, and what to do."""


class Stage(StrEnum):
    """How far a dialogue is."""

    ASKING = "asking"
    DONE = "done"
    HUMAN = "human"
    """Two replies in a row could not be read: somebody of the house goes on."""
    STOPPED = "stopped"
    """The person wants to be asked no more."""
    FAILED = "failed"
    """The messenger has refused what we sent."""
    ENDED = "ended"
    """Its ask is over: expired, cancelled, or answered by another way."""


class Say(StrEnum):
    """What we say."""

    GREETING = "greeting"
    TEMPLATE = "template"
    """Words that a messenger has approved, where it takes no others as the first ones."""
    QUESTION = "question"
    AGAIN = "again"
    """The question once more, with buttons."""
    THANKS = "thanks"
    HUMAN = "human"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say."""

    say: Say
    question: int | None = None
    """Number of the question, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A dialogue as it stands."""

    questions: tuple[Question, ...]
    stage: Stage = Stage.ASKING
    step: int = 0
    """Number of the question that is on the table."""
    turn: int = 1
    """How often we have asked something, asking again included."""
    since: int = 1
    """The turn in which the question on the table was asked first."""
    retried: bool = False
    opened: bool = True
    """False: only approved words were said, and the first reply opens the dialogue, whatever it says."""
    answers: Mapping[str, int] = field(default_factory=dict)
    """Ratings by question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody has said."""

    text: str
    turn: int
    """That of the dialogue when the reply came."""
    pressed: tuple[int, int] | None = None
    """The question and the value of a button."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reply comes to."""

    dialogue: Dialogue
    lines: tuple[Line, ...] = ()
    rated: tuple[str, int] | None = None
    """Question and value, of a reply that rates."""


def questions(form: Form) -> tuple[Question, ...]:
    """The questions that a chat asks of a form: its ratings that depend on no other answer.

    Raises `CannotAsk`, also where something else must be answered: nobody ever would.
    """
    found = tuple(one for one in form.questions if one.kind in RATED and one.when is None)
    if not found:
        raise CannotAsk("the form has no question that is answered by a rating: add one, or choose another form")
    if len(found) > MOST_QUESTIONS:
        raise CannotAsk(f"the form has {len(found)} ratings, a chat asks {MOST_QUESTIONS} at most: choose another form")
    if left := [one.key for one in form.questions if one.required and one not in found]:
        raise CannotAsk(
            f"the form requires {left[0]!r}, which a chat does not ask, so no answer would be whole: make it voluntary,"
            " or choose another form"
        )
    return found


def begin(asked: tuple[Question, ...], *, by_template: bool = False) -> Heard:
    """The first words. `by_template`: the messenger takes none but approved ones until somebody replies."""
    if by_template:
        return Heard(Dialogue(questions=asked, opened=False), (Line(Say.TEMPLATE),))
    return Heard(Dialogue(questions=asked), (Line(Say.GREETING), Line(Say.QUESTION, 0)))


def again(before: Dialogue, *, by_template: bool = False) -> Heard:
    """The first words once more of one that was over: it goes on with what was not answered yet.

    Replies to what we had asked by then are late.
    """
    turn, step = before.turn + 1, 0 if before.stage is Stage.DONE else before.step
    fresh = replace(before, stage=Stage.ASKING, step=step, turn=turn, since=turn, retried=False, opened=not by_template)
    return Heard(fresh, (Line(Say.TEMPLATE),) if by_template else (Line(Say.GREETING), Line(Say.QUESTION, step)))


def hear(dialogue: Dialogue, reply: Reply) -> Heard:
    """What comes of a reply; one that is late, or said again, comes to nothing."""
    if dialogue.stage is not Stage.ASKING:
        return Heard(dialogue)
    if reply.pressed is None and spoken.stops(reply.text):
        return Heard(replace(dialogue, stage=Stage.STOPPED), (Line(Say.GOODBYE),))
    question = dialogue.questions[dialogue.step]
    value = _value(dialogue, question, reply)
    if value is not None:
        return _rated(dialogue, question, value)
    if reply.pressed is not None or reply.turn < dialogue.turn:
        return Heard(dialogue)  # it was about something that we have asked before
    return _unread(dialogue)


def _unread(dialogue: Dialogue) -> Heard:
    """Of what cannot be read: asked once more, then somebody of the house goes on."""
    if not dialogue.opened:
        return Heard(_asking(replace(dialogue, opened=True)), (Line(Say.QUESTION, dialogue.step),))
    if not dialogue.retried:
        return Heard(_asking(replace(dialogue, retried=True)), (Line(Say.AGAIN, dialogue.step),))
    return Heard(replace(dialogue, stage=Stage.HUMAN), (Line(Say.HUMAN),))


def _value(dialogue: Dialogue, question: Question, reply: Reply) -> int | None:
    if reply.pressed is not None:
        number, value = reply.pressed
        return value if number == dialogue.step and value in question.values else None
    return spoken.rating(reply.text, question) if reply.turn >= dialogue.since else None


def _asking(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, turn=dialogue.turn + 1)


def _rated(dialogue: Dialogue, question: Question, value: int) -> Heard:
    answered = replace(dialogue, answers={**dialogue.answers, question.key: value}, retried=False, opened=True)
    rated = (question.key, value)
    if dialogue.step + 1 == len(dialogue.questions):
        return Heard(replace(answered, stage=Stage.DONE), (Line(Say.THANKS),), rated)
    turn = dialogue.turn + 1
    following = replace(answered, step=dialogue.step + 1, turn=turn, since=turn)
    return Heard(following, (Line(Say.QUESTION, following.step),), rated)
