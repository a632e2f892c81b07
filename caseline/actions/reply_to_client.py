"""Writes to the client of a request."""

from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, wiring, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft, Said, Written
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.refusals import Told
from caseline.outbox.letters import Address
from caseline.outbox.tags import Tag


def reply(house: House, key: str, text: str, *, by: str | None, now: datetime) -> Written:
    """Write to the contact of a request, in its thread. Raises `Refused` when nobody can be written to."""
    intake = wiring.own_intake(house, "writing letters")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        card = find_request.standing(connection, intake.cards, timelines, key)
        by_id = find_request.person(connection, by) if by else None
        return write(house, connection, card, Said(text), by_id=by_id, now=now)


def write(
    house: House, connection: sa.Connection, card: Card, said: Said, *, by_id: int | None, now: datetime
) -> Written:
    """The same in the caller's transaction, which holds the request."""
    return write_letter.write(house, connection, draft(house, connection, card, said, by_id=by_id), now=now)


def draft(house: House, connection: sa.Connection, card: Card, said: Said, *, by_id: int | None) -> Draft:
    """The letter as it would be written; raises `Refused` when nobody can be written to."""
    if not said.text.strip():
        raise Told("%(name)s: the letter is empty: say something", name=card.name)
    contact = connect.timelines(house.settings.crm).contact_of(connection, card.id)
    if contact is None or contact.email is None:
        raise Told("%(name)s: its contact has no mail address: give it one first", name=card.name)
    return Draft(
        card=card,
        template="reply_to_client",
        to=Address(contact.email, contact.name),
        values={Tag.TEXT: said.text.strip()},
        by_id=by_id,
        files=said.files,
    )
