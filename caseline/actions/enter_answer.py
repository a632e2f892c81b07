"""Enters what a client has answered by phone, into the same form that he was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caseline.actions import judge_ask, show_asks
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.feedback import answering, answers, asks
from caseline.feedback.answering import Checked
from caseline.feedback.answers import Given
from caseline.feedback.states import State
from caseline.people.access import Viewer

ENDED: Final = frozenset({State.CANCELLED, State.OPTED_OUT})
"""Nobody is asked any more: what a client says nevertheless belongs to a new ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an employee has typed."""

    values: Mapping[str, str]
    """By question."""
    submission: str
    """Of the page: the same one sent again is no second answer."""
    language: str


def enter(house: House, viewer: Viewer, ask_id: int, said: Said, editor: Editor) -> Checked:
    """Keep the answer, and make of it what it counts; one with faults, or empty, is not kept.

    Raises `Absent`, and `Told` where nobody is asked any more.
    """
    with house.engine.begin() as connection:
        ask = show_asks.seen(house, connection, viewer, ask_id, hold=True)
        if ask.state in ENDED:
            raise Told("ask %(ask)s has ended: ask anew from the card of the request", ask=ask_id)
        checked = answering.check(show_asks.form_of(connection, ask), said.values)
        if not checked.complete or not checked.answers:
            return checked
        given = Given(
            ask_id=ask_id,
            submission=said.submission,
            at=editor.at,
            document=checked.answers,
            language=said.language,
            entered_by=editor.login,
        )
        answers.add(connection, given)
        asks.judge_at(connection, ask_id, editor.at)
    with house.engine.begin() as connection:  # what was said is safe by now, whatever comes of the rest
        judge_ask.judge(house, connection, ask_id, now=editor.at)
    return checked
