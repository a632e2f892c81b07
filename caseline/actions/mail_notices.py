"""Writes the letters of notices to those who want to be told by mail: one for each notice."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring, write_letter
from caseline.actions.wiring import House
from caseline.notices import letters, store, wording
from caseline.notices.kinds import Way
from caseline.notices.letters import Wanted
from caseline.notices.rules import Staff
from caseline.outbox import store as outbox
from caseline.outbox import template_book, templates
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Nature, NewLetter
from caseline.outbox.minting import Thread
from caseline.outbox.tags import Tag

TEMPLATE: Final = "notice"
AT_ONCE: Final = 500
NO_ADDRESS: Final = "the person has no mail address"
NO_ACCESS: Final = "the person may not see it any more"
NO_WISH: Final = "the person does not want such letters any more"
NO_MAIL: Final = "nobody has said our own mail address (CASELINE_MAIL_ADDRESS)"


def write(house: House, *, now: datetime) -> int:
    """Queue the letters that are wanted; answers how many. The outbox sends them.

    Each is written in a transaction of its own, with the mark on its notice: none is written twice, and one that cannot
    be written is marked with the reason and keeps back no other.
    """
    count, staff = 0, None
    for _ in range(AT_ONCE):
        with house.engine.begin() as connection:
            one = letters.following(connection)
            if one is None:
                break
            # Who stands in for whom was decided when the notice was told.
            staff = staff or store.staff(connection, today=now.date())
            count += _write(house, connection, one, staff, now)
    return count


def _write(house: House, connection: sa.Connection, one: Wanted, staff: Staff, now: datetime) -> bool:
    card = wiring.intake(house).cards.get(connection, one.record_id)
    why = NO_ADDRESS if not one.email else NO_MAIL if house.settings.mail_address is None else ""
    why = why or _unwanted(connection, one, staff)
    if why or card is None or one.email is None:
        letters.refused(connection, one, why or "the request is gone")
        return False
    said = wording.said(one.kind, one.language, one.data)
    link = address(house, one)
    template = template_book.ready(connection, TEMPLATE, one.language)
    values = {**write_letter.common(house, connection, card), Tag.TEXT: said, Tag.LINK: link}
    words = templates.render(template, values)
    new = NewLetter(
        thread=Thread(card.id, None),
        to=[Address(one.email, one.name)],
        subject=words.subject,
        text=words.text,
        html=words.html,
        imported=False,
        nature=Nature.NOTICE,
        sender_name=house.settings.mail_name,
        occasion=f"notice {one.event_id} {one.kind} {one.person_id}",
        ordered=True,  # whoever gets it has asked for it
    )
    try:
        letter_id = outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)
    except OutboxFault as error:
        letters.refused(connection, one, str(error))
        return False
    letters.written(connection, one.id, letter_id)
    return True


def _unwanted(connection: sa.Connection, one: Wanted, staff: Staff) -> str:
    """Why nobody is to be written to: since he was told, his access or his wish may have changed."""
    member = staff.members.get(one.person_id)
    if member is None or not any(map(member.sees, store.events(connection, [one.event_id]))):
        return NO_ACCESS
    return "" if member.way(one.kind) is Way.MAIL else NO_WISH


def address(house: House, one: Wanted) -> str:
    """Where what a letter tells can be opened; nothing where nobody has said the address of the desk."""
    base = house.settings.desk_url
    return "" if base is None else f"{base.rstrip('/')}/notices/{one.id}"
