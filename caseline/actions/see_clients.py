"""Lists companies and contacts, and shows one with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import clients as rules
from caseline.crm.client_port import Clients
from caseline.crm.clients import Asked, Client, Entity, Line, Merged, Twin
from caseline.crm.connect import cards, clients, timelines
from caseline.crm.request_fields import RequestField
from caseline.crm.timeline import Assignment
from caseline.people.access import Viewer
from caseline.people.rights import Right

PHONES_AT_ONCE: Final = 3_000
"""Phones of an import that one look at clients reads."""
_CONTACTS: Final = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    lines: Sequence[Line]
    before: tuple[str, int] | None
    """From where the page before is asked for; None: it is the first."""
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A client with what belongs to it."""

    client: Client
    fields: Sequence[RequestField]
    """Its extra fields."""
    doubts: Sequence[str]
    """Columns whose values look wrong."""
    twins: Sequence[Twin]
    merged: Sequence[Merged]
    contacts: Sequence[Line]
    """Of a company: the first of them by name."""
    more_contacts: bool
    assignments: Sequence[Assignment]
    """Of a contact: those that are open, of requests that the viewer sees."""


def listed(house: House, viewer: Viewer, entity: Entity, asked: Asked) -> Page:
    """A page of clients by name; everybody who sees requests sees all of them."""
    _may(viewer)
    region = house.settings.phone_region
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        if asked.text:
            store.know_phones(connection, region, PHONES_AT_ONCE)
        found = store.listed(connection, entity, asked, region)
    more, lines = len(found) > asked.most, found[: asked.most]
    if asked.before is not None:
        lines.reverse()
        return Page(lines, _place(lines[0]) if more and lines else None, _place(lines[-1]) if lines else None)
    first = _place(lines[0]) if asked.after is not None and lines else None
    return Page(lines, first, _place(lines[-1]) if more else None)


def shown(house: House, viewer: Viewer, entity: Entity, client_id: int) -> Shown:
    """A client with all that belongs to it; raises `Absent`. One that was merged is shown as it was left."""
    _may(viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        client = get(connection, store, entity, client_id)
        store.know_phones(connection, house.settings.phone_region, PHONES_AT_ONCE)
        contacts: list[Line] = []
        if entity is Entity.COMPANY:
            asked = Asked(company_id=client_id, most=_CONTACTS)
            contacts = store.listed(connection, Entity.CONTACT, asked, house.settings.phone_region)
        return Shown(
            client=client,
            fields=store.extra_fields(connection, entity),
            doubts=rules.doubts(entity, client.values),
            twins=[] if client.into_id else store.twins(connection, client),
            merged=store.merged(connection, entity, client_id),
            contacts=contacts[:_CONTACTS],
            more_contacts=len(contacts) > _CONTACTS,
            assignments=_assignments(house, connection, viewer, client) if entity is Entity.CONTACT else [],
        )


def _assignments(house: House, connection: sa.Connection, viewer: Viewer, contact: Client) -> list[Assignment]:
    found = timelines(house.settings.crm).assignments_of(connection, contact.id)
    requests = {one.record_id: cards(house.settings.crm).get(connection, one.record_id) for one in found}
    seen = {number for number, card in requests.items() if card and viewer.sees(card.group_id, card.assignee_id)}
    return [one for one in found if one.record_id in seen]


def persons(house: House) -> list[tuple[int, str]]:
    """(id, name) of active persons, who can own clients."""
    with house.engine.connect() as connection:
        return clients(house.settings.crm).persons(connection)


def extra_fields(house: House, entity: Entity) -> list[RequestField]:
    """Extra fields of companies, or of contacts, that are in use."""
    with house.engine.connect() as connection:
        return clients(house.settings.crm).extra_fields(connection, entity)


def suggested(house: House, viewer: Viewer, entity: Entity, text: str, *, most: int = 10) -> list[Line]:
    """Clients that fit a text, for whoever chooses one."""
    return list(listed(house, viewer, entity, Asked(text=text, most=most)).lines) if text.strip() else []


def named(house: House, entity: Entity, text: str) -> list[Line]:
    """Clients of exactly this name, whatever its capitals."""
    with house.engine.connect() as connection:
        return clients(house.settings.crm).named(connection, entity, text)


def name(house: House, entity: Entity, client_id: int) -> str:
    """The name of a client; empty where there is none of that id."""
    with house.engine.connect() as connection:
        found = clients(house.settings.crm).get(connection, entity, client_id)
    return found.name if found else ""


def get(connection: sa.Connection, store: Clients, entity: Entity, client_id: int) -> Client:
    """The client of that id, merged or not; raises `Absent`."""
    found = store.get(connection, entity, client_id)
    if found is None:
        raise Absent(f"{entity} {client_id}")
    return found


def _place(line: Line) -> tuple[str, int]:
    return line.key, line.id


def _may(viewer: Viewer) -> None:
    if not viewer.may(Right.SEE_REQUESTS):
        raise Absent("clients")
