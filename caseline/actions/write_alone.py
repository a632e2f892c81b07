"""Writes a letter that belongs to no record, such as one about an agreement: what answers it comes in as a new mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import wiring, write_letter
from caseline.actions.wiring import House
from caseline.outbox import picture_book, template_book, templates
from caseline.outbox import store as outbox
from caseline.outbox.letters import Address, Nature, NewLetter
from caseline.outbox.minting import Thread
from caseline.outbox.tags import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Lone:
    """What is to be written, to whom, and why."""

    template: str
    language: str
    to: Address
    values: Mapping[Tag, str]
    nature: Nature
    occasion: str
    secret_links: Sequence[str] = ()
    """Secret parts that stand in `values`."""
    unsubscribe: str | None = None
    """As in `NewLetter`."""


def write(house: House, connection: sa.Connection, one: Lone, *, now: datetime) -> int:
    """Queue it in the caller's transaction; answers its id, that of the first one where the occasion had one already.

    Raises `OutboxFault` and `SettingsError`, and keeps nothing.
    """
    template = template_book.ready(connection, one.template, one.language)
    zone = wiring.intake(house).clocks.zone(connection, None)
    usual = {
        Tag.SIGNATURE: house.settings.mail_signature,
        Tag.DATE: write_letter.day(now, zone, one.language),
    }
    pictures = picture_book.every(connection) if template.rating else {}
    words = templates.render(template, {**usual, **one.values}, pictures)
    new = NewLetter(
        thread=Thread(None),
        to=[one.to],
        subject=words.subject,
        text=words.text,
        html=words.html,
        imported=False,
        nature=one.nature,
        sender_name=house.settings.mail_name,
        occasion=one.occasion,
        ordered=True,  # a campaign, or whoever works on an agreement, has ordered it
        attachments=write_letter.standing(words),
        secret_links=write_letter.told(words, one.secret_links, one.unsubscribe),
        unsubscribe=one.unsubscribe,
    )
    return outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)
