"""The page of the audit log."""

from typing import Final

from starlette.responses import Response

from caseline.actions import note_deed
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_MOST: Final = 50
DEEDS: Final = {
    "signed_in": later("signed in"),
    "signed_out": later("signed out"),
    "sign_in_failed": later("could not sign in"),
    "turned_away": later("was turned away"),
    "login_added": later("login added"),
    "login_changed": later("login changed"),
    "keywords_saved": later("keywords saved"),
    "keywords_restored": later("keywords restored"),
    "keywords_exported": later("keywords exported"),
    "keywords_draft_dropped": later("draft thrown away"),
}
"""What people do, in words; a test compares it with what is noted."""
DETAILS: Final = {
    "address": later("address"),
    "role": later("role"),
    "active": later("in use"),
    "language": later("language"),
    "zone": later("zone"),
    "signs_in_with": later("signs in with"),
    "entries": later("entries"),
    "reason": later("reason"),
    "saved_as": later("saved as version"),
    "what": later("cause"),
}


def listed(visit: Visit) -> Response:
    """Who did what, newest first."""
    lines = note_deed.noted(visit.house, before=visit.number("before"), most=_MOST + 1)
    return visit.page(
        "audit.html",
        lines=lines[:_MOST],
        more=lines[_MOST - 1].id if len(lines) > _MOST else None,
        deeds=DEEDS,
        details=DETAILS,
    )
