"""The letter that tells somebody of the page of a web chat."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.chat.links import Link
from caseline.crm.clients import Client
from caseline.feedback import taken_steps
from caseline.feedback.asks import Ask
from caseline.feedback.states import State
from caseline.outbox.letters import Address, Nature
from caseline.outbox.tags import Tag

TEMPLATE: Final = "chat_invitation"


def reachable(house: House, ask: Ask, contact: Client) -> bool:
    """Whether somebody can be told of a page: he has a mail address, we have ours, and the page has one."""
    settings = house.settings
    has_ways = settings.public_url is not None and settings.mail_address is not None
    return has_ways and ask.subject == "request" and bool(contact.values.get("email"))


def invite(house: House, connection: sa.Connection, ask: Ask, contact: Client, link: Link, *, now: datetime) -> int:
    """Write the letter, once for each time that the ask was made ready; answers its id in the outbox."""
    card = wiring.intake(house).cards.get(connection, ask.subject_id)
    assert card is not None  # noqa: S101 - whoever has no request is not reachable
    draft = Draft(
        card=card,
        template=TEMPLATE,
        to=Address(str(contact.values["email"]), str(contact.values.get("name") or "")),
        values={Tag.LINK: address(house, link)},
        nature=Nature.ASK,
        occasion=f"chat of ask {ask.id}{taken_steps.again(connection, ask.id, State.QUEUED)}",
        secret_links=[link.secret],
    )
    return write_letter.write(house, connection, draft, now=now).letter_id


def address(house: House, link: Link) -> str:
    """Where the page of a chat is, for people outside; its path alone where nobody has said where that is."""
    return f"{(house.settings.public_url or '').rstrip('/')}{link.path}"
