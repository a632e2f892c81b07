"""Webhooks in the settings: where they go, what became of them, their secrets, each shown once."""

from typing import Final

from starlette.responses import Response

from caseline.actions import keep_hooks as keep
from caseline.actions.editing import mark
from caseline.actions.keep_hooks import Wish
from caseline.people.rights import Right
from caseline.web.desk import reference_pages
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_PATH: Final = "/settings/hooks"


def _lines(visit: Visit) -> list[Line]:
    say = visit.texts.say
    found = sorted(keep.listed(visit.house), key=lambda one: not one.active)
    states = {True: Cell(say("in use"), "good"), False: Cell(say("given up"), "plain")}
    return [
        Line(one.code, (one.code, one.url, say("yes") if one.bonuses else say("no"), states[one.active]), one.active)
        for one in found
    ]


def _find(visit: Visit, code: str) -> Sheet:
    one = keep.find(visit.house, code)
    values: dict[str, Value] = {"code": one.code, "url": one.url, "bonuses": one.bonuses, "active": one.active}
    return Sheet(
        title=one.code,
        values=values,
        seen=mark(keep.plain(one)),
        template="settings/hook_more.html" if visit.may(Right.EDIT_SETTINGS) else "",
        data={"one": one, "calls": keep.calls(visit.house, one)},
    )


def _save(visit: Visit, edit: Edit) -> str:
    wish = Wish(
        code=edit.key or edit.text("code"),
        url=edit.text("url"),
        bonuses=edit.flag("bonuses"),
        active=edit.flag("active"),
    )
    if edit.key is None:
        # Nobody has seen its secret: whoever needs it makes another one below the form.
        keep.make(visit.house, wish, editor(visit))
    else:
        keep.change(visit.house, wish, editor(visit), seen=edit.seen)
    return wish.code


def secret(visit: Visit) -> Response:
    """Make a new secret and show it, this once."""
    code = visit.text("key")
    return visit.page("settings/hook_secret.html", code=code, secret=keep.renew(visit.house, code, editor(visit)))


def again(visit: Visit) -> Response:
    """Try anew what was not taken."""
    code = visit.text("key")
    keep.again(visit.house, code, editor(visit))
    return visit.go(f"{_PATH}/edit?key={code}", notice="saved")


HOOKS: Final = Reference(
    code="hooks",
    title=later("Webhooks"),
    adding=later("Add a webhook"),
    hint=later("Other systems, such as accounting, that are told of answers and of bonuses."),
    empty=later("There are none yet: no other system is told."),
    columns=(
        Column(later("Code")),
        Column(later("Address")),
        Column(later("Told of bonuses")),
        Column(later("State")),
    ),
    inputs=(
        Input("code", later("Code"), required=True, fixed=True, hint=later("Campaigns name it, such as accounting.")),
        Input("url", later("Address"), required=True, hint=later("Where it is told, from https:// on.")),
        Input("bonuses", later("Told of every line of bonuses"), Control.CHECK),
        Input(
            "active",
            later("In use"),
            Control.CHECK,
            initial=True,
            hint=later("What waits for one that is given up is sent when it is in use again."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
)
PAGES: Final = (
    *reference_pages.pages(HOOKS),
    Page(f"{_PATH}/secret", secret, Right.EDIT_SETTINGS, method="POST"),
    Page(f"{_PATH}/again", again, Right.EDIT_SETTINGS, method="POST"),
)
