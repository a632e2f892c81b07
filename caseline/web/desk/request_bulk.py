"""Pages that change many requests at once: what is to be changed, and what became of each."""

from collections import Counter
from functools import partial
from typing import Final

from starlette.responses import Response

from caseline.actions import change_many, list_requests, offer_values
from caseline.actions.change_many import MOST, Result, Wish
from caseline.listing.wanted import TooBroad
from caseline.web.desk import card_frame, request_state
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import later

_SHOWN: Final = 10
_FIELDS: Final = ("assignee", "group", "category", "stage")
RESULTS: Final = {
    Result.DONE: later("is changed"),
    Result.PARTLY: later("changed, but its stage was not"),
    Result.REFUSED: later("refused"),
    Result.OVERTAKEN: later("somebody else changed it at the same moment; nothing was done"),
    Result.ABSENT: later("there is no such request"),
}


def form(visit: Visit) -> Response:
    """What is to be changed in the ticked requests, or in all of a list."""
    state = request_state.read_form(visit)
    problem, ids = "", visit.numbers("tick")
    if visit.text("which") == "all":
        try:
            ids = list_requests.all_ids(visit.house, state.asked(visit), MOST + 1)
        except TooBroad:
            problem = "broad"
    if len(ids) > MOST:
        problem = "many"
    return _form(visit, ids, state.address(), problem=problem or ("" if ids else "none"))


def applied(visit: Visit) -> Response:
    """Change them, and tell what became of each."""
    ids = [number for part in visit.text("ids").split(",") if (number := whole(part)) is not None]
    back = request_state.back(visit.text("back"))
    wish = Wish(**{name: visit.text(name) or None for name in _FIELDS})
    if not ids or not wish.told:
        return _form(visit, ids, back, problem="none" if not ids else "nothing")
    outcomes = change_many.change(visit.house, visit.viewer, ids, wish, now=visit.now)
    counts = Counter(outcome.result for outcome in outcomes)
    return visit.page(
        "requests/changed.html",
        outcomes=sorted(outcomes, key=lambda outcome: outcome.result is Result.DONE),
        done=counts[Result.DONE],
        others=len(outcomes) - counts[Result.DONE],
        results={result: visit.texts.say(words) for result, words in RESULTS.items()},
        say=partial(card_frame.said, visit),
        back=back,
    )


def _form(visit: Visit, ids: list[int], back: str, *, problem: str = "") -> Response:
    fields = offer_values.fields(visit.house)
    shown = change_many.cards(visit.house, visit.viewer, ids[:_SHOWN]) if not problem or problem == "nothing" else []
    return visit.page(
        "requests/change.html",
        status=422 if problem else 200,
        ids=ids,
        shown=shown,
        back=back,
        problem=problem,
        most=MOST,
        offers={name: offer_values.values(visit.house, visit.viewer, fields[name]) for name in _FIELDS},
    )
