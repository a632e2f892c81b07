"""What an answer comes to: only what its own answers lead to counts, also after a correction."""

from datetime import UTC, datetime
from typing import Any

from caseline.feedback import forms
from caseline.feedback.answering import Grade
from caseline.feedback.confirming import Confirmed, Judgement
from caseline.feedback.outcome import Outcome, outcome
from caseline.feedback.states import State

NOON = datetime(2026, 4, 6, 9, tzinfo=UTC)
FORM = forms.read(
    {
        "title": "Отзыв",
        "questions": [
            {"key": "again", "kind": "choice", "label": "Снова?", "required": True, "options": [
                {"code": "yes", "label": "Да"}, {"code": "no", "label": "Нет"}]},
            {"key": "how_bad", "kind": "scale", "label": "Насколько плохо?", "required": True,
             "when": {"question": "again", "is": ["no"]}},
            {"key": "why", "kind": "text", "label": "Почему?", "when": {"question": "how_bad", "is": ["1", "2"]}},
            {"key": "all", "kind": "scale", "label": "В целом"},
        ],
    }
)  # fmt: skip


def said(again: str, **ratings: int) -> Outcome:
    judged = {key: Judgement((Confirmed(value, NOON, by_hand=True),), None) for key, value in ratings.items()}
    told: dict[str, Any] = {"again": again, "why": "Долго ждали", **ratings}
    return outcome(FORM, State.SENT, None, told, judged)


def test_what_was_said_before_and_is_not_asked_any_more_counts_no_more() -> None:
    first, corrected = said("no", how_bad=1, all=5), said("yes", how_bad=1, all=5)

    assert dict(first.values) == {"again": "no", "how_bad": 1, "why": "Долго ждали", "all": 5}
    assert (first.grade, first.mean) == (Grade.BAD, 3)
    assert dict(corrected.values) == {"again": "yes", "all": 5}
    assert (corrected.grade, corrected.mean, corrected.whole) == (Grade.GOOD, 5, True)
