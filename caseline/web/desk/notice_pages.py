"""Pages of notices: the list, the stream behind the bell, and what somebody chooses to be told."""

from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse

from caseline.actions import show_notices, sign_in
from caseline.notices import wording
from caseline.notices.kinds import Kind, Way
from caseline.notices.shelf import Asked, Notice
from caseline.web.desk import cookies
from caseline.web.desk.notice_words import KINDS, WAYS
from caseline.web.desk.visit import Visit

if TYPE_CHECKING:
    from caseline.web.desk.live import Live

MOST: Final = 50


def listed(visit: Visit) -> Response:
    """What somebody was told, newest first."""
    unread = visit.text("show") == "unread"
    asked = Asked(unread=unread, before=visit.number("before"), most=MOST + 1)
    found = show_notices.listed(visit.house, visit.viewer, asked)
    return visit.page(
        "notices/list.html",
        notices=found[:MOST],
        more=found[MOST - 1].id if len(found) > MOST else None,
        unread=unread,
        first=asked.before is None,
        said=lambda one: wording.said(one.kind, visit.texts.language, one.details),
    )


def opened(visit: Visit) -> Response:
    """Go on to what a notice is about; whoever opens it has read it, and nothing else changes."""
    number = visit.request.path_params["id"]
    return visit.go(_place(show_notices.opened(visit.house, visit.viewer, number, now=visit.now)))


def read_all(visit: Visit) -> Response:
    """All that the page has shown, and what came before, is read."""
    up_to = visit.number("up_to")
    if up_to is not None:
        show_notices.read_all(visit.house, visit.viewer, up_to, now=visit.now)
    return visit.go("/notices")


def stream(visit: Visit) -> Response:
    """Tells a page how many notices are unread, whenever that changes; it ends with the session."""
    if visit.viewer.person_id is None:
        return Response(status_code=204)  # a browser that gets this asks no more
    live: Live = visit.request.app.state.live
    told = live.stream(visit.viewer, sign_in.digest(cookies.session(visit.request)))
    # The header keeps nginx from collecting what is sent.
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def choices(visit: Visit) -> Response:
    """What somebody wants to be told, and how."""
    return visit.page(
        "notices/choices.html", chosen=show_notices.choices(visit.house, visit.viewer), kinds=KINDS, ways=WAYS
    )


def chosen(visit: Visit) -> Response:
    """Keep it; what the form does not say, or says wrongly, stays as it was."""
    known = {way.value for way in Way}
    said = {kind: visit.text(kind.value) for kind in Kind}
    wanted = {kind: Way(value) for kind, value in said.items() if value in known}
    changed = show_notices.choose(visit.house, visit.viewer, wanted, now=visit.now)
    return visit.go("/me/notices", notice="saved" if changed else "nothing")


def _place(one: Notice) -> str:
    """Where it can be seen: the assignment that it is about, else the request."""
    if one.assignment_id is not None and (one.kind is not Kind.MENTIONED or not one.whole):
        return f"/assignments/{one.assignment_id}"
    return f"/requests/{one.record_id}"
