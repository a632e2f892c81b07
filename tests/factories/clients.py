"""Companies and contacts, imported ones and those made here."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import keep_clients, merge_clients, see_clients
from caseline.actions.wiring import House
from caseline.crm.clients import Entity
from caseline.people.access import Viewer
from caseline.people.rights import Role

ANNA = Viewer(login_id=1, name="anna", role=Role.AGENT)


def made(house: House, entity: Entity, name: str, **values: object) -> int:
    """Make a client; answers its id."""
    return keep_clients.make(house, ANNA, entity, {"name": name, **values}, {}, datetime.now(UTC))


def company(house: House, name: str, **values: object) -> int:
    """Make a company; answers its id."""
    return made(house, Entity.COMPANY, name, **values)


def contact(house: House, name: str, **values: object) -> int:
    """Make a contact; answers its id."""
    return made(house, Entity.CONTACT, name, **values)


def merged(house: House, entity: Entity, gone: int, into: int, *taken: str) -> None:
    """Merge one into the other."""
    seen = (gone, version(house, entity, gone)), (into, version(house, entity, into))
    merge_clients.merge(house, ANNA, entity, seen, taken=taken, now=datetime.now(UTC))


def version(house: House, entity: Entity, number: int) -> int:
    """The version that a client has."""
    return see_clients.shown(house, ANNA, entity, number).client.version


def one(house: House, sql: str, **values: object) -> Any:  # noqa: ANN401 - what a query answers
    """What a query answers."""
    with house.engine.connect() as connection:
        return connection.execute(sa.text(sql), values).scalar_one()


def do(house: House, sql: str, **values: object) -> None:
    """Write something as an import would."""
    with house.engine.begin() as connection:
        connection.execute(sa.text(sql), values)
