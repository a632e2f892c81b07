"""Pages of assignments: lists, one of them, and the form for a new one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import show_assignments
from caseline.crm.timeline import AssignmentState
from caseline.files.faults import Gone
from caseline.listing.assignments import MOST_COUNTED, Mark, Row, Wanted, Whose
from caseline.web.desk import card_frame, card_words, file_answer, timeline_entries
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import later

MOST: Final = 50
OVERDUE: Final = "overdue"
ANY: Final = "any"
EXTERNAL: Final = "external"
LISTS: Final = {
    Whose.MINE.value: later("Mine"),
    Whose.GROUPS.value: later("On requests of my groups"),
    Whose.GIVEN.value: later("Given by me"),
    OVERDUE: later("Overdue"),
    Whose.ALL.value: later("All assignments"),
}
STATES: Final = {
    AssignmentState.OPEN.value: later("open"),
    AssignmentState.DONE.value: later("done"),
    AssignmentState.CANCELLED.value: later("cancelled"),
}
DUE: Final = {"today": later("due today"), "week": later("due within 7 days")}
ENDED: Final = {
    "person": later("by a person of the house"),
    "reply": later("by an answer of the outsider"),
    "link": later("by the link in the letter"),
}
"""How an assignment came to its end."""
LETTERS: Final = {
    "queued": later("letter: waits to be sent"),
    "held": later("letter: held back"),
    "sending": later("letter: is being sent"),
    "sent": later("letter: sent"),
    "failed": later("letter: could not be sent"),
    "cancelled": later("letter: was not sent"),
}
HOURS: Final = (4, 8, 24, 48, 72)
"""Business hours that the form suggests."""


def listed(visit: Visit) -> Response:
    """A list of assignments."""
    chosen = visit.text("list")
    if chosen not in LISTS:
        chosen = Whose.MINE.value if visit.viewer.person_id is not None else Whose.ALL.value
    asked = {name: visit.text(name) for name in ("state", "who", "due")}
    wanted = _wanted(visit, chosen, asked)
    found = show_assignments.listed(visit.house, visit.viewer, wanted, now=visit.now)
    kept = {"list": chosen, **{name: value for name, value in asked.items() if value}}
    further = urlencode({**kept, "after": _mark(found.rows[-1], wanted)}) if found.more else ""
    return visit.page(
        "assignments/list.html",
        found=found,
        chosen=chosen,
        asked=asked,
        filtered=any(asked.values()),
        further=further,
        lists=LISTS,
        states=STATES,
        dues=DUE,
        most_counted=MOST_COUNTED,
        sorted_by_deadline=wanted.state is AssignmentState.OPEN,
        begun=wanted.after is not None,
    )


def shown(visit: Visit) -> Response:
    """One assignment."""
    return page(visit)


def page(visit: Visit, *, status: int = 200, problem: str = "", typed: Mapping[str, str] | None = None) -> Response:
    """The page of an assignment, with what went wrong and what was typed then."""
    sight = show_assignments.show(visit.house, visit.viewer, visit.request.path_params["id"])
    return visit.page(
        "assignments/one.html",
        status=status,
        sight=sight,
        problem=problem,
        typed=defaultdict(str, typed or {}),
        states=STATES,
        ended=ENDED,
        letters=LETTERS,
        picture=timeline_entries.picture,
        no_letters=card_frame.no_letters(visit),
        words=card_words,
    )


def file(visit: Visit) -> Response:
    """A file of one of its letters, as on the card of a request."""
    number = visit.request.path_params["id"]
    try:
        held = show_assignments.attachment(visit.house, visit.viewer, number, visit.request.path_params["file"])
    except Gone:
        return visit.page("requests/gone.html", status=410, assignment=number)
    return file_answer.of(visit, *held)


def checklist(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    """Its checklist alone, for a script."""
    sight = show_assignments.show(visit.house, visit.viewer, visit.request.path_params["id"])
    return visit.page("assignments/checklist_piece.html", status=status, sight=sight, problem=problem)


def blank(visit: Visit) -> Response:
    """The form for an assignment on a request."""
    return form(visit, visit.number("request") or 0)


def form(
    visit: Visit, record_id: int, typed: Mapping[str, str] | None = None, *, problem: str = "", field: str = ""
) -> Response:
    """The same with what was typed and what is wrong with it."""
    begun = show_assignments.blank(visit.house, visit.viewer, record_id)
    return visit.page(
        "assignments/new.html",
        status=422 if problem else 200,
        card=begun.card,
        persons=begun.persons,
        typed=defaultdict(str, typed or {}),
        problem=problem,
        field=field,
        hours=HOURS,
        no_letters=card_frame.no_letters(visit),
    )


def _wanted(visit: Visit, chosen: str, asked: Mapping[str, str]) -> Wanted:
    state = asked["state"] or AssignmentState.OPEN.value
    wanted = Wanted(
        whose=Whose.ALL if chosen == OVERDUE else Whose(chosen),
        state=AssignmentState(state) if state in STATES else None,
        external=asked["who"] == EXTERNAL,
        assignee_id=whole(asked["who"]),
        most=MOST,
    )
    if chosen == OVERDUE:
        wanted = replace(wanted, state=AssignmentState.OPEN, overdue_at=visit.now)
    if asked["due"] in DUE:
        midnight = visit.texts.local(visit.now).replace(hour=0, minute=0, second=0, microsecond=0)
        days = 1 if asked["due"] == "today" else 7
        wanted = replace(wanted, due_before=midnight + timedelta(days=days))
    return replace(wanted, after=_read_mark(visit.text("after")))


def _mark(last: Row, wanted: Wanted) -> str:
    due = last.due_at.isoformat() if last.due_at and wanted.state is AssignmentState.OPEN else ""
    return f"{last.id}~{due}"


def _read_mark(text: str) -> Mark | None:
    """Where a page begins; None for what is no mark of ours: the list begins at its beginning then."""
    number, _, due = text.partition("~")
    found = whole(number)
    if found is None:
        return None
    try:
        due_at = datetime.fromisoformat(due) if due else None
    except ValueError:
        return None
    return None if due_at is not None and due_at.tzinfo is None else Mark(due_at=due_at, id=found)
