"""The page on which a request is opened at the desk."""

from starlette.responses import Response

from caseline.actions import open_at_desk, request_form
from caseline.actions.open_at_desk import Order
from caseline.actions.work_request import DoneAlready
from caseline.crm.cards import Refused
from caseline.crm.field_faults import Unsaved
from caseline.outbox.faults import OutboxFault
from caseline.web.desk import card_fields, card_frame
from caseline.web.desk.visit import Visit

APART = frozenset({"number", "stage", "company", "contact"})
"""Fields that the form asks for in ways of its own, or that a new request gets by itself."""


def form(visit: Visit) -> Response:
    """An empty form, but for the company and the contact that the address names."""
    return _form(visit)


def opened(visit: Visit) -> Response:
    """Open the request."""
    values = {key: text for key, text in card_fields.typed(visit).items() if key not in APART}
    order = Order(
        values=values,
        reader=card_fields.reader(visit),
        company_id=visit.number("company"),
        contact=visit.text("contact"),
        new_contact=visit.text("new_contact") == "1",
    )
    try:
        made = open_at_desk.open_request_at_desk(visit.house, card_frame.asker(visit, once=True), order)
    except DoneAlready:
        return card_frame.away(visit, "/?notice=saved")
    except Unsaved as error:
        more = [one.said(visit.texts.language) for one in error.faults if one.key in APART]
        return _form(visit, status=422, problem="; ".join([visit.texts.say(card_frame.FAULTS["unsaved"]), *more]))
    except (Refused, OutboxFault) as error:
        return _form(visit, status=422, problem=card_frame.said(visit, error))
    if not visit.viewer.sees(made.group_id, made.assignee_id):
        return card_frame.away(visit, "/?notice=handed_over")
    return card_frame.done(visit, made.id, "opened")


def _form(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    contact, fresh = visit.text("contact"), visit.request.method == "GET"
    number = visit.number("contact") if fresh else _id(contact)
    asker = card_frame.asker(visit)
    found = open_at_desk.client(visit.house, asker, company_id=visit.number("company"), contact_id=number)
    typed = {"channel": "phone"} if fresh else card_fields.typed(visit)
    drawn = request_form.form(visit.house, visit.viewer, None, typed, reader=card_fields.reader(visit), tell=not fresh)
    return visit.page(
        "requests/new_piece.html" if visit.piece else "requests/new.html",
        status=status,
        problem=problem,
        found=found,
        contact=f"id:{found.contact.id}" if found.contact else contact,
        form=drawn,
        apart=APART,
        differences={},
        **{**card_frame.shared(visit), **card_fields.given(visit, drawn)},
    )


def _id(contact: str) -> int | None:
    number = contact.removeprefix("id:")
    return int(number) if contact.startswith("id:") and number.isdecimal() and len(number) < 19 else None  # noqa: PLR2004
