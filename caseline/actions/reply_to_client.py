"""Writes to the client of a request."""

from datetime import datetime

from caseline.actions import find_request, wiring, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft, Written
from caseline.crm import connect
from caseline.crm.cards import Refused
from caseline.outbox.letters import Address
from caseline.outbox.tags import Tag


def reply(house: House, key: str, text: str, *, by: str | None, now: datetime) -> Written:
    """Write to the contact of a request, in its thread. Raises `Refused` when nobody can be written to."""
    if not text.strip():
        raise Refused(f"request {key}: the letter is empty: say something")
    intake = wiring.own_intake(house, "writing letters")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        card = find_request.standing(connection, intake.cards, timelines, key)
        contact = timelines.contact_of(connection, card.id)
        if contact is None or contact.email is None:
            raise Refused(f"{card.name}: its contact has no mail address: give it one first")
        by_id = find_request.person(connection, by) if by else None
        draft = Draft(
            card=card,
            template="reply_to_client",
            to=Address(contact.email, contact.name),
            values={Tag.TEXT: text.strip()},
            by_id=by_id,
        )
        return write_letter.write(house, connection, draft, now=now)
