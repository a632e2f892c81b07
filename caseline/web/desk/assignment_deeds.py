"""What is done with assignments from their pages; where that fails, the page says why and keeps what was typed."""

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from caseline.actions import work_assignment
from caseline.actions.find_assignment import Forbidden
from caseline.actions.work_assignment import LONGEST_NOTE, End, NoMail
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered
from caseline.crm.timeline import AssignmentState
from caseline.outbox.faults import OutboxFault
from caseline.web.desk import assignment_form, assignment_pages
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_NOBODY: Final = later("Outsider: no contact, or more than one, has this name. Give a mail address.")
_NO_MAIL: Final = later("No letter can be written: an administrator has to name the mail address of this house first.")
_ELSEWHERE: Final = later("Assignments are kept in the portal here: work on them there.")
_OVERTAKEN: Final = later("Nothing was changed, because it is no longer as you saw it. Here is how it is now.")


def give(visit: Visit) -> Response:
    """Give work on a request."""
    record_id = visit.number("request") or 0
    typed = assignment_form.typed(visit)
    if wrong := assignment_form.wrong(visit.texts, typed):
        field, problem = wrong
        return assignment_pages.form(visit, record_id, typed, problem=problem, field=field)
    order = assignment_form.order(typed)
    try:
        given = work_assignment.give(visit.house, visit.viewer, record_id, order, now=visit.now)
    except (Refused, OutboxFault, NotOffered) as error:
        outside = order.contact is not None and not isinstance(error, NoMail | NotOffered)
        problem = visit.texts.say(_NOBODY) if outside else _why(visit, error)
        return assignment_pages.form(visit, record_id, typed, problem=problem, field="contact" if outside else "")
    unsent = given.trouble and given.letter_id is None
    return visit.go(f"/assignments/{given.assignment.id}", notice="no_address" if unsent else "given")


def tick(visit: Visit) -> Response:
    """A step is done, or is not."""
    step, done = visit.request.path_params["step"], visit.text("done") == "1"
    return _on_list(
        visit, lambda number: work_assignment.tick(visit.house, visit.viewer, number, step, done=done, now=visit.now)
    )


def add_steps(visit: Visit) -> Response:
    """More steps."""
    said = visit.text("steps")
    return _on_list(
        visit, lambda number: work_assignment.add_steps(visit.house, visit.viewer, number, said, now=visit.now)
    )


def remove_step(visit: Visit) -> Response:
    """A step is not needed."""
    step = visit.request.path_params["step"]
    return _on_list(
        visit, lambda number: work_assignment.remove_step(visit.house, visit.viewer, number, step, now=visit.now)
    )


def note(visit: Visit) -> Response:
    """A note for people of the house."""
    text = visit.text("text")
    if problem := _no_text(visit, text):
        return assignment_pages.page(visit, status=422, problem=problem, typed={"note": text})
    return _do(visit, lambda number: work_assignment.note(visit.house, visit.viewer, number, text, now=visit.now))


def answer(visit: Visit) -> Response:
    """A letter to the outsider."""
    text = visit.text("text")
    if problem := _no_text(visit, text):
        return assignment_pages.page(visit, status=422, problem=problem, typed={"answer": text})
    return _do(
        visit,
        lambda number: work_assignment.answer(visit.house, visit.viewer, number, text, now=visit.now),
        notice="letter_queued",
        typed={"answer": text},
    )


def end(visit: Visit) -> Response:
    """It is done, or not needed."""
    state = AssignmentState.DONE if visit.text("state") == "done" else AssignmentState.CANCELLED
    how = End(state, visit.text("remark"))
    return _do(
        visit,
        lambda number: work_assignment.end(visit.house, visit.viewer, number, how, now=visit.now),
        typed={"remark": how.remark},
    )


def reopen(visit: Visit) -> Response:
    """It is to be done after all."""
    return _do(visit, lambda number: work_assignment.reopen(visit.house, visit.viewer, number, now=visit.now))


def resend(visit: Visit) -> Response:
    """The letter once more."""
    return _do(
        visit,
        lambda number: work_assignment.resend(visit.house, visit.viewer, number, now=visit.now),
        notice="letter_queued",
    )


def address(visit: Visit) -> Response:
    """Where the outsider's letters go."""
    given = visit.text("address").strip()
    try:
        return _do(
            visit,
            lambda number: work_assignment.address(visit.house, visit.viewer, number, given, now=visit.now),
            notice="letter_queued",
            typed={"address": given},
        )
    except OutboxFault:
        problem = visit.texts.say("Mail address: “%(address)s” is none; write it like name@example.org.", address=given)
        return assignment_pages.page(visit, status=422, problem=problem, typed={"address": given})


def _do(
    visit: Visit, deed: Callable[[int], object], *, notice: str = "saved", typed: dict[str, str] | None = None
) -> Response:
    """Do it and show the assignment; say why where it cannot be done."""
    number = visit.request.path_params["id"]
    try:
        deed(number)
    except Forbidden:
        return visit.page("problem.html", status=403, code="right")
    except (Refused, NotOffered) as error:
        return assignment_pages.page(visit, status=409, problem=_why(visit, error), typed=typed)
    return visit.go(f"/assignments/{number}", notice=notice)


def _on_list(visit: Visit, deed: Callable[[int], object]) -> Response:
    """Do something with the checklist; a script gets it alone, as it is then."""
    if not visit.piece:
        return _do(visit, deed)
    try:
        deed(visit.request.path_params["id"])
    except Forbidden:
        return visit.page("problem.html", status=403, code="right")
    except (Refused, NotOffered) as error:
        return assignment_pages.checklist(visit, status=409, problem=_why(visit, error))
    return assignment_pages.checklist(visit)


def _why(visit: Visit, error: Exception) -> str:
    if isinstance(error, NoMail):
        return visit.texts.say(_NO_MAIL)
    return visit.texts.say(_ELSEWHERE if isinstance(error, NotOffered) else _OVERTAKEN)


def _no_text(visit: Visit, text: str) -> str:
    if not text.strip():
        return visit.texts.say("Text: it is empty. Write something.")
    if len(text) > LONGEST_NOTE:
        most = visit.texts.number(LONGEST_NOTE)
        return visit.texts.say("Text: it is too long. Write at most %(most)s characters.", most=most)
    return ""
