"""Words of companies and contacts: what pages call them, their fields and what they have in common."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caseline.actions import see_clients
from caseline.crm.clients import Alike, Client, Entity, column
from caseline.crm.vocabulary import Field
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import Texts, later

_NUMBERED: Final = re.compile(r".*\((\d{1,18})\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What pages of one kind of clients say."""

    path: str
    title: str
    new: str
    make: str
    edit: str
    search: str
    empty: str
    nothing: str
    merge: str


_OF: Final[Mapping[Entity, Words]] = {
    Entity.COMPANY: Words(
        path="/companies",
        title=later("Companies"),
        new=later("New company"),
        make=later("Make the company"),
        edit=later("Edit the company"),
        search=later("Name, mail address, phone or tax number"),
        empty=later("There are no companies yet. They come with an import, or you make the first one."),
        nothing=later("No company fits. Try part of the name, or only digits of the phone or tax number."),
        merge=later("Merge companies"),
    ),
    Entity.CONTACT: Words(
        path="/contacts",
        title=later("Contacts"),
        new=later("New contact"),
        make=later("Make the contact"),
        edit=later("Edit the contact"),
        search=later("Name, mail address or phone"),
        empty=later("There are no contacts yet. They come with imports and mails, or you make the first one."),
        nothing=later("No contact fits. Try part of the name or of the mail address, or only digits of the phone."),
        merge=later("Merge contacts"),
    ),
}
_FIELDS: Final = {
    "name": later("Name"),
    "phone": later("Phone"),
    "mobile": later("Mobile phone"),
    "email": later("Mail address"),
    "website": later("Web page"),
    "tax_number": later("Tax number"),
    "address": later("Address"),
    "parent": later("Part of"),
    "owner": later("Responsible person"),
    "title": later("Position"),
    "company": later("Company"),
}
ALIKE: Final = {
    Alike.MAIL: later("same mail address"),
    Alike.PHONE: later("same phone"),
    Alike.TAX_NUMBER: later("same tax number"),
}
MOVES: Final = {
    "requests": later("Requests"),
    "contacts": later("Contacts"),
    "companies": later("Companies below it"),
    "assignments": later("Assignments"),
    "agreements": later("Agreements"),
}
"""What moves with a client."""


def of(entity: Entity) -> Words:
    """Words of companies, or of contacts."""
    return _OF[entity]


def field(texts: Texts, entity: Entity, name: str) -> str:
    """The name of a core field."""
    if entity is Entity.COMPANY and name == "name":
        return texts.say("Company name")
    return texts.say(_FIELDS[name])


def value(client: Client, one: Field) -> str:
    """What a field holds, references by name."""
    name = column(one)
    held = client.values[name]
    return "" if held is None else client.names.get(name, str(held))


def numbered(name: str, number: int) -> str:
    """A client as a field of a form names it, so that its number is told from the name."""
    return f"{name} ({number})"


def meant(visit: Visit, entity: Entity, text: str) -> int | str | None:
    """The id of the client that a field of a form names; the text itself where nobody, or several, are called so."""
    if not text:
        return None
    found = _NUMBERED.fullmatch(text)
    number = whole(found[1] if found else text)
    if number is not None:
        return number
    named = see_clients.named(visit.house, entity, text)
    return named[0].id if len(named) == 1 else text
