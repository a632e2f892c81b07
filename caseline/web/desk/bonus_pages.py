"""The bonus of a contact corrected by hand, and the list of who got what."""

import secrets
from typing import Final

from starlette.responses import Response

from caseline.actions import see_bonus
from caseline.actions.editing import Editor, Faulty
from caseline.actions.see_bonus import PAGE, Correction
from caseline.crm.clients import Entity
from caseline.people.rights import Right
from caseline.web.desk import client_pages
from caseline.web.desk.bonus_panel import KINDS
from caseline.web.desk.page import Page
from caseline.web.desk.visit import Visit, whole

_FAULTY: Final = 422
_LONGEST_ONCE: Final = 64


def correct(visit: Visit) -> Response:
    """Give or take by hand."""
    contact_id: int = visit.request.path_params["client"]
    amount = visit.text("amount").strip().replace("−", "-").removeprefix("+")
    number = whole(amount.removeprefix("-")) or 0
    wish = Correction(
        contact_id=contact_id,
        amount=-number if amount.startswith("-") else number,
        note=visit.text("note").strip(),
        days=whole(visit.text("days").strip()) or 0,
        once=visit.text("once")[:_LONGEST_ONCE] or secrets.token_urlsafe(12),
    )
    try:
        see_bonus.correct(visit.house, wish, Editor(visit.login.name, visit.now))
    except Faulty as error:
        return client_pages.card(visit, Entity.CONTACT, contact_id, status=_FAULTY, faults=error.faults)
    return visit.go(f"/contacts/{contact_id}", notice="saved")


def report(visit: Visit) -> Response:
    """Who got what."""
    found = see_bonus.newest(visit.house, before=visit.number("before"))
    before = found[-1].line.id if len(found) == PAGE else None
    return visit.page("bonus/report.html", lines=found, before=before, bonus_kinds=KINDS)


PAGES: Final = (
    Page("/contacts/{client:key}/bonus", correct, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/bonuses", report, Right.SEE_SETTINGS),
)
