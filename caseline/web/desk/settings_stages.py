"""Stages of requests in the settings, and the table of ways between them."""

from typing import Final

from starlette.responses import Response

from caseline.actions import keep_rules, keep_stages
from caseline.actions.editing import Overtaken, mark
from caseline.crm.cards import Stage
from caseline.crm.rule_words import BadSetting
from caseline.people.rights import Right
from caseline.web.desk import reference_pages
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_CONFLICT: Final = 409
_BETWEEN: Final = "\n"
"""What parts the two codes of a way in a form: no code has it."""


def _lines(visit: Visit) -> list[Line]:
    return [_line(visit, one) for one in keep_stages.stages(visit.house)]


def _line(visit: Visit, one: Stage) -> Line:
    say = visit.texts.say
    kind = Cell(say("requests are closed"), "plain") if one.closed else Cell(say("requests are open"), "good")
    clock = say("stands still") if one.stops else say("runs")
    return Line(one.code, (one.label, one.code, kind, clock, visit.texts.number(one.position)))


def _find(visit: Visit, code: str) -> Sheet:
    one = keep_stages.find(visit.house, code)
    values: dict[str, Value] = {
        "code": one.code,
        "label": one.label,
        "closed": one.closed,
        "pauses": one.pauses,
        "position": str(one.position),
    }
    return Sheet(title=one.label, values=values, seen=mark(keep_stages.plain(one)))


def _save(visit: Visit, edit: Edit) -> str:
    place = edit.number("position")
    made = Stage(
        code=edit.key or edit.text("code"),
        label=edit.text("label"),
        closed=edit.flag("closed"),
        pauses=edit.flag("pauses"),
        position=keep_stages.next_place(visit.house, closed=edit.flag("closed")) if place is None else place,
    )
    if edit.key is None:
        keep_stages.add(visit.house, made, editor(visit))
    else:
        keep_stages.change(visit.house, made, editor(visit), seen=edit.seen, agreed=edit.agreed)
    return made.code


STAGES: Final = Reference(
    code="stages",
    title=later("Stages"),
    adding=later("Add a stage"),
    hint=later(
        "The steps of a request; new requests begin at the first one."
        " Stages are never removed: the history of requests names them."
    ),
    empty=later("There are no stages yet."),
    columns=(
        Column(later("Label")),
        Column(later("Code")),
        Column(later("Kind")),
        Column(later("Clock")),
        Column(later("Place"), number=True),
    ),
    inputs=(
        Input("code", later("Code"), required=True, fixed=True, hint=later("Latin letters, such as waiting.")),
        Input("label", later("Label"), required=True),
        Input(
            "closed",
            later("Requests in it are closed"),
            Control.CHECK,
            fixed=True,
            hint=later("Cannot be changed afterwards."),
        ),
        Input(
            "pauses",
            later("The clock of the deadline stands still in it"),
            Control.CHECK,
            hint=later("As while a client is waited for."),
        ),
        Input(
            "position",
            later("Place"),
            Control.NUMBER,
            hint=later("Smaller numbers stand first. Empty: behind the others of its kind, open or closed."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
)


def transitions(visit: Visit) -> Response:
    """The table of ways."""
    return _table(visit)


def transitions_saved(visit: Visit) -> Response:
    """Keep the ticked ways."""
    given = [one for one in visit.form.getlist("way") if isinstance(one, str)]
    ways = {(parts[0], parts[1]) for one in given if len(parts := one.replace("\r\n", "\n").split(_BETWEEN)) == 2}  # noqa: PLR2004 - from, to
    if visit.text("every") == "1":
        ways = set()
    try:
        keep_rules.put_ways(visit.house, ways, editor(visit), seen=visit.text("seen"))
    except BadSetting as error:
        return _table(visit, fault=error.said(visit.texts.language), ways=ways, status=422)
    except Overtaken:
        return _table(visit, overtaken=True, ways=ways, status=_CONFLICT)
    return visit.go("/settings/transitions", notice="saved")


def _table(
    visit: Visit,
    *,
    fault: str = "",
    overtaken: bool = False,
    ways: set[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    stages, kept = keep_rules.ways(visit.house)
    shown = kept if ways is None else ways
    leaving = {start for start, _end in shown}
    return visit.page(
        "settings/transitions.html",
        status=status,
        stages=stages,
        ways=shown,
        free=not shown,
        stuck=[one.label for one in stages if shown and not one.closed and one.code not in leaving],
        between=_BETWEEN,
        seen=mark(keep_rules.plain_ways(kept)),
        fault=fault,
        overtaken=overtaken,
        edits=visit.may(Right.EDIT_SETTINGS),
    )


PAGES: Final = (
    *reference_pages.pages(STAGES),
    Page("/settings/transitions", transitions, Right.SEE_SETTINGS),
    Page("/settings/transitions", transitions_saved, Right.EDIT_SETTINGS, method="POST"),
)
