"""What the cards of contacts and records say of a bonus."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from caseline.actions import see_bonus
from caseline.actions.editing import Fault
from caseline.feedback.bonus import Kind
from caseline.people.rights import Right
from caseline.web.desk.visit import Visit
from caseline.web.language import later

KINDS: Final = {
    Kind.CREDIT: later("given"),
    Kind.RESERVE: later("kept for a visit"),
    Kind.RELEASE: later("free again"),
    Kind.APPLY: later("used"),
    Kind.REVERSE: later("given back"),
    Kind.EXPIRE: later("ended"),
}
_FIELDS: Final = {
    "amount": later("Amount, below zero to take"),
    "note": later("Why"),
    "days": later("Can be used for so many days"),
}


def panel(visit: Visit, contact_id: int | None, faults: Sequence[Fault]) -> dict[str, Any]:
    """What the card of a contact says of its bonus; nothing on that of a company."""
    if contact_id is None:
        return {}
    return {
        "contact_id": contact_id,
        "purse": see_bonus.seen(visit.house, contact_id),
        "bonus_kinds": KINDS,
        "bonus_fields": {name: visit.texts.say(label) for name, label in _FIELDS.items()},
        "bonus_faults": faults,
        "bonus_once": secrets.token_urlsafe(12),
        "corrects": visit.may(Right.EDIT_SETTINGS),
        "typed": visit.text,
    }
