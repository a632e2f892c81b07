"""The page of the personal data of a contact, for administrators: what there is, handing it out, erasing it."""

import tempfile
from collections.abc import Iterator
from typing import IO, Final

from starlette.responses import RedirectResponse, Response, StreamingResponse

from caseline.actions import erase_personal, export_personal
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered
from caseline.people.rights import Right
from caseline.web.desk import personal_words, refusal_words
from caseline.web.desk.page import Page
from caseline.web.desk.visit import SEE_OTHER, Visit

_FAULTY: Final = 422
_IN_MEMORY: Final = 1 << 20
_PIECE: Final = 1 << 16
_LONGEST: Final = 40


def shown(visit: Visit) -> Response:
    """What there is."""
    return _page(visit)


def _page(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    contact_id: int = visit.request.path_params["client"]
    found = erase_personal.foresee_at_desk(visit.house, visit.viewer, contact_id)
    if found.whom.contact_id != contact_id:
        return RedirectResponse(f"/contacts/{found.whom.contact_id}/personal", SEE_OTHER)
    return visit.page(
        "clients/personal.html",
        status=status,
        found=found,
        kinds=personal_words.by_kind(found.counts),
        problem=problem,
        typed=visit.text("number")[:_LONGEST],
    )


def taken_away(visit: Visit) -> Response:
    """A zip with all of it."""
    contact_id: int = visit.request.path_params["client"]
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when it was sent
    try:
        export_personal.export_at_desk(visit.house, visit.viewer, contact_id, file, now=visit.now)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="contact-{contact_id}.zip"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def erased(visit: Visit) -> Response:
    """Erase it, if the number of the contact was typed."""
    contact_id: int = visit.request.path_params["client"]
    erase_personal.known_at_desk(visit.house, visit.viewer, contact_id)
    try:
        done = erase_personal.erase_at_desk(visit.house, visit.viewer, contact_id, visit.text("number"), now=visit.now)
    except (Refused, NotOffered) as error:
        return _page(visit, problem=refusal_words.said(visit.texts, error), status=_FAULTY)
    notice = "personal_unsure" if done.unsure else "personal_erased"
    return visit.go(f"/contacts/{done.whom.contact_id}/personal", notice=notice)


PAGES: Final = (
    Page("/contacts/{client:key}/personal", shown, Right.EDIT_USERS),
    Page("/contacts/{client:key}/personal/export", taken_away, Right.EDIT_USERS, method="POST"),
    Page("/contacts/{client:key}/personal/erase", erased, Right.EDIT_USERS, method="POST"),
)
