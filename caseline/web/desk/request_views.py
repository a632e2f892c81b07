"""Pages of the views of the request table: saved, renamed, deleted, the one that somebody begins with."""

from typing import Final

from starlette.responses import Response

from caseline.actions import keep_views
from caseline.actions.keep_views import NotKept, Why
from caseline.listing.presets import Owner, View
from caseline.people.rights import Right
from caseline.web.desk import request_state, request_words
from caseline.web.desk.request_state import HOME, State
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_PATH: Final = f"{HOME}/views"
PROBLEMS: Final = {
    Why.NAME: later("Give the view a name of at most 80 characters."),
    Why.TAKEN: later("There is a view of this name already: choose another name, or replace that view."),
    Why.MANY: later("There are 200 views already: delete one that nobody needs."),
    Why.RIGHT: later("Views for everybody are not yours to change: save your own."),
}
OWNERS: Final = {
    Owner.HOUSE: later("always there"),
    Owner.SOURCE: later("came with an import"),
    Owner.EVERYBODY: later("for everybody"),
    Owner.OWN: later("my own"),
}


def listed(visit: Visit) -> Response:
    """All views that somebody has."""
    return _listed(visit)


def saved(visit: Visit) -> Response:
    """Save the filter of a table under a new name."""
    state = request_state.read_form(visit)
    try:
        key = keep_views.save(
            visit.house, visit.viewer, _view(visit, state), shared="shared" in visit.form, now=visit.now
        )
    except NotKept as error:
        return _listed(visit, problem=error.why, pending=state)
    return visit.go(f"{HOME}?view={key}", notice="saved")


def replaced(visit: Visit) -> Response:
    """Keep another filter under the name of a saved view."""
    state, number = request_state.read_form(visit), visit.request.path_params["number"]
    try:
        key = keep_views.write(visit.house, visit.viewer, number, _view(visit, state), now=visit.now)
    except NotKept as error:
        return _listed(visit, problem=error.why)
    return visit.go(f"{HOME}?view={key}", notice="saved")


def renamed(visit: Visit) -> Response:
    """Call a saved view otherwise."""
    number = visit.request.path_params["number"]
    try:
        keep_views.rename(visit.house, visit.viewer, number, visit.text("name"), now=visit.now)
    except NotKept as error:
        return _listed(visit, problem=error.why)
    return visit.go(_PATH, notice="saved")


def moved(visit: Visit) -> Response:
    """Let a saved view stand a place earlier or later among its own."""
    number, steps = visit.request.path_params["number"], {"up": -1, "down": 1}.get(visit.text("to"), 0)
    try:
        keep_views.move(visit.house, visit.viewer, number, steps)
    except NotKept as error:
        return _listed(visit, problem=error.why)
    return visit.go(_PATH)


def deleted(visit: Visit) -> Response:
    """Forget a saved view; one of everybody's only after somebody has said so twice."""
    number = visit.request.path_params["number"]
    known = keep_views.choice(visit.house, visit.viewer).named(f"v{number}")
    shared = known is not None and known.owner is Owner.EVERYBODY and visit.may(Right.SHARE_PRESETS)
    if shared and visit.text("agreed") != "yes":
        return _listed(visit, asked=known)
    try:
        keep_views.delete(visit.house, visit.viewer, number, now=visit.now)
    except NotKept as error:
        return _listed(visit, problem=error.why)
    return visit.go(_PATH, notice="view_deleted")


def begun(visit: Visit) -> Response:
    """Begin with another view from now on."""
    keep_views.begin_with(visit.house, visit.viewer, visit.text("key"))
    return visit.go(_PATH, notice="saved")


def _view(visit: Visit, state: State) -> View:
    return View(
        key="",
        name=visit.text("name"),
        owner=Owner.OWN,
        conditions=state.conditions,
        sorts=state.sorts,
        search=state.search,
    )


def _listed(
    visit: Visit, *, problem: Why | None = None, pending: State | None = None, asked: View | None = None
) -> Response:
    choice = keep_views.choice(visit.house, visit.viewer)
    share = visit.may(Right.SHARE_PRESETS)
    return visit.page(
        "requests/views.html",
        status=422 if problem else 200,
        views=[
            (
                view,
                request_words.view(visit.texts, view),
                visit.texts.say(OWNERS[view.owner]),
                view.owner is Owner.OWN or (share and view.owner is Owner.EVERYBODY),
            )
            for view in choice.views
        ],
        ends={owner: [view.id for view in choice.views if view.owner is owner] for owner in Owner},
        beginning=choice.beginning,
        problem=visit.texts.say(PROBLEMS[problem]) if problem else "",
        pending=pending,
        asked=asked,
        name=visit.text("name"),
        share=share,
    )
