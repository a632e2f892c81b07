"""Pages that show a request: the card, earlier lines of its timeline, a message as it was formatted, a file."""

from starlette.responses import Response

from caseline.actions import see_request
from caseline.files.faults import Gone
from caseline.web.desk import card_frame, file_answer, timeline_entries
from caseline.web.desk.event_words import Names
from caseline.web.desk.timeline_entries import Around
from caseline.web.desk.visit import Visit


def shown(visit: Visit) -> Response:
    """The card."""
    return card_frame.page(visit, card_frame.number(visit))


def earlier(visit: Visit) -> Response:
    """Lines before others, to stand above them."""
    found = see_request.earlier(visit.house, visit.viewer, card_frame.number(visit), visit.number("before") or 0)
    names = Names(
        {one.code: one.label for one in found.stages},
        {one.code: one.label for one in found.categories},
        found.assignments,
    )
    around = Around(found.window.messages, found.letters, names)
    made = timeline_entries.entries(visit.texts, found.window.lines, around)
    return visit.page(
        "requests/earlier.html", card=found.card, window=found.window, entries=made, **card_frame.shared(visit)
    )


def formatted(visit: Visit) -> Response:
    """A message as its sender formatted it, made safe."""
    one = see_request.message(visit.house, visit.viewer, card_frame.number(visit), visit.request.path_params["message"])
    template = "requests/formatted_piece.html" if visit.piece else "requests/formatted.html"
    return visit.page(template, message=one, made=timeline_entries.formatted(one))


def file(visit: Visit) -> Response:
    """A file of a message: a picture that is one may be seen in a page, everything else is saved."""
    number = card_frame.number(visit)
    try:
        held = see_request.attachment(visit.house, visit.viewer, number, visit.request.path_params["file"])
    except Gone:
        return visit.page("requests/gone.html", status=410, number=number)
    return file_answer.of(visit, *held)


def field_file(visit: Visit) -> Response:
    """A file of a field."""
    try:
        found, content, stack = see_request.field_file(
            visit.house, visit.viewer, card_frame.number(visit), visit.text("field"), visit.text("file")
        )
    except Gone:
        return visit.page("requests/gone.html", status=410, number=card_frame.number(visit))
    return file_answer.of(visit, found, content, stack)
