"""Opens a request at the desk: of a call, a chat, a visit; with its client, its category, group and deadline."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions import know_calendars, open_request, wiring, work_request
from caseline.actions.open_request import NewRequest
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker, Faulty
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.field_values import Given, Reader
from caseline.crm.timeline import Contact
from caseline.crm.timeline_port import Timelines
from caseline.outbox import addresses
from caseline.people.rights import Right
from caseline.people.store import Named

_NAMED = 5
_LONGEST_KEY = len("id:") + 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request as the form has it."""

    values: Mapping[str, Given]
    """By keys of fields, without company and contact."""
    reader: Reader
    company_id: int | None = None
    contact: str = ""
    """A contact by `id:5`, mail address or name; an address that nobody has makes a contact of this company."""
    new_contact: bool = False
    """A name that nobody has makes a contact, too."""


@dataclass(frozen=True, slots=True)
class Client:
    """Whose request it is to be."""

    company: Named | None
    contact: Contact | None


def client(house: House, asker: Asker, *, company_id: int | None, contact_id: int | None) -> Client:
    """The company and the contact that the form begins with, where there are such. Raises `Absent`."""
    if not asker.viewer.may(Right.WORK_REQUESTS):
        raise Absent("the form")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        contact = timelines.contact(connection, contact_id) if contact_id else None
        company_id = company_id or (contact.company_id if contact else None)
        name = timelines.company_name(connection, company_id) if company_id else None
        return Client(Named(company_id, name) if company_id and name else None, contact)


def open_request_at_desk(house: House, asker: Asker, order: Order) -> Card:
    """Make the request through the intake of all channels. Raises `Refused`, `Absent` and `DoneAlready`."""
    intake = wiring.own_intake(house, "opening requests")
    with house.engine.begin() as connection:
        work_request.begin(connection, asker)
        know_calendars.ready(connection, now=asker.now)
        contact = _contact(house, connection, asker, order)
        company_id = order.company_id or (contact.company_id if contact else None)
        values = dict(order.values)
        if contact is not None:
            values["contact"] = str(contact.id)
        if company_id is not None:
            values["company"] = str(company_id)
        wish = NewRequest(values=values, viewer=asker.viewer, reader=order.reader)
        return open_request.made(connection, house, intake, wish, now=asker.now)


def _contact(house: House, connection: sa.Connection, asker: Asker, order: Order) -> Contact | None:
    timelines, key = connect.timelines(house.settings.crm), order.contact.strip()
    if order.company_id is not None and timelines.company_name(connection, order.company_id) is None:
        raise Faulty(
            "company", f"company {order.company_id}: there is none of this number: look it up in the list of companies"
        )
    if not key:
        return None
    if key.startswith("id:") and key[3:].isdecimal():
        number = int(key[3:]) if len(key) <= _LONGEST_KEY else 0
        found = timelines.contact(connection, number)
        if found is None:
            raise Faulty(
                "contact", f"contact {key[3:]}: there is none of this number: look it up in the list of contacts"
            )
        return found
    return _found(connection, timelines, asker, key, order)


def _found(connection: sa.Connection, timelines: Timelines, asker: Asker, key: str, order: Order) -> Contact:
    """The contact of a name or mail address, one of the named company before others."""
    known = timelines.contacts(connection, key) if "@" in key else timelines.contacts_named(connection, key)
    own = [one for one in known if order.company_id is not None and one.company_id == order.company_id]
    if len(own) == 1 or len(known) == 1:
        return (own or known)[0]
    if known:
        ids = ", ".join(f"id:{one.id} ({one.email or '–'})" for one in known[:_NAMED])
        raise Faulty("contacts", f"contact {key!r}: several have this name: write one of {ids}", ids=ids)
    if "@" not in key and not order.new_contact:
        raise Faulty("contact", f"contact {key!r}: there is none of this name: check it, or say that it is a new one")
    address = addresses.checked(key) if "@" in key else None
    return timelines.make_contact(connection, key, address=address, company_id=order.company_id, at=asker.now)
