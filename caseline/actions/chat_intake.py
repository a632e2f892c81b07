"""What somebody says in a chat while nothing is being asked: his open request goes on, or a new one is made of it."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import know_calendars, obey_rules, open_request, wiring
from caseline.actions.wiring import House
from caseline.chat.chats import Chat
from caseline.chat.incoming import Heard
from caseline.crm import connect
from caseline.crm.cards import Deed, NewCard
from caseline.crm.clients import Asked, Client, Entity
from caseline.crm.port import NotOffered
from caseline.feedback import dialogues

CHANNEL: Final = "chat"
KEPT: Final = "kept; it belongs to no request"
_LONGEST_SUBJECT: Final = 80


def request_of(house: House, connection: sa.Connection, chat: Chat) -> int | None:
    """The only open request of whoever speaks in a chat; None where he is not known, or has none or several."""
    contact = _contact(house, connection, chat)
    found = [] if contact is None else dialogues.open_requests(connection, contact.id, most=2)
    return found[0] if len(found) == 1 else None


def open_one(house: House, connection: sa.Connection, chat: Chat, one: Heard, *, now: datetime) -> str:
    """Make a request of what a known contact says; a stranger's words are kept with his chat. Says what was done."""
    contact = _contact(house, connection, chat)
    if contact is None or not one.text:
        return KEPT
    try:
        intake = wiring.own_intake(house, "opening requests from chats")
    except NotOffered:
        return KEPT
    know_calendars.ready(connection, now=now)
    new = NewCard(
        subject=one.text.splitlines()[0][:_LONGEST_SUBJECT],
        description=one.text,
        stage=open_request.stages(connection, intake.cards)[0].code,
        channel=CHANNEL,
        contact_id=contact.id,
        company_id=contact.values.get("company_id"),
    )
    card = intake.create(connection, new, Deed(at=now, event="created"))
    obey_rules.note_new(connection, house, card)
    return f"request {card.id} was opened"


def _contact(house: House, connection: sa.Connection, chat: Chat) -> Client | None:
    """The contact to whom we have written there, else the only one with the phone that the messenger vouches for."""
    store = connect.clients(house.settings.crm)
    number = chat.contact_id
    if number is None and chat.phone is not None:
        same = store.listed(connection, Entity.CONTACT, Asked(text=chat.phone, most=2), house.settings.phone_region)
        number = same[0].id if len(same) == 1 else None
    found = None if number is None else store.get(connection, Entity.CONTACT, number)
    return store.get(connection, Entity.CONTACT, found.into_id) if found is not None and found.into_id else found
