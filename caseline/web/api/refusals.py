"""Turns what actions refuse into problem documents, in the language of the caller."""

from http import HTTPStatus
from typing import Any, Final

from caseline.actions import save_request
from caseline.actions.find_assignment import Forbidden
from caseline.actions.read_reports import TooMuch
from caseline.actions.seen import Absent
from caseline.actions.work_request import DoneAlready, Faulty
from caseline.crm import refusals
from caseline.crm.cards import Refused
from caseline.crm.field_faults import RUSSIAN, Unsaved
from caseline.crm.port import NotOffered
from caseline.outbox.faults import OutboxFault
from caseline.web.api.problems import Problem, Wrong
from caseline.web.desk import card_frame, refusal_words
from caseline.web.language import Texts

KINDS: Final = (Absent, DoneAlready, Forbidden, NotOffered, OutboxFault, Refused, TooMuch)
"""What actions raise when they do not do something."""
ABSENT: Final = "there is no such thing"
_DONE: Final = "a call with this key was done already; nothing was done again"
_FORBIDDEN: Final = "you see it, and may not change it"
_TOO_MUCH: Final = "the answer would take more than half a minute: ask for a shorter period, or about fewer requests"


def problem(texts: Texts, error: Exception) -> Problem:
    """What is answered instead."""
    if isinstance(error, Absent):
        return Problem(HTTPStatus.NOT_FOUND, ABSENT)
    if isinstance(error, Forbidden):
        return Problem(HTTPStatus.FORBIDDEN, _FORBIDDEN)
    if isinstance(error, DoneAlready):
        return Problem(HTTPStatus.CONFLICT, _DONE)
    if isinstance(error, save_request.Overtaken):
        return _overtaken(texts, error)
    if isinstance(error, refusals.Overtaken):
        return Problem(HTTPStatus.CONFLICT, said(texts, error))
    faults = error.faults if isinstance(error, Unsaved) else ()
    wrong = [Wrong(one.key, one.words(texts.language)) for one in faults]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, said(texts, error), wrong)


def said(texts: Texts, error: Exception) -> str:
    """A refusal in the words that the pages of the desk have for it."""
    if isinstance(error, Unsaved):
        return "; ".join(error.said(texts.language))
    if isinstance(error, Faulty) and error.code in card_frame.FAULTS:
        return texts.say(card_frame.FAULTS[error.code], **error.data)
    return _TOO_MUCH if isinstance(error, TooMuch) else refusal_words.said(texts, error)


def overtaken(texts: Texts, version: int) -> Problem:
    """Somebody else has changed the request meanwhile."""
    return Problem(HTTPStatus.CONFLICT, texts.say(card_frame.FAULTS["changed"]), more={"version": version})


def _overtaken(texts: Texts, error: save_request.Overtaken) -> Problem:
    told: list[dict[str, Any]] = [
        {
            "field": one.key,
            "label": one.labels[texts.language == RUSSIAN],
            "base": one.base,
            "yours": one.yours,
            "theirs": one.theirs,
            "conflict": one.conflict,
        }
        for one in error.differences
    ]
    more = {"version": error.card.version, "differences": told}
    return Problem(HTTPStatus.CONFLICT, texts.say(card_frame.FAULTS["overtaken"]), more=more)
