"""What is written on the card: letters to the client and to outsiders, comments, assignments; their previews."""

from starlette.responses import Response

from caseline.actions import assign, write_on_request
from caseline.actions.give_assignment import NO_ADDRESS, Given, Order
from caseline.actions.work_request import DoneAlready, Faulty
from caseline.actions.write_letter import Said
from caseline.crm.cards import Refused
from caseline.crm.timeline import AssignmentState
from caseline.outbox.faults import OutboxFault
from caseline.web.desk import card_frame
from caseline.web.desk.visit import Visit

_FAULTS = (Refused, OutboxFault)


def comment(visit: Visit) -> Response:
    """Write a comment."""
    number = card_frame.number(visit)
    try:
        said = Said(visit.text("text"), card_frame.files(visit))
        asker = card_frame.asker(visit, once=True)
        made = write_on_request.comment(visit.house, asker, number, said, public=visit.text("public") == "1")
    except DoneAlready:
        return card_frame.done(visit, number, "saved")
    except _FAULTS as error:
        return card_frame.refused(visit, error, editor="comment")
    return card_frame.done(visit, number, "saved", mark=f"m{made}")


def reply(visit: Visit) -> Response:
    """Write to the client."""
    number = card_frame.number(visit)
    try:
        said = Said(visit.text("text"), card_frame.files(visit))
        made = write_on_request.reply(visit.house, card_frame.asker(visit, once=True), number, said)
    except DoneAlready:
        return card_frame.done(visit, number, "queued")
    except _FAULTS as error:
        return card_frame.refused(visit, error, editor="reply")
    return card_frame.done(visit, number, "queued", mark=f"m{made.message_id}")


def preview(visit: Visit) -> Response:
    """The letter to the client as it would leave."""
    number = card_frame.number(visit)
    try:
        words = write_on_request.preview(visit.house, card_frame.asker(visit), number, visit.text("text"))
    except _FAULTS as error:
        return card_frame.refused(visit, error, editor="reply")
    return visit.page(
        "requests/preview.html" if visit.piece else "requests/preview_page.html", letter=words, number=number
    )


def beginnings(visit: Visit) -> Response:
    """Templates to answer with, filled in."""
    number = card_frame.number(visit)
    found = write_on_request.beginnings(visit.house, card_frame.asker(visit), number)
    return visit.page("requests/beginnings.html", found=found, number=number)


def answer(visit: Visit) -> Response:
    """Write to the outsider of an assignment."""
    number, work = card_frame.number(visit), visit.request.path_params["work"]
    try:
        said = Said(visit.text("text"), card_frame.files(visit))
        given = write_on_request.answer(visit.house, card_frame.asker(visit, once=True), number, work, said)
    except DoneAlready:
        return card_frame.done(visit, number, "queued")
    except _FAULTS as error:
        return card_frame.refused(visit, error)
    return card_frame.done(visit, number, "queued", mark=f"m{given.message_id}")


def give(visit: Visit) -> Response:
    """Make an assignment."""
    number = card_frame.number(visit)
    try:
        given = write_on_request.give(visit.house, card_frame.asker(visit, once=True), number, _order(visit, number))
    except DoneAlready:
        return card_frame.done(visit, number, "saved")
    except _FAULTS as error:
        return card_frame.refused(visit, error, editor="assignment")
    return _given(visit, number, given)


def _order(visit: Visit, number: int) -> Order:
    outside = visit.text("who") == "outside"
    person = visit.number("person")
    return Order(
        request=f"id:{number}",
        title=visit.text("title"),
        text=visit.text("text"),
        contact=visit.text("contact").strip() or None if outside else None,
        person=f"id:{person}" if person is not None and not outside else None,
        hours=_hours(visit),
        checklist=visit.text("checklist").splitlines(),
    )


def _hours(visit: Visit) -> int | None:
    text = visit.text("hours").strip()
    found = visit.number("hours")
    if text and (found is None or not 1 <= found <= _MOST_HOURS):
        raise Faulty("hours", "hours: write a whole number from 1 to 10,000")
    return found


_MOST_HOURS = 10_000


def _given(visit: Visit, number: int, given: Given) -> Response:
    """Say at once what became of the letter of an assignment."""
    mark = f"a{given.assignment.id}"
    if given.trouble == NO_ADDRESS:
        return card_frame.done(visit, number, "no_address", mark=mark)
    if given.trouble:
        return card_frame.done(visit, number, "letter_known", mark=mark)
    return card_frame.done(visit, number, "queued" if given.letter_id else "saved", mark=mark)


def address(visit: Visit) -> Response:
    """Give the outsider of an assignment a mail address; the letter leaves."""
    number, work = card_frame.number(visit), visit.request.path_params["work"]
    try:
        write_on_request.own(visit.house, card_frame.asker(visit), number, work)
        given = assign.address(visit.house, work, visit.text("address").strip(), now=visit.now)
    except _FAULTS as error:
        return card_frame.refused(visit, error)
    return _given(visit, number, given)


def end(visit: Visit) -> Response:
    """Say that an assignment is done or cancelled."""
    number, work = card_frame.number(visit), visit.request.path_params["work"]
    state = AssignmentState.DONE if visit.text("state") == "done" else AssignmentState.CANCELLED
    try:
        by = write_on_request.own(visit.house, card_frame.asker(visit), number, work)
        assign.end(visit.house, work, state, by=by, now=visit.now)
    except _FAULTS as error:
        return card_frame.refused(visit, error)
    return card_frame.done(visit, number, "saved", mark=f"a{work}")


def withdraw(visit: Visit) -> Response:
    """Let a letter that waits not leave."""
    number = card_frame.number(visit)
    try:
        write_on_request.withdraw(visit.house, card_frame.asker(visit), number, visit.request.path_params["letter"])
    except _FAULTS as error:
        return card_frame.refused(visit, error)
    return card_frame.done(visit, number, "withdrawn")
