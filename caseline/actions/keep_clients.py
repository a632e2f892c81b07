"""Makes companies and contacts and changes them; of two who change the same one the second is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import editing, see_clients, wiring
from caseline.actions.editing import Editor, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import tax_numbers
from caseline.crm.client_port import Clients
from caseline.crm.clients import FIELDS, LONGEST, Client, Entity, column
from caseline.crm.connect import clients
from caseline.crm.refusals import Overtaken, Told
from caseline.crm.vocabulary import Type
from caseline.db import named_locks
from caseline.people.access import Viewer
from caseline.people.rights import Right

NO_NAME: Final = "a name is needed: give one"
TOO_LONG: Final = "%(value)s… is longer than %(most)s letters: shorten it"
NO_ADDRESS: Final = "%(value)s is no mail address: write one such as name@example.org, or leave it empty"
UNKNOWN: Final = "%(value)s: there is no such one, or several: choose it from the list, or leave it empty"
ITSELF: Final = "a company is no part of itself: choose another one above it"
CHANGED: Final = "somebody else has changed %(name)s meanwhile: your values are still here, theirs stand beside them"
MERGED: Final = "%(name)s was merged into another one: change that one"
PARENTS: Final = "companies above companies"
"""The lock of whoever sets parents of companies."""


def make(house: House, viewer: Viewer, entity: Entity, values: Mapping[str, Any], extra: Plain, now: datetime) -> int:
    """Make a client; answers its id. Raises `Refused`."""
    _may_work(house, viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        wanted = checked(connection, store, entity, values)
        kept = {name: value for name, value in extra.items() if value is not None}
        number = store.make(connection, entity, {**wanted, "extra": kept}, at=now)
        made = see_clients.get(connection, store, entity, number)
        store.know_phones(connection, house.settings.phone_region, see_clients.PHONES_AT_ONCE)
        _tell(connection, store, viewer, made, None, now)
    return number


def change(
    house: House,
    viewer: Viewer,
    client: tuple[Entity, int, int],
    values: Mapping[str, Any],
    extra: Plain,
    now: datetime,
) -> Client:
    """Change a client of (entity, id, version); extra fields that are not named stay. Raises `Absent`, `Refused`."""
    _may_work(house, viewer)
    entity, client_id, version = client
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        old = see_clients.get(connection, store, entity, client_id)
        if old.into_id is not None:
            raise Told(MERGED, name=old.name)
        wanted = checked(connection, store, entity, {**old.values, **values}, old)
        kept = {name: value for name, value in {**old.extra, **extra}.items() if value is not None}
        if old.version != version:
            raise Overtaken(CHANGED, name=old.name)
        if (wanted, kept) == (dict(old.values), dict(old.extra)):
            return old
        if not store.write(connection, old, {**wanted, "extra": kept}, at=now):
            raise Overtaken(CHANGED, name=old.name)
        new = see_clients.get(connection, store, entity, client_id)
        store.know_phones(connection, house.settings.phone_region, see_clients.PHONES_AT_ONCE)
        _tell(connection, store, viewer, new, old, now)
    return new


def checked(
    connection: sa.Connection, store: Clients, entity: Entity, values: Mapping[str, Any], old: Client | None = None
) -> dict[str, Any]:
    """Values fit to be kept; raises `Refused`, which names what is wrong and the remedy.

    What an import has brought and nobody changes stays, whatever it is.
    """
    wanted: dict[str, Any] = {}
    for one in FIELDS[entity]:
        name = column(one)
        value = values.get(name)
        if old is not None and (value or "") == (old.values[name] or ""):
            wanted[name] = old.values[name]
        elif one.type is Type.REFERENCE:
            wanted[name] = _reference(connection, store, one.to or "", value)
        else:
            wanted[name] = _text(one.name, value)
    if not wanted["name"]:
        raise Told(NO_NAME)
    if entity is Entity.COMPANY and (old is None or wanted["parent_id"] != old.values["parent_id"]):
        _above(connection, store, wanted["parent_id"], old.id if old else None)
    return wanted


def _text(name: str, value: object) -> str | None:
    text = str(value or "").strip()
    if len(text) > LONGEST:
        raise Told(TOO_LONG, value=text[:40], most=LONGEST)
    if name == "email" and text and ("@" not in text or " " in text):
        raise Told(NO_ADDRESS, value=text)
    return (tax_numbers.plain(text) if name == "tax_number" else text) or None


def _above(connection: sa.Connection, store: Clients, parent_id: int | None, client_id: int | None) -> None:
    """Refuse a company that would stand above itself, also by what somebody else saves at this moment."""
    if parent_id is not None:
        named_locks.hold(connection, [PARENTS])
    seen: set[int] = set()
    while parent_id is not None and parent_id not in seen:
        if parent_id == client_id:
            raise Told(ITSELF)
        seen.add(parent_id)
        above = store.get(connection, Entity.COMPANY, parent_id)
        parent_id = above.values["parent_id"] if above else None


def _reference(connection: sa.Connection, store: Clients, to: str, value: object) -> int | None:
    if value in {None, ""}:
        return None
    if not isinstance(value, int):
        raise Told(UNKNOWN, value=value)
    if to == "person":
        if value not in dict(store.persons(connection)):
            raise Told(UNKNOWN, value=value)
        return value
    target = store.get(connection, Entity(to), value)
    if target is None:
        raise Told(UNKNOWN, value=value)
    return target.into_id or target.id


def _tell(
    connection: sa.Connection, store: Clients, viewer: Viewer, new: Client, old: Client | None, now: datetime
) -> None:
    editor, after, before = Editor(viewer.name, now), plain(new), plain(old) if old else None
    subject = f"{new.name} ({new.id})"
    if new.entity is Entity.COMPANY and old:
        editing.note(connection, editor, "company.changed", subject, before, after)
    elif new.entity is Entity.COMPANY:
        editing.note(connection, editor, "company.added", subject, before, after)
    elif old:
        editing.note(connection, editor, "contact.changed", subject, before, after)
    else:
        editing.note(connection, editor, "contact.added", subject, before, after)
    data: dict[str, Any] = {"login": viewer.name, "by": viewer.person_id}
    if before is not None:
        data["fields"] = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    store.tell(connection, (new.entity, new.id), "changed" if old else "created", data, at=now)


def plain(client: Client) -> dict[str, Any]:
    """A client as the audit log tells it."""
    core = {one.name: client.names.get(column(one), client.values[column(one)]) for one in FIELDS[client.entity]}
    return {**core, **client.extra}


def _may_work(house: House, viewer: Viewer) -> None:
    if not viewer.may(Right.WORK_REQUESTS):
        raise Absent("clients")
    wiring.own_intake(house, "changing companies and contacts")
