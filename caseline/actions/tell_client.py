"""Says something to a client because of his answer: in the chat in which he gave it, or by a letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import chat_asks, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import Channel
from caseline.outbox.letters import Address, Nature
from caseline.outbox.tags import Tag

NOBODY = "the client was not told: there is no address"


@dataclass(frozen=True, slots=True)
class Say:
    """What is said."""

    template: str
    values: Mapping[Tag, str]
    key: str
    """Of what it follows from: said once for an ask."""
    secrets: Sequence[str] = ()
    """Secret parts of links among the values."""

    def occasion(self, ask: Ask) -> str:
        """Of the letter that says it."""
        return f"{self.template} {self.key} of ask {ask.id}"


def tell(house: House, connection: sa.Connection, ask: Ask, card: Card, say: Say, *, now: datetime) -> str:
    """Queue it in the caller's transaction; answers what came of it. A letter stands in the timeline of the record."""
    address = _address(house, connection, ask)
    draft = Draft(
        card=card,
        template=say.template,
        to=address or Address(""),
        values=say.values,
        nature=Nature.NOTICE,
        occasion=say.occasion(ask),
        secret_links=say.secrets,
    )
    if ask.channel == Channel.CHAT:
        words = write_letter.worded(house, connection, draft, now=now)
        if chat_asks.say(connection, ask.id, words.text.strip(), key=f"{say.template} {say.key}", now=now):
            return "said in the chat"
    if address is None:
        return NOBODY
    return f"letter {write_letter.write(house, connection, draft, now=now).letter_id}"


def _address(house: House, connection: sa.Connection, ask: Ask) -> Address | None:
    """Where he was asked, if that was by mail; else the address of his card."""
    contact = None
    if ask.contact_id is not None:
        contact = connect.timelines(house.settings.crm).contact(connection, ask.contact_id)
    if ask.address and "@" in ask.address:
        return Address(ask.address, contact.name if contact else "")
    return Address(contact.email, contact.name) if contact and contact.email else None
