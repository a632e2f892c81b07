"""What the answer for an ask comes to: which values count, how good they are, and which step the ask takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from caseline.feedback import answering
from caseline.feedback.answering import WORSE, Grade
from caseline.feedback.confirming import Judgement, Standing
from caseline.feedback.forms import Form
from caseline.feedback.states import State, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an ask comes to by now."""

    step: State | None
    """Where it goes; None: it stays."""
    values: Mapping[str, Any]
    """What counts: of what is rated the confirmed value alone, and nothing that is not asked any more."""
    whole: bool
    """All that must be answered is, and counts."""
    grade: Grade | None
    mean: float | None
    follows: bool
    """It counts for the first time, or is worse than before: rules are looked at."""


def outcome(
    form: Form, state: State, before: str | None, said: Mapping[str, Any], judged: Mapping[str, Judgement]
) -> Outcome:
    """What it comes to. `before`: the grade that it had; `said`: what was sent last on each question."""
    values = _values(form, said, judged)
    missing = any(one.required and one.key not in values for one in form.asked(values))
    if missing or not values:
        step = State.ANSWERING if _begun(said, judged.values()) and state in {State.SENT, State.VISITED} else None
        return Outcome(step=step, values=values, whole=False, grade=None, mean=None, follows=False)
    grade = answering.grade(form, values)
    answered = state in {State.ANSWERED, State.CLOSED}
    worse = answered and grade is not None and (before is None or WORSE[grade] > WORSE[Grade(before)])
    step = State.ANSWERED if may(state, State.ANSWERED) and (worse or not answered) else None
    return Outcome(
        step=step, values=values, whole=True, grade=grade, mean=_mean(form, values), follows=worse or not answered
    )


def _values(form: Form, said: Mapping[str, Any], judged: Mapping[str, Judgement]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in form.questions:
        one = judged.get(question.key)
        if one is None:
            if question.key in said:
                found[question.key] = said[question.key]
        elif one.effective is not None:
            found[question.key] = one.effective.value
    # What was said before to a question that the answers lead to no more is nobody's word any more.
    asked = {question.key for question in form.asked(found)}
    return {key: value for key, value in found.items() if key in asked}


def _begun(said: Mapping[str, Any], judged: Iterable[Judgement]) -> bool:
    """Whether a part of the answer is there: more than a link that was opened, which scanners do."""
    return bool(said) or any(one.confirmed or one.standing not in {None, Standing.CLICKED} for one in judged)


def _mean(form: Form, values: Mapping[str, Any]) -> float | None:
    try:
        return answering.mean(values, form)
    except ValueError:
        return None  # ratings on different scales have none
