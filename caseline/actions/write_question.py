"""Writes the letters that ask somebody of the house to which address of a client a letter shall go."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.feedback import taken_steps
from caseline.feedback.question_book import Waiting
from caseline.feedback.states import State
from caseline.outbox import store as outbox
from caseline.outbox import template_book, templates
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Nature, NewLetter
from caseline.outbox.minting import Thread
from caseline.outbox.tags import Tag
from caseline.people import store as people

TEMPLATE: Final = "ask_address"
NO_ADDRESS: Final = "the person has no mail address"
NO_MAIL: Final = "nobody has said our own mail address (CASELINE_MAIL_ADDRESS)"


class Letter(StrEnum):
    """The letters that there are about one question, by the ends of their occasions."""

    ADDRESS = "address"
    REMINDER = "address reminder"
    HEAD = "address head"


_BEGINS: Final = {
    Letter.ADDRESS: {"en": "", "ru": ""},
    Letter.REMINDER: {"en": "Reminder: ", "ru": "Напоминание: "},
    Letter.HEAD: {"en": "Your employee has not answered: ", "ru": "Ваш сотрудник не ответил: "},
}
"""What the subject of a letter begins with."""


def write(
    house: House, connection: sa.Connection, asked: Waiting, person_id: int, which: Letter, *, now: datetime
) -> str:
    """Queue a letter in the caller's transaction, once for each time that the ask waits for an address.

    Answers why there is none, else nothing. Whoever is asked finds the question at the desk, too, so a letter that
    cannot be written keeps nothing back.
    """
    address = people.address_of(connection, person_id)
    if not address or house.settings.mail_address is None:
        return NO_MAIL if address else NO_ADDRESS
    try:
        with connection.begin_nested():
            again = taken_steps.again(connection, asked.id, State.AWAITING_ADDRESS)
            new = _letter(house, connection, asked, (person_id, address), (which, again))
            outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)
    except OutboxFault as error:
        return str(error)
    return ""


def _letter(
    house: House, connection: sa.Connection, asked: Waiting, to: tuple[int, str], occasion: tuple[Letter, str]
) -> NewLetter:
    which, again = occasion
    language, name = house.settings.mail_language, people.name_of(connection, to[0]) or ""
    base = house.settings.desk_url
    said = {
        "AssigneeName": name,
        "Number": asked.number or "",
        "AgreementNumber": asked.number or "",
        "Subject": asked.about or "",
        "Service": asked.service,
        "Company": asked.company or asked.contact or "",
        "ClientName": asked.contact or "",
        "Responsible": asked.responsible or "",
        "Link": "" if base is None else f"{base.rstrip('/')}/addresses/{asked.id}",
        "Signature": house.settings.mail_signature,
    }
    values = {tag: said[tag.value] for tag in Tag if tag.value in said}
    words = templates.render(template_book.ready(connection, TEMPLATE, language), values)
    return NewLetter(
        thread=Thread(None),
        to=[Address(to[1], name)],
        subject=f"{_BEGINS[which][language]}{words.subject}",
        text=words.text,
        html=words.html,
        imported=False,
        nature=Nature.NOTICE,
        sender_name=house.settings.mail_name,
        occasion=f"ask {asked.id}{again} {which}",
        ordered=True,  # it is work of whoever gets it
    )
