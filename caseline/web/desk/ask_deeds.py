"""What is done about asks at the desk: put right, an answer by phone entered, a client asked by hand."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from caseline.actions import ask_about, enter_answer, repair_ask, show_asks
from caseline.actions.enter_answer import Said
from caseline.actions.repair_ask import Repair, Wish
from caseline.actions.show_asks import Sight
from caseline.crm.refusals import Overtaken, Told
from caseline.feedback import forms
from caseline.feedback.answering import Why
from caseline.feedback.reading import CampaignUnfit
from caseline.outbox.faults import OutboxFault
from caseline.web import form_view
from caseline.web.desk import ask_pages, asking_words, feedback_faults, refusal_words, settings_people
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_CONFLICT, _FAULTY = 409, 422
_EMPTY = later("Nothing was filled in yet.")
_NOT_ASKED = later("Nobody is asked: %(reason)s.")


def repaired(visit: Visit) -> Response:
    """Put an ask right that is stuck."""
    ask_id: int = visit.request.path_params["id"]
    try:
        chosen = Repair(visit.text("repair"))
    except ValueError:
        return ask_pages.page(visit, status=_FAULTY)
    wish = Wish(
        repair=chosen, state=visit.text("state"), state_at=visit.text("state_at"), address=visit.text("address")
    )
    try:
        repair_ask.repair(visit.house, visit.viewer, ask_id, wish, settings_people.editor(visit))
    except Overtaken as error:
        return ask_pages.page(visit, status=_CONFLICT, problem=refusal_words.said(visit.texts, error))
    except CampaignUnfit as error:
        return ask_pages.page(visit, status=_FAULTY, problem=feedback_faults.said(visit.texts, error))
    except (Told, OutboxFault) as error:
        return ask_pages.page(visit, status=_FAULTY, problem=refusal_words.said(visit.texts, error))
    return visit.go(f"/asks/{ask_id}", notice="saved")


def form(visit: Visit) -> Response:
    """The form that the client sees, only to look at."""
    return _form(visit, _sight(visit), enters=False)


def blank(visit: Visit) -> Response:
    """The same to enter what a client has said by phone."""
    return _form(visit, _sight(visit), enters=True)


def entered(visit: Visit) -> Response:
    """Keep what was said by phone."""
    sight = _sight(visit)
    typed = {one.key: visit.text(f"q.{one.key}").replace("\r\n", "\n") for one in sight.form.questions}
    submission = visit.text("submission")[:64] or secrets.token_urlsafe(12)
    said = Said(values=typed, submission=submission, language=visit.texts.language)
    editor = settings_people.editor(visit)
    try:
        checked = enter_answer.enter(visit.house, visit.viewer, sight.ask.id, said, editor)
    except Told as error:
        problem = refusal_words.said(visit.texts, error)
        return _form(visit, sight, enters=True, typed=Typed(values=typed, problem=problem, status=_CONFLICT))
    if not checked.complete or not checked.answers:
        problem = "" if checked.faults else visit.texts.say(_EMPTY)
        said_back = Typed(values=typed, faults=checked.faults, problem=problem, status=_FAULTY)
        return _form(visit, sight, enters=True, typed=said_back)
    return visit.go(f"/asks/{sight.ask.id}", notice="answer_entered")


def _sight(visit: Visit) -> Sight:
    return show_asks.show(visit.house, visit.viewer, visit.request.path_params["id"], now=visit.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into the form, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Why] = field(default_factory=dict)
    problem: str = ""
    status: int = 200


def _form(visit: Visit, sight: Sight, *, enters: bool, typed: Typed | None = None) -> Response:
    said = typed or Typed()
    return visit.page(
        "feedback/answer.html",
        status=said.status,
        row=sight.row,
        title=forms.words(sight.form.title, visit.texts.language),
        questions=form_view.questions(sight.form, said.values, said.faults, visit.texts)[0],
        enters=enters,
        wrong=bool(said.faults),
        problem=said.problem,
        submission=visit.text("submission")[:64] or secrets.token_urlsafe(12),
        words=asking_words,
    )


def about(visit: Visit) -> Response:
    """Feedback on a request: asks, why there is none, and asking by hand."""
    return _about(visit)


def ask(visit: Visit) -> Response:
    """Ask about a request now."""
    number: int = visit.request.path_params["number"]
    address = visit.text("address").strip()
    editor = settings_people.editor(visit)
    try:
        made = ask_about.ask(visit.house, visit.viewer, number, visit.text("campaign"), editor, address=address or None)
    except CampaignUnfit as error:
        return _about(visit, status=_FAULTY, problem=feedback_faults.said(visit.texts, error))
    except Told as error:
        values: Mapping[str, Any] = error.values
        why = asking_words.reason(visit.texts, str(values.get("reason", "")), visit.now)
        words = visit.texts.say(_NOT_ASKED, reason=why) if why else refusal_words.said(visit.texts, error)
        return _about(visit, status=_FAULTY, problem=words)
    except OutboxFault as error:
        return _about(visit, status=_FAULTY, problem=refusal_words.said(visit.texts, error))
    return visit.go(f"/asks/{made.id}", notice="saved")


def _about(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    sight = ask_about.show(visit.house, visit.viewer, visit.request.path_params["number"], now=visit.now)
    return visit.page(
        "feedback/about.html",
        status=status,
        sight=sight,
        card=sight.card,
        problem=problem,
        chosen=visit.text("campaign"),
        typed=visit.text("address"),
        words=asking_words,
    )
